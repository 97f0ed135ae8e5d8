import { constants } from "node:os";
import process from "node:process";
import { CliError } from "../exit-codes.ts";

/** A signal that asks a process to end. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT";

/** The signals that ask a process to end. On Windows only Ctrl-C is one, and Deno refuses to listen to the others there. */
export const ENDING: readonly EndingSignal[] = process.platform === "win32"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** The exit status of a process that a signal has ended: 128 and the number of the signal, as in shells. */
export function statusOf(signal: string): number {
  return 128 + ((constants.signals as Partial<Record<string, number>>)[signal] ?? 0);
}

/** Holds back the signals that would end the process. */
export interface Interrupt {
  /** Aborted by the first signal, with a `CliError` that contains the status. */
  readonly signal: AbortSignal;
  /** Lets signals end the process again. */
  stop(): void;
}

/** What an interruption leaves behind, for the operator: three lines. */
export interface Interruption {
  /** The state of maintenance. */
  readonly state: string;
  /** The command that undoes it. */
  readonly undo: string;
  /** How to get in meanwhile. */
  readonly getIn: string;
}

function interrupted({ state, undo, getIn }: Interruption, name: EndingSignal): CliError {
  const [lines, last] = [[`undo: ${undo}`], `get in: ${getIn}`];
  return new CliError("interrupted", `Interrupted: ${state}`, { lines, last, exitCode: statusOf(name) });
}

/**
 * Catches the signals that would end the process.
 *
 * @param left What to report; nothing where only the signals are held back.
 */
export function catchSignals(left?: Interruption): Interrupt {
  const controller = new AbortController();
  const listeners = ENDING.map((name) => {
    const listener = () => controller.abort(left && interrupted(left, name));
    process.on(name, listener);
    return [name, listener] as const;
  });
  return {
    signal: controller.signal,
    stop() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
