import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import type { Follower } from "./follower.ts";
import { replaceOwn } from "./owner.ts";
import { formatState } from "./parse.ts";
import { prepareSnapshot } from "./snapshot.ts";
import { nameOf, writeStored } from "./store-calls.ts";

/** Writes states to the store of a live state in the order of the calls. */
export interface Writer {
  /** Stores a state and puts it into force in this process. Returns its revision. */
  write(state: MaintenanceState): Promise<string>;
  /**
   * Does the same if a run still owns the stored state. Returns `undefined` if somebody has taken over.
   *
   * @param text The text of the state, if it is not to be written anew.
   */
  replaceOwn(owner: string, state: MaintenanceState, text?: string): Promise<string | undefined>;
  /** Refuses further states. Resolves when all former ones are written. */
  close(): Promise<void>;
}

/**
 * Makes a writer.
 *
 * @param apply Puts a state into force, with its revision.
 */
export function createWriter(
  store: MaintenanceStore,
  follower: Follower,
  apply: (snapshot: Snapshot, revision: string) => void,
): Writer {
  let writings: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function put<Revision extends string | undefined>(
    state: MaintenanceState,
    act: (text: string) => Promise<Revision>,
    given?: string,
  ): Promise<Revision> {
    if (isClosed) throw new StoreError(`write the state to ${nameOf(store)}`, "it was closed");
    const text = given ?? formatState(state);
    // Preparing begins at once, but a state that is ready earlier must not overtake an older one.
    const preparing = prepareSnapshot(state);
    preparing.catch(() => {});
    const done = writings.then(async () => {
      const prepared = await preparing;
      const revision = await follower.write(() => act(text));
      if (revision !== undefined) apply(prepared, revision);
      return revision;
    });
    writings = done.catch(() => {});
    return await done;
  }

  return {
    write: (state) => put(state, (text) => writeStored(store, text)),
    replaceOwn: (owner, state, given) => put(state, (text) => replaceOwn(store, owner, text), given),
    async close() {
      isClosed = true;
      await writings;
    },
  };
}
