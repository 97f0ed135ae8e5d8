import { received } from "../util/received.ts";
import type { Instance, WaitOptions } from "../types/fleet.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { StoreError } from "./errors.ts";
import { createMemory, type Memory } from "./fleet-memory.ts";
import { type FleetTarget, isReady } from "./fleet-target.ts";
import { parseRecord } from "./instance-record.ts";
import { callStore, nameOf, STORE_TIMEOUT_MS } from "./store-calls.ts";

/** Whether a fleet has reached a target. */
export interface FleetReport {
  /** Whether each process has followed. */
  readonly isReady: boolean;
  /** The processes, as they last reported. */
  readonly instances: readonly Instance[];
  /** The processes that have not followed. */
  readonly stragglers: readonly Instance[];
}

/**
 * Reads the records of the processes that follow a store.
 *
 * @param store The store.
 * @returns The processes, sorted by host and process id; `undefined` if the store does not keep records.
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
 * Waits until each process that follows a store has a state in force and has finished the requests that it let in before.
 *
 * @param store The store.
 * @param target The state to follow.
 * @param options How long to wait, and whether to wait for event streams. `known` are the processes that were there before
 * the state was written: the fleet is not ready until a process whose record was lost since then is there again.
 * @param onProgress Called with a report after each reading of the records.
 * @returns The last report. If the time was up, it names the processes that were not ready.
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
  streams: boolean,
  remember: Memory,
): Promise<FleetReport> {
  const instances = remember(await readFleet(store) ?? []);
  const stragglers = instances.filter((instance) => !isReady(instance, target, streams));
  return { isReady: stragglers.length === 0, instances, stragglers };
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
