import type { InstanceRegistry } from "../../types/store.ts";
import type { DenoKv, DenoKvKeyPart } from "./client.ts";
import { insist } from "./insist.ts";
import type { Place } from "./place.ts";

/** How far the clock of a process may be behind, in milliseconds, before Deno KV removes its records while it runs. */
const CLOCK_ERROR_MS = 600_000;

/**
 * Keeps the record of each process under its id.
 *
 * Deno KV removes an expired value up to a minute late, and counts by the clock of the process that wrote it. So a process
 * that lists the records measures by its own stopwatch: a record has expired if nobody has renewed it for its time to live
 * while this process was looking. A wrong clock therefore cannot hide a running process. The record of a process that died
 * before the first look stays in the list for its time to live.
 */
export function instancesUnder(kv: DenoKv, prefix: readonly DenoKvKeyPart[], place: Place): InstanceRegistry {
  const seen = new Map<string, { versionstamp: string | null; since: number }>();

  return {
    async put(id, record, ttlMs) {
      // All processes of one machine share a clock.
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
