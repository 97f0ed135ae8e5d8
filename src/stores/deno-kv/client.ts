/** A part of a key: `Deno.KvKeyPart`. */
export type DenoKvKeyPart = string | number | bigint | boolean | Uint8Array;

/** A key and its value: `Deno.KvEntryMaybe`. The type names the members that the store reads. */
export interface DenoKvEntry {
  /** The parts of the key. */
  readonly key: readonly unknown[];
  /** The value, or `null` if there is none. */
  readonly value: unknown;
  /** Tells this writing from others. `null` if there is no value. */
  readonly versionstamp: string | null;
}

/** Several steps that happen together or not at all: `Deno.AtomicOperation`. The type names the members in use. */
export interface DenoKvAtomic {
  /** Requires that a key still has a version stamp. */
  check(...checks: { key: readonly DenoKvKeyPart[]; versionstamp: string | null }[]): DenoKvAtomic;
  /** Writes a key. */
  set(key: readonly DenoKvKeyPart[], value: unknown): DenoKvAtomic;
  /** Removes a key. */
  delete(key: readonly DenoKvKeyPart[]): DenoKvAtomic;
  /** Runs the steps. */
  commit(): Promise<{ ok: true; versionstamp: string } | { ok: false }>;
}

/** A database: `Deno.Kv`, or that of the npm package `@deno/kv`. The type names the members in use. */
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
    options?: { consistency?: "strong" | "eventual"; limit?: number; reverse?: boolean },
  ): AsyncIterable<DenoKvEntry>;
  /** Starts an atomic operation. */
  atomic(): DenoKvAtomic;
  /** Reports changes to keys. */
  watch(keys: (readonly DenoKvKeyPart[])[]): DenoKvStream;
}

/** A stream of changes. The type names the members in use. */
export interface DenoKvStream {
  /** Starts reading the stream. */
  getReader(): { read(): Promise<{ done: boolean }>; cancel(reason?: unknown): Promise<void> };
}
