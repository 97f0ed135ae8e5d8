import type { Snapshot, SnapshotGroup, StateSnapshot } from "../gate/live.ts";
import { compileHostIndex } from "../match/url/hosts.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { ownOf } from "../util/own.ts";
import { within } from "./checks.ts";
import { topLevelOf } from "./parts.ts";
import { compileRecurrence } from "./recurrence.ts";
import { compileSnapshot } from "./snapshot.ts";
import { StateError } from "./state-error.ts";

/** The maintenances that were prepared. One that a change of the state leaves alone is the same object before and after. */
const prepared = new WeakMap<MaintenanceWindow, Snapshot>();

/**
 * Prepares a state for the gate.
 *
 * @param state The state, from `parseState`.
 * @throws {StateError} If a recurring window never comes.
 */
export async function prepareSnapshot(state: MaintenanceState): Promise<StateSnapshot> {
  const all: Snapshot[] = [];
  for (const [name, window] of maintenancesOf(state)) {
    // Most are there already, and thousands of promises take longer than all the rest.
    const known = prepared.get(window);
    all.push(known !== undefined && known.name === name ? known : await prepareOne(window, name));
  }
  return joinSnapshots(state, all);
}

/** Prepares a state without recurring windows at once. */
export function prepareAtOnce(state: MaintenanceState): StateSnapshot {
  return joinSnapshots(state, maintenancesOf(state).map(([name, window]) => compileSnapshot(window, name, [])));
}

/** The maintenances of a state by their names: the one at the top level comes first and has none. */
function maintenancesOf(state: MaintenanceState): [name: string | undefined, window: MaintenanceWindow][] {
  return [[undefined, topLevelOf(state)], ...Object.entries(ownOf(state).windows ?? {})];
}

async function prepareOne(window: MaintenanceWindow, name: string | undefined): Promise<Snapshot> {
  try {
    const recurrences = await Promise.all((ownOf(window).recurring ?? []).map(compileRecurrence));
    const snapshot = compileSnapshot(window, name, recurrences);
    prepared.set(window, snapshot);
    return snapshot;
  } catch (error) {
    throw name !== undefined && error instanceof StateError ? within("windows", within(name, error)) : error;
  }
}

/** Makes a group of maintenances. */
function groupOf(list: readonly Snapshot[]): SnapshotGroup {
  let near: SnapshotGroup["near"] | undefined;
  // Most groups are never asked.
  return { list, near: (url) => (near ??= compileHostIndex(list))(url) };
}

/** Joins the prepared maintenances of a state, the one at the top level first. */
export function joinSnapshots(state: MaintenanceState, all: readonly Snapshot[]): StateSnapshot {
  const closing = all.filter(({ isInForce }) => isInForce !== undefined);
  const byName = new Map(all.map((snapshot) => [snapshot.name, snapshot]));
  const inForce = createFinder(closing);
  // One form for every state: while maintenance is off, each request reads a member of it and does nothing else.
  return Object.freeze({
    state,
    all,
    isInForce: closing.length === 0
      ? undefined
      : closing.length === 1
      ? closing[0]!.isInForce
      : (now: number) => inForce(now) !== undefined,
    inForce,
    find: (name: string | undefined) => byName.get(name),
    group: groupOf,
  });
}

/** Makes the function that finds those in force. Of several, it looks at each only when one takes force or loses it. */
function createFinder(closing: readonly Snapshot[]): StateSnapshot["inForce"] {
  const [only] = closing;
  if (only === undefined) return () => undefined;
  if (closing.length === 1) {
    const one = groupOf(closing);
    return (now) => only.isInForce!(now) ? one : undefined;
  }
  let group: SnapshotGroup | undefined;
  let from = Infinity;
  let to = -Infinity;
  return (now) => {
    if (now >= from && now < to) return group;
    const list = closing.filter(({ isInForce }) => isInForce!(now)).sort(byStrictness(now));
    from = now;
    to = Math.min(...closing.map(({ changesAt }) => changesAt(now)));
    const isSame = group?.list.length === list.length && list.every((each, index) => each === group!.list[index]);
    if (!isSame) group = list.length === 0 ? undefined : groupOf(list);
    return group;
  };
}

/** Compares maintenances in force: the strictest come first, then those that end last. */
function byStrictness(now: number): (a: Snapshot, b: Snapshot) => number {
  const ends = new Map<Snapshot, number>();
  const endOf = (each: Snapshot) => ends.get(each) ?? ends.set(each, each.endsAt(now) ?? Infinity).get(each)!;
  const rank = ({ state: { mode } }: Snapshot) => mode === "on" ? 0 : 1;
  return (a, b) => {
    if (rank(a) !== rank(b)) return rank(a) - rank(b);
    const [endA, endB] = [endOf(a), endOf(b)];
    // Two of Infinity have no difference that is a number.
    return endA === endB ? 0 : endB > endA ? 1 : -1;
  };
}
