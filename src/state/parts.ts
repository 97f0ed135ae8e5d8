import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { ownOf } from "../util/own.ts";
import { OFF } from "./modes.ts";

/** The maintenances at the top level of states with windows: one object for each state. */
const topLevels = new WeakMap<MaintenanceState, MaintenanceWindow>();

/** The maintenance at the top level of a state: the state without its windows. */
export function topLevelOf(state: MaintenanceState): MaintenanceWindow {
  if (ownOf(state).windows === undefined) return state;
  const known = topLevels.get(state);
  if (known !== undefined) return known;
  const { windows: _, ...top } = state;
  topLevels.set(state, Object.freeze(top));
  return top;
}

/** Makes the top level of a state the same object as that of an earlier one, which says the same. */
export function shareTopLevel(state: MaintenanceState, earlier: MaintenanceState): void {
  if (state.windows !== undefined) topLevels.set(state, topLevelOf(earlier));
}

/**
 * Finds one maintenance of a state.
 *
 * @param name The name of its window; `undefined` for the one at the top level.
 */
export function windowOf(state: MaintenanceState, name: string | undefined): MaintenanceWindow | undefined {
  if (name === undefined) return topLevelOf(state);
  const { windows = {} } = ownOf(state);
  return Object.hasOwn(windows, name) ? windows[name] : undefined;
}

/**
 * Makes a state in which one maintenance is another one, and all others stay.
 *
 * @param name The name of its window; `undefined` for the one at the top level.
 */
export function putWindow(
  state: MaintenanceState,
  name: string | undefined,
  window: MaintenanceWindow,
): MaintenanceState {
  const { windows = {} } = ownOf(state);
  return name === undefined ? joined(window, windows) : joined(topLevelOf(state), { ...windows, [name]: window });
}

/** Does the same as {@link putWindow}, and removes a window that is `undefined` or `off`. */
export function withWindow(
  state: MaintenanceState,
  name: string | undefined,
  window: MaintenanceWindow | undefined,
): MaintenanceState {
  if (name === undefined || window !== undefined && window.mode !== "off") return putWindow(state, name, window ?? OFF);
  const { [name]: _, ...others } = ownOf(state).windows ?? {};
  return joined(topLevelOf(state), others);
}

/** Makes a state of the maintenance at the top level and of windows. */
export function joined(top: MaintenanceWindow, windows: MaintenanceState["windows"] & object): MaintenanceState {
  return Object.keys(windows).length === 0 ? top : { ...top, windows };
}
