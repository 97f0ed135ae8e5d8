import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { StoredState } from "../types/store.ts";
import { tryParseState } from "./owner.ts";
import { formatState, OFF } from "./parse.ts";

/** The state from before a run. */
export interface Former {
  /** The state to go back to when the run has succeeded. */
  readonly state: MaintenanceState;
  /** Its text, exactly as it was stored if it was. */
  readonly text: string;
  /** The state before all runs, to go back to if this run ends without success and a later one succeeds. */
  readonly root: MaintenanceState;
}

/**
 * Finds the state to go back to at the end of a run: the stored one, or what that one goes back to if a run has left it there
 * that is over.
 *
 * @param stored The stored state before the run.
 * @param isAtWork Whether another run may still be at work. Then it is the one that opens the site.
 */
export function findFormer(stored: StoredState | undefined, isAtWork: (owner: string) => boolean): Former {
  const state = stored && tryParseState(stored.text);
  if (state === undefined) return formerOf(OFF);
  const { owner, former } = state;
  if (owner === undefined && former === undefined) return { state, text: stored!.text, root: state };
  const root = former ?? OFF;
  return owner !== undefined && isAtWork(owner) ? { state, text: stored!.text, root } : formerOf(root);
}

function formerOf(state: MaintenanceState): Former {
  return { state, text: formatState(state), root: state };
}

/** The fields of a run's state that say which run it is, and which state was there before. */
export function markOf(owner: string, { root }: Former): Pick<MaintenanceState, "owner" | "former"> {
  return { owner, ...(root.mode !== "off" && { former: root }) };
}

/** The state after a run that has ended without success: it stays, and the next run knows that this one is over. */
export function withoutOwner({ owner: _, ...state }: MaintenanceState): MaintenanceState {
  return { ...state, former: state.former ?? OFF };
}
