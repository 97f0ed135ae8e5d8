import { withoutOwner } from "../../state/former.ts";
import { replaceOwn } from "../../state/owner.ts";
import { formatState } from "../../state/parse.ts";
import { storeNow } from "../../state/history.ts";
import { readStore, revisionOf } from "../../state/store-calls.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import type { Output } from "../output/output.ts";
import type { Planned } from "./plan.ts";
import { record } from "./record.ts";

/** The pause before each attempt to go back to the state from before, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

/** Goes back to the state from before a run, unless someone else has taken over. Tries again while the store cannot be reached. */
export async function goBack(planned: Planned, revision: string, output: Output): Promise<boolean> {
  const { opened: { store }, snapshot: { state: former }, back, author: { by } } = planned;
  const { text, state: next } = back!;
  const done = async (made: string): Promise<true> => {
    const at = await storeNow(store);
    await record(store, { by, at, former, replaced: revision, next, revision: made }, output);
    return true;
  };
  let failure: unknown;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      const made = await replaceOwn(store, former.owner!, text);
      if (made !== undefined) return await done(made);
      // An attempt whose answer was lost may have succeeded.
      const stored = failure === undefined ? undefined : await readStore(store);
      return stored?.text === text && await done(revisionOf(stored));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * Leaves maintenance on after a run that did not succeed, without its owner: the next run goes back to what was there before
 * both.
 *
 * @returns The state, with its revision; `undefined` if someone else has taken over, or the store cannot be reached. The next
 * run on this machine can tell without it.
 */
export async function giveUp(
  { opened: { store }, snapshot }: Planned,
): Promise<{ readonly state: MaintenanceState; readonly revision: string } | undefined> {
  let left: MaintenanceState | undefined;
  try {
    const revision = await replaceOwn(
      store,
      snapshot.state.owner!,
      (stored) => formatState(left = withoutOwner(stored)),
    );
    return revision === undefined ? undefined : { state: left!, revision };
  } catch {
    return undefined;
  }
}
