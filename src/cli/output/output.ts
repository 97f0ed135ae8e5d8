import process from "node:process";
import { withoutSecrets } from "./secrets.ts";

/** A colour of the report. */
export type Colour = "red" | "green" | "yellow" | "dim";

const CODES: Readonly<Record<Colour, string>> = { red: "31", green: "32", yellow: "33", dim: "2" };

/** The report of the command line. */
export interface Output {
  /** Whether one JSON object is printed in place of text. */
  readonly json: boolean;
  /** Prints a line of the report, unless JSON is asked for. */
  line(text: string): void;
  /** Prints a text as it is, such as a page. */
  raw(text: string): void;
  /** Prints a note for the operator: on standard error, or among the `notes` of the JSON. */
  note(text: string): void;
  /** The notes so far. */
  readonly notes: readonly string[];
  /** Prints an error. */
  error(message: string, lines?: readonly string[]): void;
  /** Shows progress in one line that the next one replaces, on a terminal only. */
  progress(text: string): void;
  /** Prints the JSON object. */
  object(value: unknown): void;
  /** Colours a text, unless colours are off. */
  paint(colour: Colour, text: string): string;
}

/**
 * Creates the report.
 *
 * @param json Whether to print one JSON object in place of text.
 * @param aside Whether to report on standard error, because standard output belongs to the command of `run`.
 */
export function createOutput(json: boolean, aside: boolean): Output {
  const { stdout, stderr, env } = process;
  const report = aside ? stderr : stdout;
  const isColoured = report.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  const notes: string[] = [];
  let shown = 0;

  function clear(): void {
    if (shown > 0) stderr.write(`\r${" ".repeat(shown)}\r`);
    shown = 0;
  }

  return {
    json,
    notes,
    line(text) {
      clear();
      if (!json) report.write(`${text}\n`);
    },
    raw(text) {
      stdout.write(text);
    },
    note(text) {
      const clean = withoutSecrets(text);
      notes.push(clean);
      clear();
      if (!json) stderr.write(`note: ${clean}\n`);
    },
    error(message, lines = []) {
      clear();
      const all = [`maintenancemode: ${withoutSecrets(message)}`, ...lines.map((line) => `  ${withoutSecrets(line)}`)];
      stderr.write(`${all.join("\n")}\n`);
    },
    progress(text) {
      if (stderr.isTTY !== true) return;
      const line = text.slice(0, (stderr.columns || 80) - 1);
      clear();
      stderr.write(line);
      shown = line.length;
    },
    object(value) {
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    paint: (colour, text) => isColoured ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text,
  };
}

/** Keeps the process alive after the reader of its output has gone, so that it finishes its work. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
}

/** Waits until all output is written. */
export async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.destroyed || stream.writableEnded) continue;
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
}
