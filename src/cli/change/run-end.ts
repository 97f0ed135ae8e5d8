import { withoutOwner } from "../../state/former.ts";
import { OFF } from "../../state/modes.ts";
import { replaceOwn, tryParseState } from "../../state/owner.ts";
import { storeNow } from "../../state/history.ts";
import { formatState, parseState } from "../../state/parse.ts";
import { putWindow, windowOf } from "../../state/parts.ts";
import { readStore, revisionOf } from "../../state/store-calls.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../types/maintenance-state.ts";
import type { StoredState } from "../../types/store.ts";
import { isSameJson } from "../../util/same-json.ts";
import type { Output } from "../output/output.ts";
import type { Planned } from "./planned.ts";
import { record } from "./record.ts";

/** The pause before each attempt to go back to the state from before, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

/** Goes back to the state from before a run, unless someone else has taken over. Tries again while the store cannot be reached. */
export async function goBack(planned: Planned, revision: string, output: Output): Promise<boolean> {
  const { opened: { store }, subject: { name }, snapshot, back, author: { by } } = planned;
  const { restore, window } = back!;
  let attempt = { at: Date.now(), former: snapshot.state, replaced: revision };
  let text = "";
  const done = async (made: string): Promise<true> => {
    await record(store, { by, isReturn: true, ...attempt, next: parseState(text), revision: made }, output);
    return true;
  };
  let failure: unknown;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      const made = await replaceOwn(store, ownerOf(planned), name, async (former, replaced) => {
        // Asked before it is written: whoever changes it next has a later time.
        attempt = { at: await storeNow(store), former, replaced };
        return text = restore(former);
      });
      if (made !== undefined) return await done(made);
      if (failure === undefined) return false;
      // An attempt whose answer was lost may have succeeded.
      const stored = await readStore(store);
      return isBack(stored, name, window) && await done(revisionOf(stored));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** Whether a store holds what was there before a run. */
function isBack(stored: StoredState | undefined, name: string | undefined, window: MaintenanceWindow): boolean {
  const state = stored === undefined ? OFF : tryParseState(stored.text);
  return state !== undefined && isSameJson(windowOf(state, name) ?? OFF, window);
}

/** The name of a run, as its window has it. */
function ownerOf({ snapshot, subject: { name } }: Planned): string {
  return snapshot.find(name)!.state.owner!;
}

/**
 * Leaves maintenance on after a run that did not succeed, without its owner: the next run goes back to what was there before
 * both.
 *
 * @returns The state, with its revision; `undefined` if someone else has taken over, or the store cannot be reached. The next
 * run on this machine can tell without it.
 */
export async function giveUp(
  planned: Planned,
): Promise<{ readonly state: MaintenanceState; readonly revision: string } | undefined> {
  const { opened: { store }, subject: { name } } = planned;
  let left: MaintenanceState | undefined;
  try {
    const revision = await replaceOwn(store, ownerOf(planned), name, (stored) => {
      left = putWindow(stored, name, withoutOwner(windowOf(stored, name)!));
      return formatState(left);
    });
    return revision === undefined ? undefined : { state: left!, revision };
  } catch {
    return undefined;
  }
}
