/** The table of a run, and what stands below it. */
import { type Failure, show } from "./suite.ts";

/** What became of one case in one runtime. */
export type Cell =
  | { state: "passed" }
  | { state: "failed"; failure: Failure }
  | { state: "notApplicable"; reason: string };

/** A column with its cells, by the names of the cases. */
export interface Column {
  name: string;
  title: string;
  version: string;
  second: boolean;
  cells: Map<string, Cell>;
  /** Why there are no cells: the runtime is not there. */
  missing?: string;
}

/** Prints one table for each group of columns, then the failures, then the reasons for what was not run. */
export function printReport(rows: readonly string[], columns: readonly Column[]): void {
  const reasons: string[] = [];
  const letterOf = (reason: string) => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return letter(reasons.indexOf(reason));
  };
  for (const second of [false, true]) {
    const group = columns.filter((column) => column.second === second && !column.missing);
    if (group.length > 0) console.log(`\n${table(rows, group, letterOf)}`);
  }
  if (reasons.length > 0) {
    console.log("\nNot applicable, and why:");
    reasons.forEach((reason, i) => console.log(`  ${letter(i).padStart(2)}  ${reason}`));
  }
  for (const { name, title, missing } of columns) {
    if (missing) console.log(`\nskipped ${name} (${title}): ${missing}`);
  }
  printFailures(rows, columns);
}

/** Prints each failure, with what was expected and got. */
function printFailures(rows: readonly string[], columns: readonly Column[]): void {
  for (const row of rows) {
    // What fails alike in several runtimes is told once.
    const failures = new Map<string, string[]>();
    for (const { name, cells } of columns) {
      const cell = cells.get(row);
      if (cell?.state !== "failed") continue;
      const { what, expected, got } = cell.failure;
      const text = `${what}\n  expected ${expected}\n  got      ${got}`;
      failures.set(text, [...failures.get(text) ?? [], name]);
    }
    for (const [text, names] of failures) console.log(`\n✗ ${row}\n  in ${names.join(", ")}: ${text}`);
  }
}

/** How many cells there are of each state. */
export function count(columns: readonly Column[]): Record<Cell["state"], number> {
  const counts = { passed: 0, failed: 0, notApplicable: 0 };
  for (const { cells } of columns) for (const cell of cells.values()) counts[cell.state]++;
  return counts;
}

/** The failure that stands for an exception. */
export function failureOf(error: unknown): Failure {
  return { what: "the run", expected: "no exception", got: error instanceof Error ? error.message : show(error) };
}

function table(rows: readonly string[], columns: readonly Column[], letterOf: (reason: string) => string): string {
  const numbered = columns.map((column, i) => ({ column, key: String(i + 1).padStart(3) }));
  const legend = numbered.map(({ column, key }) => `${key}  ${column.name} ${column.version}: ${column.title}`);
  const width = Math.min(Math.max(...rows.map((row) => row.length)), 88);
  const head = `${" ".repeat(width)} ${numbered.map(({ key }) => key).join("")}`;
  const lines = rows.map((row) => {
    const shown = row.length > width ? `${row.slice(0, width - 1)}…` : row.padEnd(width, row.length % 2 ? " ." : ". ");
    const cells = columns.map(({ cells }) => {
      const cell = cells.get(row);
      if (!cell) return " ";
      return cell.state === "passed" ? "✓" : cell.state === "failed" ? "✗" : letterOf(cell.reason);
    });
    return `${shown} ${cells.map((cell) => cell.padStart(3)).join("")}`;
  });
  return [...legend, "", head, ...lines].join("\n");
}

function letter(index: number): string {
  const first = index >= 26 ? String.fromCharCode(96 + Math.floor(index / 26)) : "";
  return first + String.fromCharCode(97 + index % 26);
}
