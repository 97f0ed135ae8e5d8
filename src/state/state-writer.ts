import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import type { Follower } from "./follower.ts";
import { attribute } from "./attribution.ts";
import { recordChange, storeNow } from "./history.ts";
import { replaceOwn } from "./owner.ts";
import { formatState } from "./parse.ts";
import { prepareSnapshot } from "./snapshot.ts";
import { nameOf, writeStored } from "./store-calls.ts";
import { nameThisProcess } from "./this-process.ts";

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

/** What a writer needs of the live state. */
export interface WriterOptions {
  /** Puts a state into force, with its revision. */
  apply(snapshot: Snapshot, revision: string): void;
  /** The last known state, with its revision. */
  current(): { readonly state: MaintenanceState; readonly revision: string | undefined };
  /** Called after each change, with the error if it could not be added to the history. */
  onRecord(error: unknown): void;
}

/** Makes a writer. */
export function createWriter(
  store: MaintenanceStore,
  follower: Follower,
  { apply, current, onRecord }: WriterOptions,
): Writer {
  let writings: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  async function put<Revision extends string | undefined>(
    state: MaintenanceState,
    act: (text: string) => Promise<Revision>,
    given?: string,
  ): Promise<Revision> {
    if (isClosed) throw new StoreError(`write the state to ${nameOf(store)}`, "it was closed");
    // Each change is made upon the one before, so that an older state never overtakes a newer one.
    const done = writings.then(async () => {
      const { state: former, revision: replaced } = current();
      const author = { by: nameThisProcess(), at: await storeNow(store) };
      const next = given === undefined ? attribute(state, former, author) : state;
      const prepared = await prepareSnapshot(next);
      const revision = await follower.write(() => act(given ?? formatState(next)));
      if (revision === undefined) return revision;
      apply(prepared, revision);
      await recordChange(store, { former, replaced, next, revision, ...author }).then(
        () => onRecord(undefined),
        onRecord,
      );
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
