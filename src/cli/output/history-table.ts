import type { HistoryEntry } from "../../types/history.ts";
import { formatDuration } from "../../util/durations.ts";
import { formatLocal, timeZone } from "../input/times.ts";
import { describeTimes, printable } from "./describe.ts";
import type { Output } from "./output.ts";

/** Prints changes as a table, the latest last. */
export function printHistory(output: Output, history: readonly HistoryEntry[]): void {
  if (history.length === 0) return output.line("No change is recorded.");
  const hasWindows = history.some(({ window }) => window !== undefined);
  const head = [`TIME (${timeZone()})`, ...hasWindows ? ["WINDOW"] : [], "CHANGE", "LASTED", "BY"];
  const table = history.map((entry) => [
    formatLocal(Date.parse(entry.at)),
    ...hasWindows ? [printable(entry.window ?? "-")] : [],
    printable(describeChange(entry)),
    entry.lastedMs === undefined ? "" : formatDuration(entry.lastedMs),
    printable(entry.by),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...table.map((cells) => cells[column]!.length)));
  const join = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd();
  output.line(output.paint("dim", join(head)));
  history.forEach((entry, index) => {
    output.line(join(table[index]!));
    for (const remark of remarksOn(entry)) output.line(`    ${output.paint("dim", printable(remark))}`);
  });
}

function describeChange({ what, from, to, fields }: HistoryEntry): string {
  if (what !== "changed") return from === to ? to : `${from} -> ${to}`;
  return Array.isArray(fields) && fields.length > 0 ? `${to}: ${fields.join(", ")}` : to;
}

function remarksOn({ at, to, what, reason, note, start, recurring, end, expectedEnd }: HistoryEntry): string[] {
  // A change that leaves the mode has named the fields already.
  if (to === "off" && note === undefined) return [];
  const until = end === undefined ? undefined : `until ${formatLocal(Date.parse(end))}`;
  const expected = expectedEnd === undefined ? undefined : `expected to end ${formatLocal(Date.parse(expectedEnd))}`;
  // Maintenance that begins later is turned on here as well: this line says that it was not in force yet.
  const from = start !== undefined && Date.parse(start) > Date.parse(at)
    ? `from ${formatLocal(Date.parse(start))}`
    : undefined;
  const every = recurring === undefined ? undefined : `every ${describeTimes(recurring)}`;
  const times = what === "off" ? [] : [every, from, until, expected].filter((time) => time !== undefined);
  return [
    ...(times.length === 0 ? [] : [times.join(", ")]),
    ...(reason === undefined ? [] : [`reason: ${reason}`]),
    ...(note === undefined ? [] : [`note: ${note}`]),
  ];
}
