import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import type { StoredState } from "../types/store.ts";
import { isSameJson } from "../util/same-json.ts";
import { OFF } from "./modes.ts";
import { tryParseState } from "./owner.ts";
import { formatState } from "./parse.ts";
import { windowOf, withWindow } from "./parts.ts";

/** What was there before a run. */
export interface Former {
  /** The maintenance to go back to when the run has succeeded: of the same window, or of the top level. */
  readonly window: MaintenanceWindow;
  /** The maintenance before all runs, to go back to if this run ends without success and a later one succeeds. */
  readonly root: MaintenanceWindow;
  /** Makes the text that goes back to it, of the state that is stored then: exactly as it was before if nothing else has changed. */
  restore(stored: MaintenanceState): string;
}

/**
 * Finds what to go back to at the end of a run: what is stored, or what that goes back to if a run has left it there that is
 * over.
 *
 * @param stored The stored state before the run.
 * @param name The name of the window that the run is about; `undefined` for the top level.
 * @param isAtWork Whether another run may still be at work. Then it is the one that opens the site.
 */
export function findFormer(
  stored: StoredState | undefined,
  name: string | undefined,
  isAtWork: (owner: string) => boolean,
): Former {
  const state = stored && tryParseState(stored.text);
  const window = state === undefined ? OFF : windowOf(state, name) ?? OFF;
  const { owner, former } = window;
  const restore = (back: MaintenanceWindow) => (now: MaintenanceState) => {
    const next = withWindow(now, name, back);
    return isSameJson(state, next) ? stored!.text : formatState(next);
  };
  if (owner === undefined && former === undefined) return { window, root: window, restore: restore(window) };
  const root = former ?? OFF;
  const back = owner !== undefined && isAtWork(owner) ? window : root;
  return { window: back, root, restore: restore(back) };
}

/** The fields of a run's maintenance that say which run it is, and what was there before. */
export function markOf(owner: string, { root }: Former): Pick<MaintenanceWindow, "owner" | "former"> {
  return { owner, ...(root.mode !== "off" && { former: root }) };
}

/** The maintenance after a run that has ended without success: it stays, and the next run knows that this one is over. */
export function withoutOwner({ owner: _, ...window }: MaintenanceWindow): MaintenanceWindow {
  return { ...window, former: window.former ?? OFF };
}
