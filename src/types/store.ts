/** The content of a store. */
export interface StoredState {
  /** The text of the state: JSON, or any text that somebody wrote. The empty text means "on". */
  readonly text: string;
  /**
   * Tells this writing from every other one, even of the same text: an ETag or a version stamp. A store without versions
   * leaves it out.
   */
  readonly version?: string | undefined;
}

/**
 * A place for the state. A store needs only `read`. Each other member adds an ability.
 *
 * If a method throws or rejects, `liveState` takes the store for unreachable, keeps the last known state, reports the error
 * and tries again. A method must not throw because the stored text is not a valid state: `liveState` checks the text.
 *
 * `storeContract()` of `maintenancemode/testing` tests all of this for a store of your own.
 */
export interface MaintenanceStore {
  /** The name for people, such as `"file:/srv/maintenance.json"`. It must not contain a password. */
  readonly name?: string;
  /**
   * How many milliseconds lie between two readings, unless the option `pollIntervalMs` of `liveState` says otherwise. Above
   * 0 and below 2^31.
   *
   * @default {5000}
   */
  readonly pollIntervalMs?: number;
  /**
   * Whether `liveState` reads the store only during a request, unless its option `perRequest` says otherwise.
   *
   * @default {false}, in Cloudflare Workers `true`
   */
  readonly perRequest?: boolean;
  /**
   * Reads the stored text. It must be at least as new as every `write` that had settled before the call.
   *
   * @param signal Aborted when `liveState` gives up waiting, after 5 seconds. The store may then stop reading.
   * @param notify Call it to tell the operators of something that the store has met and mended, such as lost data. `liveState`
   * reports it like an error.
   * @returns The text with its version, or `undefined` if nothing is stored, which means "off".
   * @throws If the store is unreachable.
   */
  read(signal: AbortSignal, notify?: (message: string) => void): Promise<StoredState | undefined>;
  /**
   * Replaces the stored text as a whole, or leaves it unchanged and rejects. Without `write`, nobody can change the state
   * through the store.
   *
   * @param text The new text. The store must not change it.
   * @returns The version of this writing, the same that `read` returns for it, or `undefined` if the store has no versions.
   * @throws If the store is unreachable, or the text is too long for it.
   */
  write?(text: string): Promise<string | undefined>;
  /**
   * Replaces the stored text if the store still holds the expected one, in one atomic step: if two callers try at once, one
   * of them fails.
   *
   * @param text The new text.
   * @param expected The text that the store must hold, or `undefined` if it must hold nothing.
   * @returns `undefined` if the store holds another text. Otherwise the version of this writing, if the store has versions.
   * @throws If the store is unreachable, or the text is too long for it.
   */
  replace?(text: string, expected: string | undefined): Promise<{ readonly version?: string | undefined } | undefined>;
  /**
   * Reports changes as they happen. Without `watch`, `liveState` finds them by polling.
   *
   * @param changed Call it whenever the stored text may have changed, and when a lost connection is back. Extra calls do no
   * harm: `liveState` reads the store then.
   * @param failed Call it once with an error if the watch ends by itself. `liveState` starts another one later.
   * @returns Stops the watch.
   * @throws If the store cannot watch now. `liveState` tries again later.
   */
  watch?(changed: () => void, failed: (error: unknown) => void): Unwatch | Promise<Unwatch>;
  /** The records of the processes that follow the store. Without it, `fleet()` and `--wait` know of no process. */
  readonly instances?: InstanceRegistry;
  /** The last changes, for operators. Without it, `history()` and `maintenancemode log` have nothing to tell. */
  readonly history?: HistoryLog;
  /**
   * Tells the time by the clock of the store, which all processes share: in milliseconds since 1970. Without it, each process
   * dates its changes by its own clock.
   *
   * @throws If the store is unreachable.
   */
  now?(): Promise<number>;
  /**
   * Closes the connections and watches that the store opened itself, but never a client that the caller gave it.
   * `liveState` calls it once, when it is closed.
   */
  close?(): void | Promise<void>;
}

/** Stops watching a store. */
export type Unwatch = () => void | Promise<void>;

/** Records of running processes, which expire by themselves. Only `liveState` understands their text. */
export interface InstanceRegistry {
  /**
   * Stores the record of a process in place of its former one.
   *
   * @param id The id of the process: 1 to 100 letters, digits and `-`.
   * @param record The text of the record, at most some kilobytes.
   * @param ttlMs After how many milliseconds the record expires, by the clock of the store and not of the process.
   * @throws If the store is unreachable.
   */
  put(id: string, record: string, ttlMs: number): Promise<void>;
  /**
   * Removes the record of a process that ends. Does nothing if there is no such record.
   *
   * @throws If the store is unreachable.
   */
  delete(id: string): Promise<void>;
  /**
   * Lists the records that have not expired. The list must be at least as new as every `put` that had settled before the call.
   *
   * @returns The texts of the records, in any order.
   * @throws If the store is unreachable.
   */
  list(): Promise<string[]>;
}

/** The last changes of a state, in the order in which they were appended. Only `liveState` understands their text. */
export interface HistoryLog {
  /**
   * Adds an entry behind all others, in one step: of several processes that append at once, none loses an entry or tears one.
   * The log keeps at least the last 1 000 entries, or as many as fit into 1 MiB. It forgets the oldest first.
   *
   * @param entry A line of JSON, at most some kilobytes. The store must not change it.
   * @throws If the store is unreachable.
   */
  append(entry: string): Promise<void>;
  /**
   * Lists the latest entries. The list must be at least as new as every `append` that had settled before the call.
   *
   * @param limit How many, from 1 to 1 000.
   * @returns The entries as they were appended, the latest last.
   * @throws If the store is unreachable.
   */
  list(limit: number): Promise<string[]>;
}
