import type { DenoKv, DenoKvEntry, DenoKvKeyPart } from "./client.ts";
import type { Place } from "./place.ts";

/** How many milliseconds lie between two looks at a database in a file for the writes of other processes. */
const FILE_POLL_MS = 500;

/** The parts of a store that a watch needs. */
export interface KeyWatchOptions {
  /** Where the database is. */
  readonly place: Place;
  /** Reads the key. */
  readonly get: () => Promise<DenoKvEntry>;
  /** Called when the value may have changed. */
  readonly changed: () => void;
  /** Called once if the watch ends by itself. */
  readonly failed: (error: unknown) => void;
}

/**
 * Watches a key.
 *
 * @returns Stops the watch.
 */
export function watchKey(
  kv: DenoKv,
  key: readonly DenoKvKeyPart[],
  { place, get, changed, failed }: KeyWatchOptions,
): () => Promise<void> {
  const reader = kv.watch([key]).getReader();
  let isOver = false;
  let poll: ReturnType<typeof setTimeout> | undefined;
  let last: string | null | undefined;

  /** Ends the watch. Returns whether it was still running. */
  function end(): boolean {
    clearTimeout(poll);
    const wasRunning = !isOver;
    isOver = true;
    return wasRunning;
  }

  async function listen(): Promise<void> {
    while (!isOver) {
      if ((await reader.read()).done) throw new Error("Deno KV no longer reports changes");
      if (!isOver) changed();
    }
  }

  // In a file, Deno reports only the writes of its own process.
  async function look(): Promise<void> {
    if (!place.isFile) return;
    const { versionstamp } = await get();
    if (last !== versionstamp && !isOver) changed();
    last = versionstamp;
  }

  function lookAgain(): void {
    if (!isOver) poll = setTimeout(() => void look().then(lookAgain, lookAgain), FILE_POLL_MS);
  }

  void listen().catch((error) => end() && failed(error));
  void look().then(lookAgain, lookAgain);
  return async () => {
    // If the database was closed, the stream has ended already.
    if (end()) await reader.cancel().catch(() => {});
  };
}
