import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { EXIT } from "../exit-codes.ts";
import type { OpenStore } from "../open/stores.ts";
import { errorJson, toCliError } from "../output/failure.ts";
import type { Output } from "../output/output.ts";
import { withoutSecrets } from "../output/secrets.ts";
import { type Look, printStatus, statusJson } from "../output/status-report.ts";
import { cut } from "../output/wrap.ts";

/** How often to look, in milliseconds. */
const EVERY_MS = 1_000;

/**
 * Shows the status again and again, until Ctrl-C: every second on a terminal, elsewhere whenever it has changed. An error is
 * shown like a status, since the store may come back.
 *
 * @returns The exit code.
 */
export async function watch(
  output: Output,
  opened: OpenStore,
  lookAt: (last: Look | undefined) => Promise<Look>,
): Promise<number> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop);
  // Nobody reads any more.
  process.stdout.once("error", stop);
  const show = output.json
    ? objects(output, opened)
    : output.isScreen
    ? screen(output, opened)
    : reports(output, opened);
  try {
    let last: Look | undefined;
    while (!controller.signal.aborted) {
      const look = await lookAt(last).catch((error: unknown) => new Failure(error));
      if (controller.signal.aborted) break;
      show(look);
      if (!(look instanceof Failure)) last = look;
      await pause(controller.signal);
    }
    return EXIT.ok;
  } finally {
    process.off("SIGINT", stop);
  }
}

/** An error in place of a look. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

type Show = (look: Look | Failure) => void;

function jsonFor(opened: OpenStore, look: Look | Failure): Record<string, unknown> {
  return look instanceof Failure ? { error: errorJson(toCliError(look.error)) } : statusJson(opened, look);
}

/** Prints a JSON object whenever more than an age or a clock has changed. */
function objects(output: Output, opened: OpenStore): Show {
  let last: string | undefined;
  return (look) => {
    const json = jsonFor(opened, look);
    const key = keyOf(json);
    if (key !== last) output.object(json);
    last = key;
  };
}

/** What goes on by itself, without a change. */
const RUNNING = ["clock", "connectedMs", "skewMs", "silentMs", "overdueMs", "seconds", "until", "warnings"];

function keyOf(json: Record<string, unknown>): string {
  return JSON.stringify(json, (name, value) => RUNNING.includes(name) ? undefined : value);
}

/** Prints the report whenever it has changed. */
function reports(output: Output, opened: OpenStore): Show {
  let last: string | undefined;
  return (look) => {
    const key = keyOf(jsonFor(opened, look));
    if (key === last) return;
    for (const line of [...(last === undefined ? [] : [""]), ...linesOf(output, opened, look)]) output.line(line);
    last = key;
  };
}

/** Draws the report over the former one. Where the terminal is too low, lines before the last are left out: that is the verdict. */
function screen(output: Output, opened: OpenStore): Show {
  const { stdout } = process;
  stdout.write("\x1b[2J");
  return (look) => {
    const lines = linesOf(output, opened, look);
    const verdict = lines.pop()!;
    let room = Math.max(2, (stdout.rows || 24) - 1) - rowsOf(verdict);
    const fits = lines.findIndex((line) => (room -= rowsOf(line)) < 0);
    const shown = [...(fits < 0 ? lines : [...lines.slice(0, Math.max(0, fits - 1)), "…"]), verdict];
    stdout.write(`\x1b[H${shown.map((line) => `${line}\x1b[K\n`).join("")}\x1b[J`);
  };
}

/** How many rows of the terminal a line takes: a path or a command may be wider than it. */
function rowsOf(line: string): number {
  return Math.max(1, Math.ceil(stripVTControlCharacters(line).length / (process.stdout.columns || 80)));
}

function linesOf(output: Output, opened: OpenStore, look: Look | Failure): string[] {
  const lines: string[] = [];
  const collected: Output = { ...output, line: (text) => void lines.push(text) };
  if (look instanceof Failure) {
    const { message } = toCliError(look.error);
    return [`${output.paint("yellow", "warning:")} ${cut(withoutSecrets(message), output.width - "warning: ".length)}`];
  }
  printStatus(collected, opened, look);
  return lines;
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, EVERY_MS);
    signal.addEventListener("abort", done);
  });
}
