import type { InFlightRequest, Instance } from "../../types/fleet.ts";
import type { MaintenanceStore } from "../../types/store.ts";
import { formatDuration } from "../../util/durations.ts";
import { type FleetReport, readFleet, waitForFleet } from "../../state/fleet.ts";
import { describeStraggler, type FleetTarget } from "../../state/fleet-target.ts";
import { RECORD_EVERY_MS } from "../../state/instance-record.ts";
import { readStore, revisionOf } from "../../state/store-calls.ts";
import { CliError } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { PROGRAM } from "../process/program.ts";
import { count, printable, WHY_NO_PROCESS } from "../output/describe.ts";
import type { WaitPlan } from "./plan.ts";

/** How long an empty fleet is doubted, in milliseconds: after the records were lost, each process writes its own again. */
const GRACE_MS = RECORD_EVERY_MS + 1_000;

/** How often the stored revision is checked, in milliseconds. */
const CHECK_EVERY_MS = 1_000;

/**
 * Waits until each process has the new state and has finished the requests from before.
 *
 * @param signal Aborted with a `CliError` to stop waiting.
 * @param known The processes that were registered before the state was written.
 * @returns The processes.
 * @throws {CliError} If the time runs out, no process is registered, or someone else changes the state meanwhile.
 * @throws {StoreError} If the store cannot be reached when the time runs out.
 */
export async function waitUntilReady(
  store: MaintenanceStore,
  target: FleetTarget,
  plan: WaitPlan,
  output: Output,
  signal: AbortSignal,
  known: readonly Instance[] = [],
): Promise<readonly Instance[]> {
  const controller = new AbortController();
  const either = AbortSignal.any([signal, controller.signal]);
  const stopLooking = watchRevision(store, target.revision, () => {
    controller.abort(
      new CliError("conflict", `Someone else changed the state during the wait: run ${PROGRAM} status`),
    );
  });
  const deadline = performance.now() + plan.timeoutMs;
  const grace = performance.now() + Math.min(GRACE_MS, plan.timeoutMs);
  try {
    for (;;) {
      const timeoutMs = Math.max(0, deadline - performance.now());
      const report = await waitForFleet(
        store,
        target,
        { timeoutMs, streams: plan.streams, signal: either, known },
        (report) => {
          output.progress(describeProgress(report, deadline - performance.now()));
        },
      );
      if (!report.isReady) throw notReady(report, target, plan);
      if (report.instances.length > 0 || plan.allowNone) return report.instances;
      if (performance.now() >= grace) throw noProcess();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    // After an abort, an error of the store may only be its consequence.
    throw either.aborted ? either.reason : error;
  } finally {
    stopLooking();
    output.progress("");
  }
}

/** Calls a function once when the stored revision changes. Returns a function that stops the check. */
export function watchRevision(store: MaintenanceStore, revision: string, replaced: () => void): () => void {
  const timer = setInterval(async () => {
    try {
      if (revisionOf(await readStore(store)) === revision) return;
      clearInterval(timer);
      replaced();
    } catch {
      // The store may be back at the next check.
    }
  }, CHECK_EVERY_MS);
  return () => clearInterval(timer);
}

function describeProgress({ instances, stragglers }: FleetReport, leftMs: number): string {
  const before = stragglers.reduce((sum, { before }) => sum + before, 0);
  const requests = before === 0 ? "" : `, ${count(before, "request")} from before`;
  return `Waiting for ${stragglers.length} of ${count(instances.length, "process", "processes")}${requests}, ` +
    `${formatDuration(Math.max(0, leftMs))} left`;
}

function notReady({ instances, stragglers }: FleetReport, target: FleetTarget, { timeoutMs }: WaitPlan): CliError {
  const of = count(instances.length, "process", "processes");
  return new CliError(
    "stragglers",
    `Timed out after ${formatDuration(timeoutMs)}, ${stragglers.length} of ${of} not ready`,
    { lines: stragglers.map((straggler) => printable(describeStraggler(straggler, target))) },
  );
}

function noProcess(): CliError {
  return new CliError("stragglers", "No running process uses this store", {
    lines: [WHY_NO_PROCESS, "If the site is not running, give --allow-no-instances"],
  });
}

/** The event streams and upgraded connections that are still open, one line a process. */
export function describeStreams(instances: readonly Instance[]): string[] {
  return instances.filter(({ streams }) => streams > 0).map(({ host, pid, streams, held }) => {
    const open = held.filter(({ kind }) => kind !== "request");
    const more = streams > open.length ? ", …" : "";
    return printable(`${host} (pid ${pid}): ${open.map(describeHeld).join(", ")}${more}`);
  });
}

function describeHeld({ method, path, seconds, kind }: InFlightRequest): string {
  return `${method} ${path} (${kind}, ${seconds} s)`;
}

/** The processes, or `undefined` if the store does not record them or cannot be reached. */
export async function tryReadFleet(store: MaintenanceStore): Promise<Instance[] | undefined> {
  try {
    return await readFleet(store);
  } catch {
    return undefined;
  }
}
