import type { StateSnapshot } from "../gate/live.ts";
import { checkWindowName } from "../state/parse.ts";
import { StateError } from "../state/state-error.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { describeProblem } from "../util/errors.ts";
import { usageError } from "./exit-codes.ts";
import { type Situation, situationOfWindow } from "./situation.ts";

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
 */
export function viewWindows({ all }: StateSnapshot, now: number): Situation[] {
  const views = all.map((snapshot) => situationOfWindow(snapshot, now));
  const begin = ({ beginsAt = 0 }: Situation) => beginsAt;
  const named = views.filter(({ name }) => name !== undefined);
  named.sort((a, b) => RANKS[a.phase] - RANKS[b.phase] || begin(a) - begin(b) || (a.name! < b.name! ? -1 : 1));
  return [...views.filter(({ name, phase }) => name === undefined && phase !== "off"), ...named];
}

/** The strictest phase of all: that of the site, if its parts do not matter. */
export function strictestPhase(windows: readonly Situation[]): Situation["phase"] {
  return windows.map(({ phase }) => phase).sort((a, b) => RANKS[a] - RANKS[b])[0] ?? "off";
}
