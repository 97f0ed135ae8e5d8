import type { Instance } from "../types/fleet.ts";
import { RECORD_EVERY_MS, RECORD_TTL_MS } from "./instance-record.ts";

/** Adds the processes whose records were lost a moment ago to those whose records are there. */
export type Memory = (instances: readonly Instance[]) => Instance[];

/** How long a process whose record was lost may take to write it again, in milliseconds. */
const RETURN_MS = RECORD_EVERY_MS + 2_000;

/**
 * Remembers processes. If a record is gone before its time, its process has removed it in order to end, or the store has
 * lost its data. In the second case the process still runs, and nobody knows its state until it has written another record.
 * If a record was not renewed in time, it has expired: the process has died.
 *
 * @param known The processes that are known at the start.
 */
export function createMemory(known: readonly Instance[]): Memory {
  interface Seen {
    instance: Instance;
    renewedAt: number;
    lostAt: number | undefined;
  }
  const seen = new Map<string, Seen>();
  const note = (instance: Instance, now: number) => {
    const former = seen.get(instance.id);
    const renewedAt = former?.instance.clock === instance.clock ? former.renewedAt : now;
    seen.set(instance.id, { instance, renewedAt, lostAt: undefined });
  };
  for (const instance of known) note(instance, performance.now());

  return (instances) => {
    const now = performance.now();
    const present = new Set(instances.map(({ id }) => id));
    for (const instance of instances) note(instance, now);
    const lost: Instance[] = [];
    for (const [id, one] of seen) {
      if (present.has(id)) continue;
      // A record may have been written some time before it was first seen.
      const hasExpired = now - one.renewedAt > RECORD_TTL_MS - RECORD_EVERY_MS - 1_000;
      one.lostAt ??= now;
      if (hasExpired || now - one.lostAt > RETURN_MS) seen.delete(id);
      else lost.push({ ...one.instance, revision: undefined, problem: "its record is gone, it may be ending" });
    }
    return [...instances, ...lost];
  };
}
