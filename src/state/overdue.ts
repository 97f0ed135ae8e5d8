import { overdueBy } from "../util/expected-end.ts";
import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { call } from "../util/listener.ts";
import { createTimer, lookAgain } from "./timer.ts";

/** Called with a maintenance that is overdue, and with the name of its window. */
type OverdueListener = (window: MaintenanceWindow, name: string | undefined) => void;

/** What has to be known of a maintenance. */
export type Watched = Pick<Snapshot, "state" | "isInForce"> & { readonly name: string | undefined };

function isExpectedToEnd({ state: { expectedEnd, recurring }, isInForce }: Watched): boolean {
  return expectedEnd !== undefined && recurring === undefined && isInForce !== undefined;
}

/** Tells when a maintenance is in force past its expected end. */
export interface OverdueWatch {
  /** Looks at the clock and calls the listeners. */
  look(): void;
  /** Calls a function with each maintenance that becomes overdue. Returns a function that removes it. */
  listen(listener: OverdueListener): () => void;
  close(): void;
}

/**
 * Makes a watch.
 *
 * @param listAll Gives all maintenances of the last known state, the same list while it is the same state.
 * @param ticks Whether to look at the clock without being asked: not where nothing runs between requests.
 */
export function createOverdueWatch(listAll: () => readonly Watched[], ticks: boolean): OverdueWatch {
  const listeners = new Set<OverdueListener>();
  const timer = createTimer(look);
  /** The expected ends that the listeners have been told of, by the names of the windows. */
  const told = new Map<string | undefined, string>();
  let all: readonly Watched[] = [];
  let expected: readonly Watched[] = [];
  let isClosed = false;

  function look(): void {
    if (isClosed) return;
    const now = Date.now();
    const current = listAll();
    // Of thousands of windows, few have an expected end.
    if (current !== all) expected = (all = current).filter(isExpectedToEnd);
    const late = expected.filter(({ state, isInForce }) => isInForce?.(now) && overdueBy(state, now) !== undefined);
    for (const name of told.keys()) if (!late.some((each) => each.name === name)) told.delete(name);
    const news = late.filter(({ state, name }) => told.get(name) !== state.expectedEnd);
    for (const { state, name } of news) told.set(name, state.expectedEnd!);
    wait(now);
    for (const { state, name } of news) {
      for (const listener of listeners) call("a listener", listener, state, name);
    }
  }

  /** Looks again when the next one is expected to end. */
  function wait(now: number): void {
    const next = Math.min(...expected.map(({ state }) => Date.parse(state.expectedEnd!)).filter((end) => end > now));
    lookAgain(timer, ticks ? next : Infinity, now);
  }

  return {
    look,
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      isClosed = true;
      timer.clear();
    },
  };
}
