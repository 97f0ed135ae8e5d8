import type { MaintenanceStore, StoredState } from "../types/store.ts";
import { isWorker } from "../state/this-process.ts";
import { check, inTime } from "./check.ts";

/** A store to test, and functions that change the place where it keeps its state. */
export interface StoreFixture {
  /** The store, over a place where nothing is stored. */
  readonly store: MaintenanceStore;
  /** Opens another store over the same place, as another process would. Without it, no case tests two processes. */
  another?(): MaintenanceStore | Promise<MaintenanceStore>;
  /** Writes a text without the store, as a person with an editor would. A store without `write` needs it. */
  put?(text: string): unknown;
  /** Removes the text without the store. */
  remove?(): unknown;
  /** Makes the place unreachable. Returns a function that makes it reachable again with the text that it held. */
  interrupt?(): Repair | Promise<Repair>;
  /** Cleans up after the stores were closed. */
  close?(): unknown;
  /**
   * Whether reading rejects for an empty text, because the place may give one by mistake, as an HTTP server may. Only for a
   * store without `write`: the empty text means "on", and a store must not refuse what it has written.
   *
   * @default {false}
   */
  readonly refusesEmpty?: boolean;
}

/** Makes a place reachable again. */
export type Repair = () => unknown;

/** Opens a store over a new, empty place at each call. */
export type OpenFixture = () => StoreFixture | Promise<StoreFixture>;

/** The abilities of a fixture and its stores. They decide which cases apply. */
export interface Abilities {
  readonly canWrite: boolean;
  readonly canReplace: boolean;
  readonly canWatch: boolean;
  readonly hasInstances: boolean;
  readonly hasHistory: boolean;
  readonly hasClock: boolean;
  readonly hasAnother: boolean;
  readonly canPut: boolean;
  readonly canRemove: boolean;
  readonly canInterrupt: boolean;
  readonly isPerRequest: boolean;
  readonly refusesEmpty: boolean;
}

/** Finds out the abilities of a fixture. */
export function abilitiesOf(fixture: StoreFixture): Abilities {
  const { store } = fixture;
  return {
    canWrite: store.write !== undefined,
    canReplace: store.replace !== undefined,
    canWatch: store.watch !== undefined,
    hasInstances: store.instances !== undefined,
    hasHistory: store.history !== undefined,
    hasClock: store.now !== undefined,
    hasAnother: fixture.another !== undefined,
    canPut: fixture.put !== undefined,
    canRemove: fixture.remove !== undefined,
    canInterrupt: fixture.interrupt !== undefined,
    // In Workers, a live state reads every store only during a request.
    isPerRequest: store.perRequest === true || isWorker(),
    refusesEmpty: fixture.refusesEmpty === true,
  };
}

/** The fixture of one run. It remembers which stores to close. */
export class Place {
  readonly fixture: StoreFixture;
  readonly store: MaintenanceStore;
  /** Whether live states read the store only during a request. */
  readonly isPerRequest: boolean;
  readonly #open: Set<MaintenanceStore>;

  constructor(fixture: StoreFixture) {
    this.fixture = fixture;
    this.store = fixture.store;
    this.isPerRequest = abilitiesOf(fixture).isPerRequest;
    this.#open = new Set([fixture.store]);
  }

  /** Opens another store over the same place, or returns the first one if the fixture cannot. */
  async another(): Promise<MaintenanceStore> {
    const store = await this.fixture.another?.() ?? this.store;
    this.#open.add(store);
    return store;
  }

  /** Stores a text, through the store if it can write. */
  async give(text: string): Promise<void> {
    if (this.store.write) await inTime(this.store.write(text), "write()");
    else await this.fixture.put!(text);
  }

  /** Leaves the closing of a store to the caller. */
  release(store: MaintenanceStore): void {
    this.#open.delete(store);
  }

  /** Closes one store before the end of the run. */
  async closeStore(store: MaintenanceStore): Promise<void> {
    if (this.#open.delete(store)) await inTime(Promise.resolve(store.close?.()), "close()");
  }

  /** Closes all stores and cleans up. */
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

/** Reads, and throws if nothing is stored. */
export async function readStored(store: MaintenanceStore): Promise<StoredState> {
  const stored = await read(store);
  check(stored !== undefined, "read() resolved to undefined although something is stored");
  check(typeof stored.text === "string", "read() resolved to a value without a text");
  return stored;
}
