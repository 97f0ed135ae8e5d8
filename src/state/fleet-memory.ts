import type { Instance } from "../types/fleet.ts";
import { RECORD_EVERY_MS, RECORD_TTL_MS } from "./instance-record.ts";

/** Adds to the processes whose records are there those whose records were lost a moment ago. */
export type Memory = (instances: readonly Instance[]) => Instance[];

/** How long a process whose record was lost may take to write it again, in milliseconds. */
const RETURN_MS = RECORD_EVERY_MS + 2_000;

/**
 * Remembers processes. A record that is gone before its time was removed by a process that ends, or lost with all data of
 * the store: then the process is still there, and nobody knows what it does until it has written another one. A record that
 * was not renewed for its time has expired: the process has died.
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
      // What was first seen may have been written some time before.
      const hasExpired = now - one.renewedAt > RECORD_TTL_MS - RECORD_EVERY_MS - 1_000;
      one.lostAt ??= now;
      if (hasExpired || now - one.lostAt > RETURN_MS) seen.delete(id);
      else lost.push({ ...one.instance, revision: undefined, problem: "its record is gone, it may be ending" });
    }
    return [...instances, ...lost];
  };
}
