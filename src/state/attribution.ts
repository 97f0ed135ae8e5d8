import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { ownOf } from "../util/own.ts";
import { isSameJson } from "../util/same-json.ts";
import { joined, topLevelOf } from "./parts.ts";

/** Who changes a state, and when. */
export interface Authorship {
  /** The operator, or the process. */
  readonly by: string;
  /** The present by the clock that dates changes, in milliseconds since 1970. */
  readonly at: number;
}

/** The fields that say who and when, and which run it is. They do not make a maintenance another one. */
const ASIDE: readonly string[] = ["by", "since", "owner", "former"] satisfies (keyof MaintenanceWindow)[];

/**
 * Notes in each maintenance that a change touches who has changed it, and since when its mode holds. A `by` that it has
 * already stays.
 *
 * @param former The state before the change.
 */
export function attribute(next: MaintenanceState, former: MaintenanceState, authorship: Authorship): MaintenanceState {
  const top = attributeWindow(topLevelOf(next), topLevelOf(former), authorship);
  const [windows, before] = [windowsOf(next), windowsOf(former)];
  const attributed = Object.entries(windows).map(([name, window]) =>
    [name, attributeWindow(window, Object.hasOwn(before, name) ? before[name] : undefined, authorship)] as const
  );
  return Object.freeze(joined(top, Object.freeze(Object.fromEntries(attributed))));
}

function attributeWindow<Window extends MaintenanceWindow>(
  next: Window,
  former: MaintenanceWindow | undefined,
  { by, at }: Authorship,
): Window {
  if (next === former) return next;
  const isSame = former !== undefined && changedFields(next, former).length === 0;
  const isSwitch = next.mode !== (former?.mode ?? "off");
  // A copy of an earlier state may bring the time of an earlier switch.
  const since = isSwitch ? new Date(at).toISOString() : former?.since ?? next.since;
  const author = next.by ?? (isSame ? former.by : by);
  // What stays as it is has been prepared already.
  if (author === next.by && since === next.since) return next;
  return Object.freeze({ ...next, ...(author !== undefined && { by: author }), ...(since !== undefined && { since }) });
}

/** The names of the fields in which two maintenances differ, beside those that only say who and when. */
export function changedFields(next: MaintenanceWindow, former: MaintenanceWindow): string[] {
  const names = new Set([...Object.keys(former), ...Object.keys(next)]);
  return [...names].filter((name) => {
    const field = name as keyof MaintenanceWindow;
    return !ASIDE.includes(name) && !isSameJson(next[field], former[field]);
  });
}

/** The windows of a state by their names. */
export function windowsOf(state: MaintenanceState): Readonly<Record<string, MaintenanceWindow>> {
  return ownOf(state).windows ?? {};
}
