import type { Snapshot, SnapshotGroup, StateSnapshot } from "../gate/live.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { call } from "../util/listener.ts";
import { createOverdueWatch } from "./overdue.ts";
import { createTimer, lookAgain } from "./timer.ts";

type Listener = (window: MaintenanceWindow, name: string | undefined) => void;

/** Tells when a maintenance takes force and loses it, by a change and by the clock. */
export interface Clock {
  /** What is in force, the strictest first; `undefined` while nothing is. */
  readonly inForce: SnapshotGroup | undefined;
  /** Looks whether a maintenance has taken force, lost it, or become overdue, and calls the listeners. */
  look(): void;
  /** Calls a function with each maintenance of which this is true from now on. Returns a function that removes it. */
  listen(event: "begin" | "end" | "overdue", listener: Listener): () => void;
  close(): void;
}

/**
 * Makes a clock.
 *
 * @param snapshotOf Gives the last known state.
 * @param ticks Whether to look at the clock without being asked: not where nothing runs between requests.
 * @param onTurn Called before the listeners when a maintenance has taken force or lost it.
 */
export function createClock(snapshotOf: () => StateSnapshot, ticks: boolean, onTurn: () => void): Clock {
  const listeners = { begin: new Set<Listener>(), end: new Set<Listener>() };
  const overdue = createOverdueWatch(() => snapshotOf().all, ticks);
  const timer = createTimer(look);
  let told: readonly Snapshot[] = [];
  let isClosed = false;

  function look(): void {
    if (isClosed) return;
    turn();
    overdue.look();
  }

  function turn(): void {
    const now = Date.now();
    const former = told;
    told = snapshotOf().inForce(now)?.list ?? [];
    wait(now);
    if (told === former) return;
    const [ended, begun] = [without(former, told), without(told, former)];
    if (ended.length === 0 && begun.length === 0) return;
    onTurn();
    tell("end", ended);
    tell("begin", begun);
  }

  function tell(event: "begin" | "end", windows: readonly Snapshot[]): void {
    for (const { state, name } of windows) {
      for (const listener of listeners[event]) call("a listener", listener, state, name);
    }
  }

  /** Looks again when a maintenance takes force or loses it next. */
  function wait(now: number): void {
    if (!ticks) return;
    const next = Math.min(...snapshotOf().all.map(({ changesAt }) => changesAt(now)));
    lookAgain(timer, next, now);
  }

  return {
    get inForce() {
      return snapshotOf().inForce(Date.now());
    },
    look,
    listen(event, listener) {
      if (event === "overdue") return overdue.listen(listener);
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
    close() {
      isClosed = true;
      timer.clear();
      overdue.close();
    },
  };
}

/** The maintenances of a list that have no namesake in another one. */
function without(list: readonly Snapshot[], others: readonly Snapshot[]): readonly Snapshot[] {
  const names = new Set(others.map(({ name }) => name));
  return list.filter(({ name }) => !names.has(name));
}
