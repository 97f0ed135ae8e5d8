import process from "node:process";
import { styleText } from "node:util";
import { withoutSecrets } from "./secrets.ts";
import { COLUMNS, cut } from "./wrap.ts";

/** A colour of the report. */
export type Colour = "red" | "green" | "yellow" | "dim" | "bold";

/** The report of the command line. */
export interface Output {
  /** Whether JSON is printed in place of text. */
  readonly json: boolean;
  /** The columns that a line of the report may have. */
  readonly width: number;
  /** Whether the report goes to a terminal whose lines can be drawn again. */
  readonly isScreen: boolean;
  /** Prints a line of the report, unless JSON is asked for. */
  line(text: string): void;
  /** Prints a text as it is, such as a page. */
  raw(text: string): void;
  /** Prints a note for the operator: on standard error, or among the `notes` of the JSON. */
  note(text: string): void;
  /** The notes so far. */
  readonly notes: readonly string[];
  /**
   * Prints an error.
   *
   * @param last A line that may hold the secret of a bypass link, which is hidden elsewhere.
   */
  error(message: string, lines?: readonly string[], last?: string): void;
  /** Whether {@link redraw} shows something: standard error is a terminal whose lines can be drawn again. */
  readonly canRedraw: boolean;
  /** Shows lines that the next call replaces, and that any other output removes. Does nothing unless {@link canRedraw}. */
  redraw(lines: readonly string[]): void;
  /** Prints a line about a wait on standard error, unless JSON is asked for. */
  aside(text: string): void;
  /** Prints a JSON object on one line. */
  object(value: unknown): void;
  /** Styles a text of the report, unless colours are off. */
  paint(colours: Colour | readonly Colour[], text: string): string;
}

/**
 * Creates the report.
 *
 * @param json Whether to print JSON in place of text.
 * @param aside Whether to report on standard error, because standard output belongs to the command of `run`.
 */
export function createOutput(json: boolean, aside: boolean): Output {
  const { stdout, stderr } = process;
  const report = aside ? stderr : stdout;
  const isColoured = wantsColours(report.isTTY === true);
  const canRedraw = canDrawOn(stderr);
  const notes: string[] = [];
  let shown = 0;

  function clear(): void {
    if (shown > 0) stderr.write(`\r${shown > 1 ? `\x1b[${shown - 1}A` : ""}\x1b[J`);
    shown = 0;
  }

  return {
    json,
    notes,
    canRedraw,
    isScreen: canDrawOn(report),
    get width() {
      return Math.min(COLUMNS, report.isTTY === true ? report.columns || COLUMNS : COLUMNS);
    },
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
    error(message, lines = [], last) {
      clear();
      const all = [`maintenancemode: ${withoutSecrets(message)}`, ...lines.map((line) => `  ${withoutSecrets(line)}`)];
      if (last !== undefined) all.push(`  ${last}`);
      stderr.write(`${all.join("\n")}\n`);
    },
    redraw(lines) {
      if (!canRedraw) return;
      clear();
      stderr.write(lines.map((line) => cut(line, (stderr.columns || 80) - 1)).join("\n"));
      shown = lines.length;
    },
    aside(text) {
      clear();
      if (!json) stderr.write(`${withoutSecrets(text)}\n`);
    },
    object(value) {
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    paint: (colours, text) =>
      isColoured ? styleText(colours as Parameters<typeof styleText>[0], text, { validateStream: false }) : text,
  };
}

/** Whether lines can be drawn again: `TERM=dumb` says that they cannot. */
function canDrawOn({ isTTY }: { isTTY?: boolean | undefined }): boolean {
  return isTTY === true && process.env["TERM"] !== "dumb";
}

/** Whether to print colours. `NO_COLOR` takes precedence; `FORCE_COLOR` prints them where there is no terminal, unless it is 0. */
function wantsColours(isTerminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
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
