import { received } from "../util/received.ts";
import type { Instance, WaitOptions } from "../types/fleet.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { createMemory, type Memory } from "./fleet-memory.ts";
import { type FleetTarget, hasFollowed, isReady, isStill, type Terms } from "./fleet-target.ts";
import { parseRecord, withAge } from "./instance-record.ts";
import { callStore, nameOf, readStore, revisionOf, STORE_TIMEOUT_MS } from "./store-calls.ts";

/** Whether a fleet has reached a target. */
export interface FleetReport {
  /** Whether each process has followed. */
  readonly isReady: boolean;
  /** The processes, as they last reported. */
  readonly instances: readonly Instance[];
  /** The processes that have not followed, or whose requests and work nobody knows. */
  readonly stragglers: readonly Instance[];
  /** The processes that went silent and are dead, as somebody has said. */
  readonly dead: readonly Instance[];
  /** How many processes more would have to be ready, to be as many as expected. */
  readonly missing: number;
  /** Whether all is done but for processes that do not count what they have at work. */
  readonly isOnlyUncounted: boolean;
}

/**
 * Reads the records of the processes that follow a store.
 *
 * @param store The store.
 * @returns The processes, sorted by host and process id; `undefined` if the store does not keep records.
 * @throws {StoreError} If the store cannot be reached.
 */
export async function readFleet(store: MaintenanceStore): Promise<Instance[] | undefined> {
  return (await readRecords(store))?.instances;
}

/** The records of a fleet. */
interface FleetRecords {
  readonly instances: Instance[];
  /** The processes that have said farewell, as they were then. */
  readonly ended: readonly Instance[];
}

async function readRecords(store: MaintenanceStore): Promise<FleetRecords | undefined> {
  const { instances } = store;
  if (instances === undefined) return undefined;
  const task = `read the fleet from ${nameOf(store)}`;
  const records = await callStore(task, STORE_TIMEOUT_MS, () => instances.list());
  if (!Array.isArray(records)) {
    throw new StoreError(task, `its instances.list() must return texts, received ${received(records)}`);
  }
  const now = Date.now();
  const open: Instance[] = [];
  const ended: Instance[] = [];
  for (const record of records) {
    const { instance, hasEnded } = parseRecord(record, `unknown-${open.length}`);
    if (hasEnded) ended.push(instance);
    else open.push(withAge(instance, now));
  }
  open.sort((a, b) => a.host.localeCompare(b.host) || a.pid - b.pid || a.startedAt - b.startedAt);
  return { instances: open, ended };
}

/** How to wait for a fleet, and what is known of it already. */
export interface FleetWait extends WaitOptions {
  /** The processes that were there before the state was written. One that goes silent is not ready. */
  readonly known?: readonly Instance[];
  /** The id of the process that waits. Only its own code is at work there, and that code waits. */
  readonly self?: string | undefined;
}

/** How long a process may take to say what it counts, in milliseconds. */
const DECLARE_MS = 2_000;

/**
 * Waits until each process that follows a store has a state and has finished the requests that it let in before.
 *
 * Returns early if all is done but for processes that do not count what they have at work: waiting would not change that.
 *
 * @param store The store.
 * @param target The state to follow.
 * @param options How to wait.
 * @param onProgress Called with a report after each reading of the records.
 * @returns The last report. If the time was up, it names the processes that were not ready.
 * @throws {StoreError} If the store cannot be reached when the time is up.
 */
export async function waitForFleet(
  store: MaintenanceStore,
  target: FleetTarget,
  options: FleetWait = {},
  onProgress?: (report: FleetReport) => void,
): Promise<FleetReport> {
  const { timeoutMs = 60_000, signal, known = [], allowLost = false } = options;
  const deadline = performance.now() + timeoutMs;
  const memory = createMemory(known, allowLost, (instance) => isReady(instance, target, options));
  let uncountedSince: number | undefined;
  let pauseMs = 20;
  for (;;) {
    signal?.throwIfAborted();
    const looked = await look(store, target, options, memory).catch((error: unknown) => new Failure(error));
    signal?.throwIfAborted();
    const now = performance.now();
    const left = deadline - now;
    if (!(looked instanceof Failure)) {
      onProgress?.(looked);
      if (looked.isReady || left <= 0) return looked;
      uncountedSince = looked.isOnlyUncounted ? uncountedSince ?? now : undefined;
      if (uncountedSince !== undefined && now - uncountedSince >= DECLARE_MS) return looked;
    } else if (left <= 0) throw looked.error;
    await pause(Math.min(pauseMs, left), signal);
    pauseMs = Math.min(pauseMs * 1.5, 200);
  }
}

/** A failed reading. The store may come back while the caller waits. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

async function look(
  store: MaintenanceStore,
  target: FleetTarget,
  { expect = 0, ...terms }: Terms & Pick<WaitOptions, "expect">,
  remember: Memory,
): Promise<FleetReport> {
  const { instances: found, ended } = await readRecords(store) ?? { instances: [], ended: [] };
  await findLater(store, target, found);
  const { present, lost, dead } = remember(found, ended);
  const instances = [...present, ...lost];
  const stragglers = instances.filter((instance) => !isReady(instance, target, terms));
  // Where requests and work have to finish, a process that has none stands in for no other.
  const counted = target.drained ? instances.filter(({ counts }) => !counts.includes("nothing")) : instances;
  const missing = Math.max(0, expect - counted.filter((instance) => !stragglers.includes(instance)).length);
  const isOnlyUncounted = stragglers.length > 0 && expect <= counted.length &&
    stragglers.every((instance) => isReady(instance, target, { ...terms, allowUncounted: true }));
  return { isReady: stragglers.length === 0 && missing === 0, instances, stragglers, dead, missing, isOnlyUncounted };
}

/** Finds out whether processes with another state have a later one, in which the maintenance of the target says the same. */
async function findLater(store: MaintenanceStore, target: FleetTarget, instances: readonly Instance[]): Promise<void> {
  const { window } = target;
  const hasAnother = (each: Instance) => each.revision !== undefined && !hasFollowed(each, target);
  if (window === undefined || !instances.some(hasAnother)) return;
  const stored = await readStore(store);
  if (isStill(target, stored)) window.later.add(revisionOf(stored));
}

/** Waits for some time. Rejects with the reason of the signal if that is aborted. */
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
