import { constants } from "node:os";
import process from "node:process";
import { CliError } from "../exit-codes.ts";

/** A signal that asks a process to end. */
export type EndingSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT";

/** The signals that ask a process to end. Of these, Windows knows Ctrl-C, and Deno refuses to listen to others there. */
export const ENDING: readonly EndingSignal[] = process.platform === "win32"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];

/** The exit status of what a signal has ended, as in shells. */
export function statusOf(signal: string): number {
  return 128 + ((constants.signals as Partial<Record<string, number>>)[signal] ?? 0);
}

/** Catches the signals that would end the process. */
export interface Interrupt {
  /** Aborted by the first of them, with a `CliError` that says how things stand then. */
  readonly signal: AbortSignal;
  /** How things stand, for that error. */
  status: string;
  /** Lets signals end the process again. */
  stop(): void;
}

/** Catches the signals that would end the process. */
export function catchSignals(status: string): Interrupt {
  const controller = new AbortController();
  const listeners = ENDING.map((name) => {
    const listener = () =>
      controller.abort(new CliError("interrupted", `Interrupted: ${interrupt.status}`, { exitCode: statusOf(name) }));
    process.on(name, listener);
    return [name, listener] as const;
  });
  const interrupt: Interrupt = {
    signal: controller.signal,
    status,
    stop() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
  return interrupt;
}
