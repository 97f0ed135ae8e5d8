import { received } from "../util/received.ts";
import type { Instance, WaitOptions } from "../types/fleet.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { isUnreadable, parseRecord } from "./record.ts";
import { callStore, nameOf, STORE_TIMEOUT_MS } from "./store.ts";

/** For how long the record of a process holds unless it is renewed, in milliseconds. */
export const RECORD_TTL_MS = 15_000;

/** How often a process renews its record. */
export const RECORD_EVERY_MS = 4_000;

/** What a fleet is waited for to follow. */
export interface FleetTarget {
  /** The revision of the state, as `revisionOf` tells it of what was written. */
  readonly revision: string;
  /**
   * Whether it also has to be in force there, and the requests that were let in before have to be finished: not where
   * maintenance ends, or begins later.
   */
  readonly drained: boolean;
}

/** How a fleet stands to a target. */
export interface FleetReport {
  /** Whether each process has followed. */
  readonly isReady: boolean;
  /** The processes, as they last reported. */
  readonly instances: readonly Instance[];
  /** Those of them that have not followed. */
  readonly stragglers: readonly Instance[];
}

/**
 * Reads what the processes that follow a store say about themselves.
 *
 * @param store The store.
 * @returns The processes, by host and process id, or `undefined` if the store keeps no records of them.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function readFleet(store: MaintenanceStore): Promise<Instance[] | undefined> {
  const { instances } = store;
  if (instances === undefined) return undefined;
  const task = `read the fleet from ${nameOf(store)}`;
  const records = await callStore(task, STORE_TIMEOUT_MS, () => instances.list());
  if (!Array.isArray(records)) {
    throw new StoreError(task, `its instances.list() must return texts, received ${received(records)}`);
  }
  return records
    .map((record, index) => parseRecord(record, `unknown-${index}`))
    .sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid || a.startedAt - b.startedAt);
}

/**
 * Waits until each process that follows a store has a state in force, and has finished the requests it had let in before.
 *
 * @param store The store.
 * @param target What they are to follow.
 * @param options For how long, whether to wait for event streams and upgraded connections, and which processes were there
 * before the state was written: one whose record was lost since then is waited for until it is there again.
 * @param onProgress Called with what is known each time it is looked at.
 * @returns How the fleet stands: ready, or with those that were not when the time was up.
 * @throws {StoreError} If the store cannot be reached when the time is up.
 */
export async function waitForFleet(
  store: MaintenanceStore,
  target: FleetTarget,
  { timeoutMs = 60_000, streams = false, signal, known = [] }: WaitOptions & { known?: readonly Instance[] } = {},
  onProgress?: (report: FleetReport) => void,
): Promise<FleetReport> {
  const deadline = performance.now() + timeoutMs;
  const memory = createMemory(known);
  let pauseMs = 20;
  for (;;) {
    signal?.throwIfAborted();
    const looked = await look(store, target, streams, memory).catch((error: unknown) => new Failure(error));
    signal?.throwIfAborted();
    const left = deadline - performance.now();
    if (!(looked instanceof Failure)) {
      onProgress?.(looked);
      if (looked.isReady || left <= 0) return looked;
    } else if (left <= 0) throw looked.error;
    await pause(Math.min(pauseMs, left), signal);
    pauseMs = Math.min(pauseMs * 1.5, 200);
  }
}

/** A store that could not be reached, which may pass while the fleet is waited for. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

async function look(
  store: MaintenanceStore,
  target: FleetTarget,
  streams: boolean,
  remember: Memory,
): Promise<FleetReport> {
  const instances = remember(await readFleet(store) ?? []);
  const stragglers = instances.filter((instance) => !isReady(instance, target, streams));
  return { isReady: stragglers.length === 0, instances, stragglers };
}

/** How long the clients of a store may take to connect again, in milliseconds, until they have written their records. */
const RECONNECT_MS = 10_000;

/**
 * Whether a process had lost the store until a moment ago. Then others had, too, and those that are not back yet go on with
 * the state that they know, and nobody knows of them: their records may be gone.
 */
function isJustBack({ startedAt, connectedMs, clock }: Instance): boolean {
  if (connectedMs === undefined || connectedMs >= RECONNECT_MS) return false;
  return clock - startedAt - connectedMs > RECORD_EVERY_MS;
}

/** Adds to the processes whose records are there those whose records were lost a moment ago. */
type Memory = (instances: readonly Instance[]) => Instance[];

/** How long a process whose record was lost may take to write it again, in milliseconds. */
const RETURN_MS = RECORD_EVERY_MS + 2_000;

/**
 * Remembers processes. A record that is gone before its time was removed by a process that ends, or lost with all data of
 * the store: then the process is still there, and nobody knows what it does until it has written another one. A record that
 * was not renewed for its time has expired: the process has died.
 */
function createMemory(known: readonly Instance[]): Memory {
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

function isReady(instance: Instance, { revision, drained }: FleetTarget, streams: boolean): boolean {
  if (instance.revision !== revision) return false;
  if (!drained) return true;
  return instance.inForce && instance.before === 0 && !(streams && instance.streams > 0) && !isJustBack(instance);
}

/** Waits for some time, or until a signal is aborted, with which it rejects. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Says what keeps a process from having followed, in a line: `"web-1 (pid 12) still has 1 request from before: GET /slow
 * (12 s)"`.
 *
 * @param instance The process.
 * @param target What it was to follow.
 */
export function describeStraggler(instance: Instance, { revision }: FleetTarget): string {
  const name = `${instance.host} (pid ${instance.pid})`;
  if (isUnreadable(instance)) return `${name} may not have taken the new state: ${instance.problem}`;
  if (instance.revision !== revision) {
    const why = instance.problem === undefined ? "" : `: ${instance.problem}`;
    return `${name} has not taken the new state, it is ${instance.mode} there${why}`;
  }
  if (!instance.inForce) return `${name} does not take it for the time yet, or no more: its clock may be wrong`;
  if (instance.before === 0 && isJustBack(instance)) {
    return `${name} had lost the store until a moment ago: others may not be back yet, try again`;
  }
  const held = instance.held.slice(0, Math.max(1, instance.before || instance.streams));
  const list = held.map(({ method, path, seconds }) => `${method} ${path} (${seconds} s)`).join(", ");
  const more = instance.before > held.length ? ", …" : "";
  const what = instance.before > 0
    ? `${instance.before} ${instance.before === 1 ? "request" : "requests"} from before`
    : `${instance.streams} ${instance.streams === 1 ? "stream" : "streams"}`;
  return `${name} still has ${what}${list && `: ${list}${more}`}`;
}
