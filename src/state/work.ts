import type { InForce, RequestTracker } from "../counting/in-flight.ts";
import type { LiveState } from "../types/live-state.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { isPromise } from "../util/promise.ts";

const TASK = "track work";

/** How this process counts work. */
interface WorkCounter {
  readonly tracker: RequestTracker;
  inForce(): InForce;
  /** Called when work begins. */
  onBegin(): void;
}

/**
 * Makes `LiveState.track`.
 *
 * @param counter Counts the work; `undefined` where the store keeps no records of processes.
 */
export function createTrack(counter: WorkCounter | undefined): LiveState["track"] {
  return ((work: unknown, options: { name?: unknown } = {}) => {
    if (typeof work !== "function" && !isPromise(work)) {
      throw invalidOption(TASK, "work", "a function or a promise", work, "write state.track(() => sendMail(job))");
    }
    checkNames(TASK, options, ["name"], "the second argument of track()");
    const { name = (typeof work === "function" && work.name) || "work" } = options;
    if (typeof name !== "string" || name === "") throw invalidOption(TASK, "name", "text that is not empty", name);
    if (counter === undefined) return follow(work, () => {});
    const { tracker, inForce, onBegin } = counter;
    const tracked = tracker.enterWork(name, inForce());
    onBegin();
    return follow(work, () => tracker.leave(tracked));
  }) as LiveState["track"];
}

/** Calls the function, if it is one, and calls another one when the work has ended. */
async function follow(work: unknown, onEnd: () => void): Promise<unknown> {
  try {
    return await (typeof work === "function" ? work() : work);
  } finally {
    onEnd();
  }
}

/**
 * Makes `LiveState.whenOpen`.
 *
 * @param refresh Gives what has to be waited for before the state is known.
 * @param isInForce Whether maintenance is in force.
 * @param onEnd Calls a function when it ends. Returns a function that removes it.
 */
export function createWhenOpen(
  refresh: () => Promise<void> | undefined,
  isInForce: () => boolean,
  onEnd: (listener: () => void) => () => void,
): LiveState["whenOpen"] {
  return async (options = {}) => {
    checkNames("wait for the end of maintenance", options, ["signal"], "the argument of whenOpen()");
    const { signal } = options;
    for (;;) {
      signal?.throwIfAborted();
      await refresh();
      signal?.throwIfAborted();
      // Whoever awaits this goes on in the same turn, before the state can change.
      if (!isInForce()) return;
      await nextEnd(onEnd, signal);
    }
  };
}

function nextEnd(onEnd: (listener: () => void) => () => void, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    // A worker that waits must not end because nothing else keeps its process running.
    const hold = setInterval(() => {}, 60_000);
    const settle = () => {
      clearInterval(hold);
      remove();
      signal?.removeEventListener("abort", settle);
      resolve();
    };
    const remove = onEnd(settle);
    signal?.addEventListener("abort", settle, { once: true });
  });
}
