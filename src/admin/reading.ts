import { hashOf, toBase64Url } from "../bypass/secret.ts";
import type { Snapshot } from "../gate/live.ts";
import { OFF } from "../state/modes.ts";
import { parseState } from "../state/parse.ts";
import { prepareSnapshot } from "../state/state-snapshot.ts";
import { StateError } from "../state/state-error.ts";
import { readStore, revisionOf } from "../state/store-calls.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import type { MaintenanceStore } from "../types/store.ts";

/** One maintenance of a stored state. */
export interface Part {
  /** The name of its window; `undefined` for the one at the top level. */
  readonly name: string | undefined;
  readonly window: MaintenanceWindow;
  readonly snapshot: Snapshot;
}

/** What a store holds. */
export interface Reading {
  /** The revision of the stored text. */
  readonly revision: string;
  readonly state: MaintenanceState;
  /** All maintenances; the one at the top level comes first. */
  readonly parts: readonly Part[];
  /** Why the stored text is not valid; the rest is the last valid state then. */
  readonly problem: string | undefined;
}

/**
 * Makes a function that reads a store. It prepares what it has read only once.
 *
 * It reads the store and not the memory of the live state, because an operator has to see the stored state even if this process
 * has not heard of it yet.
 *
 * @param live The live state, which keeps the last valid state.
 */
export function createReader(store: MaintenanceStore, live: Pick<LiveState, "current">): () => Promise<Reading> {
  let last: Reading | undefined;
  return async () => {
    const stored = await readStore(store);
    const revision = revisionOf(stored);
    if (last?.revision === revision && last.problem === undefined) return last;
    try {
      const state = stored === undefined ? OFF : parseState(stored.text);
      return last = { revision, state, parts: await partsOf(state), problem: undefined };
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      const { current } = live;
      return last = { revision, state: current, parts: await partsOf(current), problem: error.message };
    }
  };
}

async function partsOf(state: MaintenanceState): Promise<Part[]> {
  const { all } = await prepareSnapshot(state);
  return all.map((snapshot) => ({ name: snapshot.name, window: snapshot.state, snapshot }));
}

/** Finds a maintenance by its name. */
export function partOf({ parts }: Reading, name: string | undefined): Part | undefined {
  return parts.find((part) => part.name === name);
}

/** A tag that tells one content of a window from every other. */
export function tagOf(window: MaintenanceWindow): string {
  return quoteHash(JSON.stringify(window));
}

/** A tag of a whole state. */
export function tagOfState({ state }: Reading): string {
  return quoteHash(JSON.stringify(state));
}

function quoteHash(text: string): string {
  return `"${toBase64Url(hashOf(text).subarray(0, 16))}"`;
}
