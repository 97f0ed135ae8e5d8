/** A part of a key: `Deno.KvKeyPart`. */
export type DenoKvKeyPart = string | number | bigint | boolean | Uint8Array;

/** A key and what is under it, by the members that are read: `Deno.KvEntryMaybe`. */
export interface DenoKvEntry {
  /** The key. */
  readonly key: readonly unknown[];
  /** What is under it. */
  readonly value: unknown;
  /** Which writing it was, or `null` if there is nothing. */
  readonly versionstamp: string | null;
}

/** Several steps that are done at once or not at all, by the members that are used: `Deno.AtomicOperation`. */
export interface DenoKvAtomic {
  /** Demands that a key has not been written since it was read. */
  check(...checks: { key: readonly DenoKvKeyPart[]; versionstamp: string | null }[]): DenoKvAtomic;
  /** Writes. */
  set(key: readonly DenoKvKeyPart[], value: unknown): DenoKvAtomic;
  /** Does it. */
  commit(): Promise<{ ok: true; versionstamp: string } | { ok: false }>;
}

/** A database, by the members that are used: `Deno.Kv`, or that of the npm package `@deno/kv`. */
export interface DenoKv {
  /** Reads one key. */
  get(key: readonly DenoKvKeyPart[], options?: { consistency?: "strong" | "eventual" }): Promise<DenoKvEntry>;
  /** Writes one key. */
  set(
    key: readonly DenoKvKeyPart[],
    value: unknown,
    options?: { expireIn?: number },
  ): Promise<{ versionstamp: string }>;
  /** Removes one key. */
  delete(key: readonly DenoKvKeyPart[]): Promise<void>;
  /** Reads all keys that start in the same way. */
  list(
    selector: { prefix: readonly DenoKvKeyPart[] },
    options?: { consistency?: "strong" | "eventual" },
  ): AsyncIterable<DenoKvEntry>;
  /** Starts several steps. */
  atomic(): DenoKvAtomic;
  /** Tells of changes to keys. */
  watch(keys: (readonly DenoKvKeyPart[])[]): DenoKvStream;
}

/** A stream of changes, by the members that are used. */
export interface DenoKvStream {
  /** Starts reading it. */
  getReader(): { read(): Promise<{ done: boolean }>; cancel(reason?: unknown): Promise<void> };
}
