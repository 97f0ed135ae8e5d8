import { findFormer, type Former, withoutOwner } from "../../state/former.ts";
import { isProcessThere, replaceOwn } from "../../state/owner.ts";
import { formatState } from "../../state/parse.ts";
import { readStore } from "../../state/store-calls.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import type { Stored } from "../situation.ts";
import { windowOf, withWindow } from "../windows.ts";
import type { Planned } from "./planned.ts";

/** The pause before each attempt to go back to the state from before, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

/** Finds the window to go back to at the end of a run, from what the store held before. */
export function findBack({ snapshot }: Stored): Former {
  const stored = snapshot && { text: formatState(snapshot.state) };
  return findFormer(stored, (owner) => isProcessThere(owner) !== false);
}

/** Goes back to the window from before a run, unless someone else has taken over. Tries again while the store cannot be reached. */
export async function goBack(planned: Planned): Promise<boolean> {
  const { opened: { store }, snapshot, subject: { name } } = planned;
  let failure: unknown;
  let text: string | undefined;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      const write = (stored: MaintenanceState) => text = textAfter(planned, stored);
      if (await replaceOwn(store, snapshot.state.owner!, write, name) !== undefined) return true;
      // An attempt whose answer was lost may have succeeded.
      return failure !== undefined && (await readStore(store))?.text === text;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** The text of the stored state when its window has gone back to that from before a run. Other windows stay as they are. */
function textAfter({ subject: { name }, back, before, former }: Planned, stored: MaintenanceState): string {
  const text = formatState(withWindow(stored, name, back!.state));
  // What somebody has written by hand comes back as it was written.
  const isAsBefore = before !== undefined && text === formatState(before);
  return isAsBefore ? former.stored?.text ?? text : text;
}

/**
 * Leaves maintenance on after a run that did not succeed, without its owner: the next run goes back to what was there before
 * both.
 *
 * @returns The state, with its revision; `undefined` if someone else has taken over, or the store cannot be reached. The next
 * run on this machine can tell without it.
 */
export async function giveUp(
  { opened: { store }, snapshot, subject: { name } }: Planned,
): Promise<{ readonly state: MaintenanceState; readonly revision: string } | undefined> {
  let left: MaintenanceState | undefined;
  const write = (stored: MaintenanceState) =>
    formatState(left = withWindow(stored, name, withoutOwner(windowOf(stored, name)!)));
  try {
    const revision = await replaceOwn(store, snapshot.state.owner!, write, name);
    return revision === undefined ? undefined : { state: left!, revision };
  } catch {
    return undefined;
  }
}
