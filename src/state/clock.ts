import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { call } from "../util/listener.ts";
import { createTimer } from "./timer.ts";

/** The most milliseconds between two looks at the clock: somebody may set it, and timers stand still while a machine sleeps. */
const LOOK_EVERY_MS = 1_000;

type Listener = (state: MaintenanceState) => void;

/** Tells when a state takes force and loses it, by a change and by the clock. */
export interface Clock {
  /** The state that is in force; `undefined` while none is. */
  readonly inForce: MaintenanceState | undefined;
  /** Looks whether the state has taken force or lost it, and calls the listeners. */
  look(): void;
  /** Calls a function with each state that takes force, or that loses it. Returns a function that removes it. */
  listen(event: "begin" | "end", listener: Listener): () => void;
  close(): void;
}

/**
 * Makes a clock.
 *
 * @param snapshotOf Gives the last known state.
 * @param ticks Whether to look at the clock without being asked: not where nothing runs between requests.
 * @param onTurn Called before the listeners when the state has taken force or lost it.
 */
export function createClock(snapshotOf: () => Snapshot, ticks: boolean, onTurn: () => void): Clock {
  const listeners = { begin: new Set<Listener>(), end: new Set<Listener>() };
  const timer = createTimer(look);
  let told: MaintenanceState | undefined;
  let isClosed = false;

  const inForceAt = (now: number): MaintenanceState | undefined => {
    const { isInForce, state } = snapshotOf();
    return isInForce?.(now) === true ? state : undefined;
  };

  function look(): void {
    if (isClosed) return;
    const now = Date.now();
    const former = told;
    told = inForceAt(now);
    wait(now);
    if ((told === undefined) === (former === undefined)) return;
    onTurn();
    const [event, state] = told === undefined ? ["end", former!] as const : ["begin", told] as const;
    for (const listener of listeners[event]) call("a listener", listener, state);
  }

  /** Looks again when the state takes force or loses it next. */
  function wait(now: number): void {
    if (!ticks) return;
    const { isInForce, startsAt, endsAt } = snapshotOf();
    const next = isInForce === undefined ? undefined : told === undefined ? startsAt(now) : endsAt(now);
    if (next === undefined) timer.clear();
    else timer.set(Math.min(LOOK_EVERY_MS, Math.max(1, next - now)));
  }

  return {
    get inForce() {
      return inForceAt(Date.now());
    },
    look,
    listen(event, listener) {
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
    close() {
      isClosed = true;
      timer.clear();
    },
  };
}
