import { messageOf } from "../../util/received.ts";
import type { InstanceRegistry } from "../../types/store.ts";
import type { DenoKv, DenoKvKeyPart } from "./client.ts";

/** By how many milliseconds the clock of a process may be behind before its records are removed while it lives. */
const CLOCK_ERROR_MS = 600_000;

/** Where a database is, as far as its version stamps tell. */
export class Place {
  /** Whether it is in a file. A wrong guess costs two readings a second, or saves them. */
  isFile = false;

  /**
   * Notes a version stamp: those of a file count its writings, and those of Deno Deploy microseconds, of which there have
   * been more than 2^32.
   */
  note(versionstamp: string | null): void {
    if (versionstamp !== null) this.isFile = versionstamp.startsWith("00000000");
  }
}

/**
 * The records of instances, each under its id.
 *
 * Deno KV removes what has expired when it comes round to it, up to a minute late, and counts by the clock of the
 * process that wrote. So whoever lists takes a record for expired when it has not been renewed while he was looking on
 * for as long as it was to live, by his own stopwatch: a clock that is wrong cannot hide a process that lives. One that
 * died before he came is in his list for that time.
 */
export function instancesUnder(kv: DenoKv, prefix: readonly DenoKvKeyPart[], place: Place): InstanceRegistry {
  const seen = new Map<string, { versionstamp: string | null; since: number }>();

  return {
    async put(id, record, ttlMs) {
      // On one machine there is one clock.
      const expireIn = place.isFile ? ttlMs : ttlMs + CLOCK_ERROR_MS;
      const { versionstamp } = await insist(() => kv.set([...prefix, id], { record, ttlMs }, { expireIn }));
      place.note(versionstamp);
    },
    async delete(id) {
      await insist(() => kv.delete([...prefix, id]));
    },
    async list() {
      const now = performance.now();
      const records: string[] = [];
      const found = new Set<string>();
      for await (const { key, value, versionstamp } of kv.list({ prefix }, { consistency: "strong" })) {
        if (!isEntry(value)) continue;
        const id = String(key.at(-1));
        found.add(id);
        let sighting = seen.get(id);
        if (sighting?.versionstamp !== versionstamp) seen.set(id, sighting = { versionstamp, since: now });
        if (now - sighting!.since < value.ttlMs) records.push(value.record);
      }
      for (const id of seen.keys()) if (!found.has(id)) seen.delete(id);
      return records;
    },
  };
}

function isEntry(value: unknown): value is { record: string; ttlMs: number } {
  if (typeof value !== "object" || value === null) return false;
  const { record, ttlMs } = value as { record?: unknown; ttlMs?: unknown };
  return typeof record === "string" && typeof ttlMs === "number";
}

/** How often a file that another process is writing to is tried again, and how many milliseconds lie in between at most. */
const TRIES = 50;
const PAUSE_MS = 40;

/** Writes. A database in a file refuses that while another process writes, instead of waiting for its turn. */
export async function insist<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let tries = 1;; tries++) {
    try {
      return await write();
    } catch (error) {
      if (tries === TRIES || !/database is locked/i.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * PAUSE_MS));
    }
  }
}
