import type { Instance } from "../types/fleet.ts";
import { RECORD_EVERY_MS, RECORD_TTL_MS } from "./instance-record.ts";

/** Looks for signs of life, by the records that are there and those of processes that have said farewell. */
export type Memory = (instances: readonly Instance[], ended: readonly Instance[]) => Silent;

/** What became of the processes. */
export interface Silent {
  /** Those whose records are there. What has not been renewed in time has that as its problem. */
  readonly present: readonly Instance[];
  /** Those that may still work with the old state. */
  readonly lost: readonly Instance[];
  /** Those that are dead, as somebody has said. */
  readonly dead: readonly Instance[];
}

/** How long a process whose record is gone may take to write it again, in milliseconds. */
const RETURN_MS = RECORD_EVERY_MS + 2_000;

/**
 * Remembers processes. If a record is gone, nobody knows whether its process was killed, is stopped, cannot reach the store, or
 * still works with the old state: the record has expired, or the store has lost its data. A process that was ready before is
 * not missed, since it keeps the state that it has. One that closes its live state says farewell: if it was not ready then, it
 * may still serve with the old state. A process that counts nothing has nothing at work, and is not missed either.
 *
 * @param known The processes that are known at the start.
 * @param allowLost Whether those that are silent for long are dead.
 * @param isReady Whether a process is ready by its record.
 */
export function createMemory(
  known: readonly Instance[],
  allowLost: boolean,
  isReady: (instance: Instance) => boolean,
): Memory {
  interface Seen {
    readonly instance: Instance;
    /** When its record was last seen to be renewed. */
    readonly renewedAt: number;
    lostAt: number | undefined;
  }
  const seen: Map<string, Seen> = new Map();
  const note = (instance: Instance, now: number) => {
    const former = seen.get(instance.id);
    const isRenewed = former?.instance.clock !== instance.clock;
    seen.set(instance.id, { instance, renewedAt: isRenewed ? now : former.renewedAt, lostAt: undefined });
  };
  for (const instance of known) note(instance, performance.now());

  return (instances, ended) => {
    const now = performance.now();
    const present = new Set(instances.map(({ id }) => id));
    for (const instance of instances) note(instance, now);
    const farewells = new Map(ended.map((instance) => [instance.id, instance]));
    const lost: Instance[] = [];
    const dead: Instance[] = [];
    for (const [id, one] of seen) {
      if (present.has(id)) continue;
      one.lostAt ??= now;
      const farewell = farewells.get(id);
      const last = farewell ?? one.instance;
      if (last.counts.includes("nothing") || isReady(last)) {
        seen.delete(id);
        continue;
      }
      const silentMs = Math.round(now - one.renewedAt);
      const silent = farewell === undefined ? describeLost(last, silentMs) : { ...last, silentMs, problem: CLOSED };
      (allowLost && now - one.lostAt > RETURN_MS ? dead : lost).push(silent);
    }
    const renewed = instances.map((instance) => withQuiet(instance, now - seen.get(instance.id)!.renewedAt));
    return { present: renewed, lost, dead };
  };
}

/** From when on it is told that a process has not renewed its record, in milliseconds. */
const QUIET_MS = RECORD_EVERY_MS + 2_000;

/** Adds that a process has not renewed its record, unless it has another problem. */
function withQuiet(instance: Instance, quietMs: number): Instance {
  if (quietMs < QUIET_MS || instance.problem !== undefined) return instance;
  const seconds = Math.round(quietMs / 1_000);
  return {
    ...instance,
    problem: `no sign of it for ${seconds} s; it counts as silent after ${RECORD_TTL_MS / 1_000} s, so wait longer`,
  };
}

const CLOSED = "it closed its live state before it had the new one, and may still serve with the old one";

function describeLost(instance: Instance, silentMs: number): Instance {
  const held = instance.held.map((held) => ({ ...held, seconds: Math.round(held.seconds + silentMs / 1_000) }));
  return { ...instance, held, silentMs };
}
