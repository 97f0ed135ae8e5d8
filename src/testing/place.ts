import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { isWorker } from "../state/this-process.ts";
import { check, inTime } from "./check.ts";

/** A store to be held against the contract, and what can be done to the place where it keeps its state. */
export interface StoreFixture {
  /** The store, over a place in which nothing is stored. */
  readonly store: MaintenanceStore;
  /** Opens a store over the same place, as another process would. */
  another?(): MaintenanceStore | Promise<MaintenanceStore>;
  /** Writes a text behind the store's back, as a person with an editor would. A store that can only be read needs it. */
  put?(text: string): unknown;
  /** Removes what is stored behind the store's back. */
  remove?(): unknown;
  /** Makes the place unreachable, and returns how to make it reachable again with what it held before. */
  interrupt?(): Repair | Promise<Repair>;
  /** Cleans up, after the stores were closed. */
  close?(): unknown;
}

/** Makes a place reachable again. */
export type Repair = () => unknown;

/** Opens a store over a new place each time it is called, and says what can be done to the place. */
export type OpenFixture = () => StoreFixture | Promise<StoreFixture>;

/** What can be done with the stores of a fixture. */
export interface Abilities {
  readonly canWrite: boolean;
  readonly canReplace: boolean;
  readonly canWatch: boolean;
  readonly hasInstances: boolean;
  readonly hasAnother: boolean;
  readonly canPut: boolean;
  readonly canRemove: boolean;
  readonly canInterrupt: boolean;
  readonly isPerRequest: boolean;
}

/** What can be done with the stores of a fixture. */
export function abilitiesOf(fixture: StoreFixture): Abilities {
  const { store } = fixture;
  return {
    canWrite: store.write !== undefined,
    canReplace: store.replace !== undefined,
    canWatch: store.watch !== undefined,
    hasInstances: store.instances !== undefined,
    hasAnother: fixture.another !== undefined,
    canPut: fixture.put !== undefined,
    canRemove: fixture.remove !== undefined,
    canInterrupt: fixture.interrupt !== undefined,
    // A live state reads any store there only while a request is handled.
    isPerRequest: store.perRequest === true || isWorker(),
  };
}

/** A fixture that is in use, and remembers what has to be closed. */
export class Place {
  /** The fixture. */
  readonly fixture: StoreFixture;
  /** The first store. */
  readonly store: MaintenanceStore;
  /** Whether live states read it only while a request is handled. */
  readonly isPerRequest: boolean;
  readonly #open: Set<MaintenanceStore>;

  constructor(fixture: StoreFixture) {
    this.fixture = fixture;
    this.store = fixture.store;
    this.isPerRequest = abilitiesOf(fixture).isPerRequest;
    this.#open = new Set([fixture.store]);
  }

  /** Another store over the same place; the same one where there is no other. */
  async another(): Promise<MaintenanceStore> {
    const store = await this.fixture.another?.() ?? this.store;
    this.#open.add(store);
    return store;
  }

  /** Puts a text there, by the store if it can write. */
  async give(text: string): Promise<void> {
    if (this.store.write) await inTime(this.store.write(text), "write()");
    else await this.fixture.put!(text);
  }

  /** Leaves the closing of a store to somebody else. */
  release(store: MaintenanceStore): void {
    this.#open.delete(store);
  }

  /** Closes one store before the end. */
  async closeStore(store: MaintenanceStore): Promise<void> {
    if (this.#open.delete(store)) await inTime(Promise.resolve(store.close?.()), "close()");
  }

  /** Closes everything. */
  async close(): Promise<void> {
    try {
      for (const store of this.#open) await this.closeStore(store);
    } finally {
      await this.fixture.close?.();
    }
  }
}

/** Reads with a signal that is never aborted. */
export function read(store: MaintenanceStore): Promise<StoredState | undefined> {
  return inTime(store.read(new AbortController().signal), "read()");
}

/** Reads a text that has to be there. */
export async function readStored(store: MaintenanceStore): Promise<StoredState> {
  const stored = await read(store);
  check(stored !== undefined, "read() resolved to undefined although something is stored");
  check(typeof stored.text === "string", "read() resolved to something without a text");
  return stored;
}
