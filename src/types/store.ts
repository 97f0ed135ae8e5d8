/** What a store holds. */
export interface StoredState {
  /** The text of the state: JSON, or whatever somebody wrote there. The empty text means "on". */
  readonly text: string;
  /**
   * Tells this writing of the text from any other one, of the same text too: an ETag, a version stamp. A store that
   * knows none leaves it out.
   */
  readonly version?: string | undefined;
}

/**
 * Where the state is kept. A store needs no more than `read`; each of the other members lets it do something more.
 *
 * What a method throws or rejects with means that the store cannot be reached. It never throws because of what is stored.
 */
export interface MaintenanceStore {
  /** What it is, for people: `"file:/srv/maintenance.json"`. Without passwords. */
  readonly name?: string;
  /** How many milliseconds `liveState` lets pass between two reads unless it is told otherwise. 5000 if left out. */
  readonly pollIntervalMs?: number;
  /** Whether `liveState` reads it only while a request is handled, unless it is told otherwise. */
  readonly perRequest?: boolean;
  /**
   * Reads what is stored: at least as new as any `write` that had settled when it was called.
   *
   * @param signal Aborted when nobody waits any longer.
   * @returns What is stored, or `undefined` if nothing is, which means "off".
   */
  read(signal: AbortSignal): Promise<StoredState | undefined>;
  /**
   * Stores a text in place of what is there, all of it or nothing. A store without it can only be read.
   *
   * @returns The version of what was written, if the store knows one: the same that `read` returns for it.
   */
  write?(text: string): Promise<string | undefined>;
  /**
   * Stores a text if the store still holds the expected one, as one step: of two that try at once, one is refused.
   *
   * @param expected The text that has to be there, or `undefined` if nothing has to be.
   * @returns `undefined` if it holds another one, otherwise the version of what was written, if it knows one.
   */
  replace?(text: string, expected: string | undefined): Promise<{ readonly version?: string | undefined } | undefined>;
  /**
   * Tells of changes as they happen. Calling `changed` too often does no harm.
   *
   * @param changed To be called whenever what is stored may have changed, and whenever a lost connection is back.
   * @param failed To be called with an error when changes can no longer be told; it is set up again later.
   * @returns Stops it.
   */
  watch?(changed: () => void, failed: (error: unknown) => void): Unwatch | Promise<Unwatch>;
  /** Where the processes that follow the store keep records of themselves. A store without it knows no fleet. */
  readonly instances?: InstanceRegistry;
  /** Lets go of what the store opened itself, never of a client that it was given. Called once at most. */
  close?(): void | Promise<void>;
}

/** Stops watching a store. */
export type Unwatch = () => void | Promise<void>;

/** Records of running processes, which expire by themselves. All of it is text that only `liveState` understands. */
export interface InstanceRegistry {
  /**
   * Keeps the record of one process in place of its former one.
   *
   * @param id Tells the process from others: letters, digits and `-`.
   * @param record At most some kilobytes of text.
   * @param ttlMs After how many milliseconds, by the clock of the store and not that of the process, it expires.
   */
  put(id: string, record: string, ttlMs: number): Promise<void>;
  /** Removes the record of a process that ends. */
  delete(id: string): Promise<void>;
  /** The records that have not expired, at least as new as any `put` that had settled when it was called. */
  list(): Promise<string[]>;
}
