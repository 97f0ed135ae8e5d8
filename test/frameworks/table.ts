import type { Count } from "../run.ts";

/** What became of one property in one framework. */
export type Cell =
  | { readonly state: "passed" }
  | { readonly state: "failed"; readonly message: string }
  | { readonly state: "cannot"; readonly reason: string };

/** A framework with its cells, by the properties. */
export interface Column {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly cells: Map<string, Cell>;
}

/** Prints the table, then each failure, then why a property cannot hold. Returns how many cells there are of each kind. */
export function printTable(rows: readonly string[], columns: readonly Column[]): Count {
  const reasons: string[] = [];
  const failures: string[] = [];
  const symbolOf = (row: string, { name, cells }: Column): string => {
    const cell = cells.get(row);
    if (cell === undefined) return "";
    if (cell.state === "passed") return "✓";
    if (cell.state === "failed") {
      failures.push(`✗ ${row}\n  in ${name}: ${cell.message.replaceAll("\n", "\n    ")}`);
      return "✗";
    }
    if (!reasons.includes(cell.reason)) reasons.push(cell.reason);
    return `${reasons.indexOf(cell.reason) + 1}`;
  };
  const width = Math.max(...rows.map((row) => row.length));
  const head = columns.map((_, i) => letterOf(i).padStart(3)).join("");
  const lines = rows.map((row) =>
    row.padEnd(width) + columns.map((column) => symbolOf(row, column).padStart(3)).join("")
  );
  console.log();
  columns.forEach(({ name, version, title }, i) =>
    console.log(`${letterOf(i).padStart(3)}  ${name} ${version}: ${title}`)
  );
  console.log(`\n${" ".repeat(width)}${head}\n${lines.join("\n")}`);
  if (reasons.length > 0) console.log("\nWhat cannot hold, and why:");
  reasons.forEach((reason, i) => console.log(`${String(i + 1).padStart(3)}  ${reason}`));
  const passed = columns.flatMap(({ cells }) => [...cells.values()]).filter(({ state }) => state === "passed").length;
  for (const failure of failures) console.log(`\n${failure}`);
  return { passed, failed: failures.length, skipped: 0, failures };
}

function letterOf(index: number): string {
  const first = index >= 26 ? String.fromCharCode(96 + Math.floor(index / 26)) : "";
  return first + String.fromCharCode(97 + index % 26);
}
