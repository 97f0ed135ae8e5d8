import { withoutOwner } from "../../state/former.ts";
import { replaceOwn } from "../../state/owner.ts";
import { formatState } from "../../state/parse.ts";
import { keepSchema } from "../../state/schema-key.ts";
import { readStore } from "../../state/store-calls.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import type { Planned } from "./plan.ts";

/** The pause before each attempt to go back to the state from before, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

/** Goes back to the state from before a run, unless someone else has taken over. Tries again while the store cannot be reached. */
export async function goBack({ opened: { store }, snapshot, back }: Planned): Promise<boolean> {
  const { text } = back!;
  let failure: unknown;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      if (await replaceOwn(store, snapshot.state.owner!, text) !== undefined) return true;
      // An attempt whose answer was lost may have succeeded.
      if (failure === undefined) return false;
      const stored = await readStore(store);
      return stored !== undefined && keepSchema(text, stored.text) === stored.text;
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
