import type { StateSnapshot } from "../gate/live.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import type { Follower } from "./follower.ts";
import { attribute } from "./attribution.ts";
import { recordChange, storeNow } from "./history.ts";
import { OFF } from "./modes.ts";
import { tryParseState } from "./owner.ts";
import { formatAfter, parseText } from "./parse.ts";
import { windowOf } from "./parts.ts";
import { prepareSnapshot } from "./state-snapshot.ts";
import { nameOf, readStore, replaceStored, revisionOf, writeStored } from "./store-calls.ts";
import { nameThisProcess } from "./this-process.ts";

/** Writes states to the store of a live state in the order of the calls. */
export interface Writer {
  /**
   * Stores what a function makes of the stored state, and puts it into force in this process. The function is called again if
   * others write at the same moment. It may throw an error to leave everything as it is.
   *
   * @param by Who changes it; this process by default.
   */
  write(change: (stored: MaintenanceState) => MaintenanceState, by?: string): Promise<Written>;
  /**
   * Does the same if a run still owns a maintenance in the stored state. Returns `undefined` if somebody has taken over.
   *
   * @param name The name of the window; `undefined` for the maintenance at the top level.
   * @param make Makes the state to store, or its text if that is to be stored to the letter.
   */
  replaceOwn(
    owner: string,
    name: string | undefined,
    make: (stored: MaintenanceState) => MaintenanceState | string,
  ): Promise<Written | undefined>;
  /** Refuses further states. Resolves when all former ones are written. */
  close(): Promise<void>;
}

/** A state that was written. */
export interface Written {
  readonly revision: string;
  readonly snapshot: StateSnapshot;
}

/** How often to try while others write at the same moment, and the longest pause between two tries in milliseconds. */
const MOST_TRIES = 50;
const PAUSE_MS = 20;

/** What a writer needs of the live state. */
export interface WriterOptions {
  /** Gives the last known state, for a store whose text is not valid. */
  known(): MaintenanceState;
  /** Puts a state into force, with its revision. */
  apply(snapshot: StateSnapshot, revision: string): void;
  /** Called after each change, with the error if it could not be added to the history. */
  onRecord(error: unknown): void;
}

/** Makes a writer. */
export function createWriter(
  store: MaintenanceStore,
  follower: Follower,
  { known, apply, onRecord }: WriterOptions,
): Writer {
  let writings: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  /** Writes after all former calls: a state that is ready earlier must not overtake an older one. */
  async function inTurn<Result>(act: () => Promise<Result>): Promise<Result> {
    if (isClosed) throw new StoreError(`write the state to ${nameOf(store)}`, "it was closed");
    const done = writings.then(act);
    writings = done.catch(() => {});
    return await done;
  }

  async function put(
    make: (stored: MaintenanceState) => MaintenanceState | string | undefined,
    by: string = nameThisProcess(),
    returnOf?: { readonly name: string | undefined },
  ): Promise<Written | undefined> {
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      const stored = await readStore(store);
      const former = stateIn(stored);
      const made = make(former);
      if (made === undefined) return undefined;
      const author = { by, at: await storeNow(store) };
      const text = typeof made === "string" ? made : formatAfter(attribute(made, former, author), known());
      const snapshot = await prepareSnapshot(parseText(text, known()));
      const revision = await follower.write(() =>
        store.replace === undefined ? writeStored(store, text) : replaceStored(store, text, stored?.text)
      );
      if (revision !== undefined) {
        apply(snapshot, revision);
        const replaced = revisionOf(stored);
        const run = returnOf && windowOf(former, returnOf.name);
        const whose = { by: run?.by ?? by, isReturn: run !== undefined };
        const change = { ...author, ...whose, former, replaced, next: snapshot.state, revision };
        await recordChange(store, change).then(() => onRecord(undefined), onRecord);
        return { revision, snapshot };
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
    throw new StoreError(`write the state to ${nameOf(store)}`, "others have changed it again and again meanwhile");
  }

  /** The stored state. Where the text is not valid, processes go on with the last valid one. */
  function stateIn(stored: StoredState | undefined): MaintenanceState {
    return stored === undefined ? OFF : tryParseState(stored.text, known()) ?? known();
  }

  return {
    write: (change, by) => inTurn(async () => (await put(change, by))!),
    replaceOwn: (owner, name, make) =>
      inTurn(() =>
        put((stored) => windowOf(stored, name)?.owner === owner ? make(stored) : undefined, undefined, { name })
      ),
    async close() {
      isClosed = true;
      await writings;
    },
  };
}
