import type { Snapshot } from "../gate/live.ts";
import { checkWindowName, formatState, OFF } from "../state/parse.ts";
import { prepareSnapshot } from "../state/snapshot.ts";
import { StateError } from "../state/state-error.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { describeProblem } from "../util/errors.ts";
import { usageError } from "./exit-codes.ts";
import { type Situation, situationOf } from "./situation.ts";

/**
 * Reads the name of a window.
 *
 * @throws {CliError} If it is not one.
 */
export function readName(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    return checkWindowName(name);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    throw usageError(describeProblem(error, "--name"), error);
  }
}

/** Prepares one maintenance. */
export function prepareWindow(window: MaintenanceWindow): Promise<Snapshot> {
  return prepareSnapshot(window);
}

/** The maintenance of a name in a state, without a name that at the top level; `undefined` if no window has the name. */
export function windowOf(state: MaintenanceState, name: string | undefined): MaintenanceWindow | undefined {
  const { windows = {}, ...top } = state;
  if (name === undefined) return top;
  return Object.hasOwn(windows, name) ? windows[name] : undefined;
}

/** A state with another maintenance of a name. A window that is off is left out. */
export function withWindow(
  { windows = {}, ...top }: MaintenanceState,
  name: string | undefined,
  window: MaintenanceWindow,
): MaintenanceState {
  if (name === undefined) return join(window, windows);
  const { [name]: _, ...others } = windows;
  return join(top, window.mode === "off" ? others : { ...windows, [name]: window });
}

function join(top: MaintenanceWindow, windows: NonNullable<MaintenanceState["windows"]>): MaintenanceState {
  return Object.keys(windows).length === 0 ? top : { ...top, windows };
}

/** Whether two states have the same maintenance of a name. */
export function isSameWindow(a: MaintenanceState, b: MaintenanceState, name: string | undefined): boolean {
  const [one, other] = [a, b].map((state) => formatState(windowOf(state, name) ?? OFF));
  return one === other;
}

/** The option that names a window, to append to a command; nothing for the maintenance without a name. */
export function nameFlag(name: string | undefined): string {
  return name === undefined ? "" : ` --name ${name}`;
}

/** The words that turn off one maintenance of a state, whatever else is on. */
export function offWords(name: string | undefined, { windows }: MaintenanceState): string {
  if (name !== undefined) return `off${nameFlag(name)}`;
  return windows === undefined || Object.keys(windows).length === 0 ? "off" : "off --unnamed";
}

/** The places of the phases in a list: what is in force comes first. */
const RANKS: Readonly<Record<Situation["phase"], number>> = { on: 0, "read-only": 1, scheduled: 2, ended: 3, off: 4 };

/**
 * All maintenances of a state at an instant: first that without a name, unless it is off, then those in force, then those that
 * begin next.
 *
 * @param now The instant, in milliseconds since 1970.
 * @throws {StateError} If a recurring window never comes.
 */
export async function viewWindows(state: MaintenanceState, now: number): Promise<Situation[]> {
  const { windows = {}, ...top } = state;
  const named = await Promise.all(
    Object.entries(windows).map(async ([name, window]) => situationOf(await prepareWindow(window), now, name)),
  );
  const begin = ({ beginsAt = 0 }: Situation) => beginsAt;
  named.sort((a, b) => RANKS[a.phase] - RANKS[b.phase] || begin(a) - begin(b) || (a.name! < b.name! ? -1 : 1));
  return top.mode === "off" ? named : [situationOf(await prepareWindow(top), now), ...named];
}

/** The strictest phase of all: that of the site, if its parts do not matter. */
export function strictestPhase(windows: readonly Situation[]): Situation["phase"] {
  return windows.map(({ phase }) => phase).sort((a, b) => RANKS[a] - RANKS[b])[0] ?? "off";
}
