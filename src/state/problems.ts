import { createConsoleReporter } from "../util/console-reporter.ts";
import { MaintenanceError } from "../util/errors.ts";
import { call } from "../util/listener.ts";
import { messageOf } from "../util/received.ts";

/** The tasks of a live state that can fail again and again. */
export type ProblemSource = "read" | "watch" | "report" | "state" | "notice" | "history" | "end" | "start" | "closed";

/** Reports the errors of a live state, each once until it has passed. */
export interface Problems {
  /** Notes an error; with `undefined`, that the task works again. */
  note(error: unknown, source: ProblemSource): void;
  /** The message of an error that has not passed. */
  messageOf(source: ProblemSource): string | undefined;
  /** Calls a listener with each error. Returns a function that removes it. */
  listen(listener: (error: unknown) => void): () => void;
}

/**
 * Makes the reports of errors.
 *
 * @param onError The user's `onError`. Without it and without a listener, errors go to the console.
 * @param consequenceOf Says what follows from an error, for operators who find it in a log at night.
 */
export function createProblems(
  onError: ((error: unknown) => void) | undefined,
  consequenceOf: (source: ProblemSource) => string | undefined,
): Problems {
  const messages = new Map<ProblemSource, string>();
  const listeners = new Set<(error: unknown) => void>();
  const printOnce = createConsoleReporter();

  function report(error: unknown, message: string, source: ProblemSource): void {
    if (onError !== undefined) call("a listener", onError, error);
    else if (listeners.size === 0) {
      const consequence = consequenceOf(source);
      printOnce(consequence === undefined ? error : new MaintenanceError("ERR_STORE", `${message}; ${consequence}`));
    }
    for (const listener of listeners) call("a listener", listener, error);
  }

  return {
    note(error, source) {
      if (error === undefined) return void messages.delete(source);
      const message = messageOf(error);
      if (messages.get(source) === message) return;
      messages.set(source, message);
      report(error, message, source);
    },
    messageOf: (source) => messages.get(source),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
