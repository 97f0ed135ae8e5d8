// `node test/checks/draw-rooms.ts`: draws the rooms of src/ and their arrows into docs/, from the imports themselves.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { arrowsOf, EVERYWHERE, ROOMS, sources } from "./_rooms.ts";

/** The files that it writes, and the part of the page that it replaces. */
export const PICTURE: URL = new URL("../../docs/rooms.svg", import.meta.url);
export const PAGE: URL = new URL("../../docs/architecture.md", import.meta.url);
const PART = /(<!-- rooms:start -->\n)[^]*(<!-- rooms:end -->)/;

const [WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN] = [148, 34, 22, 46, 16];

/** The arrows to draw: without those to the rooms that everybody imports, and those that follow from others. */
function mainArrows(arrows: ReadonlyMap<string, readonly string[]>): [from: string, to: string][] {
  const targets = (room: string) => (arrows.get(room) ?? []).filter((to) => !EVERYWHERE.includes(to));
  const reaches = (from: string, to: string): boolean => targets(from).some((next) => next === to || reaches(next, to));
  return [...arrows.keys()].flatMap((from) =>
    targets(from)
      .filter((to) => !targets(from).some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to])
  );
}

/** The picture, as SVG: rooms in rows, each above those that it imports. */
export function drawRooms(arrows: ReadonlyMap<string, readonly string[]>): string {
  const lines = mainArrows(arrows);
  const heightOf = (room: string): number =>
    Math.max(0, ...lines.filter(([from]) => from === room).map(([, to]) => heightOf(to) + 1));
  const rows: string[][] = [];
  for (const room of arrows.keys()) {
    if (!EVERYWHERE.includes(room)) (rows[heightOf(room)] ??= []).push(room);
  }
  const widest = Math.max(...rows.map(({ length }) => length));
  const width = widest * (WIDTH + GAP_X) - GAP_X + 2 * MARGIN;
  const height = (rows.length + 1) * (HEIGHT + GAP_Y) - GAP_Y + 2 * MARGIN;
  const places = new Map(rows.flatMap((row, level) =>
    row.map((room, index) => {
      const left = (width - row.length * (WIDTH + GAP_X) + GAP_X) / 2 + index * (WIDTH + GAP_X);
      return [room, { x: left, y: MARGIN + (rows.length - 1 - level) * (HEIGHT + GAP_Y) }] as const;
    })
  ));
  const curves = lines.map(([from, to]) => {
    const [a, b] = [places.get(from)!, places.get(to)!];
    const [x1, y1, x2, y2] = [a.x + WIDTH / 2, a.y + HEIGHT, b.x + WIDTH / 2, b.y - 5];
    return `<path d="M${x1} ${y1}C${x1} ${y1 + GAP_Y / 2} ${x2} ${y2 - GAP_Y / 2} ${x2} ${y2}"/>`;
  });
  const box = (text: string, x: number, y: number, boxWidth = WIDTH) =>
    `<rect x="${x}" y="${y}" width="${boxWidth}" height="${HEIGHT}" rx="6"/>` +
    `<text x="${x + boxWidth / 2}" y="${y + HEIGHT / 2 + 5}">${text}</text>`;
  const ground = box(
    `${EVERYWHERE.join(" · ")} (every room may import these)`,
    MARGIN,
    height - MARGIN - HEIGHT,
    width - 2 * MARGIN,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The rooms of src/ and which imports which">
<style>
  text { font: 14px ui-monospace, monospace; text-anchor: middle; fill: #1f2328 }
  rect { fill: #f6f8fa; stroke: #8c959f }
  path { fill: none; stroke: #57606a; marker-end: url(#tip) }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } rect { fill: #161b22; stroke: #6e7681 } path { stroke: #8b949e } marker path { fill: #8b949e }
  }
</style>
<marker id="tip" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" style="fill:#57606a;stroke:none;marker-end:none"/></marker>
${curves.join("\n")}
${[...places].map(([room, { x, y }]) => box(room, x, y)).join("\n")}
${ground}
</svg>
`;
}

/** The page with the table of rooms that the sources show. */
export function fillPage(page: string, arrows: ReadonlyMap<string, readonly string[]>): string {
  const rows = Object.entries(ROOMS).map(([room, { holds }]) => {
    const to = arrows.get(room)!.filter((other) => !EVERYWHERE.includes(other)).map((other) => `\`${other}\``);
    return [`\`${room}\``, holds, to.join(", ") || "–"];
  });
  const table = [["room", "holds", "imports"], ["", "", ""], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row, index) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!, index === 1 ? "-" : " ")).join(" | ")} |`
  );
  return page.replace(PART, (_, start: string, end: string) => `${start}\n${lines.join("\n")}\n\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const arrows = arrowsOf(sources());
  writeFileSync(PICTURE, drawRooms(arrows));
  writeFileSync(PAGE, fillPage(readFileSync(PAGE, "utf8"), arrows));
}
