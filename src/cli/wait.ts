import type { InFlightRequest, Instance } from "../types/fleet.ts";
import type { MaintenanceStore } from "../types/store.ts";
import { formatDuration } from "../util/durations.ts";
import { type FleetReport, readFleet, waitForFleet } from "../state/fleet.ts";
import { describeStraggler, type FleetTarget } from "../state/fleet-target.ts";
import { RECORD_EVERY_MS } from "../state/instance-record.ts";
import { readStore, revisionOf } from "../state/store-calls.ts";
import { CliError, usageError } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { count, printable } from "./render.ts";
import { parseDurationOption } from "./times.ts";
import type { OptionValues } from "./options.ts";

/** How to wait for the fleet. */
export interface WaitPlan {
  readonly timeoutMs: number;
  /** Whether to wait for event streams and upgraded connections, too. */
  readonly streams: boolean;
  /** Whether it is right that no process reports. */
  readonly allowNone: boolean;
}

/** Reads how to wait, or `undefined` if nobody is to. */
export function readWaitPlan(options: OptionValues, byDefault?: string): WaitPlan | undefined {
  const wait = options.wait ?? byDefault;
  if (wait === undefined) {
    for (const name of ["streams", "allow-no-instances"] as const) {
      if (options[name]) throw usageError(`"--${name}" says how to wait: give "--wait 60s", too`);
    }
    return undefined;
  }
  return {
    timeoutMs: parseDurationOption("--wait", wait),
    streams: options.streams === true,
    allowNone: options["allow-no-instances"] === true,
  };
}

/** Checks that a store can tell of its processes. */
export function requireInstances(store: MaintenanceStore, label: string, what: string): void {
  if (store.instances !== undefined) return;
  throw usageError(
    `${what} cannot wait with ${label}: it keeps no records of the processes that follow it; file:, redis: and denokv: do`,
  );
}

/** Nobody may have reported again yet where the records were lost. */
const GRACE_MS = RECORD_EVERY_MS + 1_000;

/** How often it is looked whether somebody else has changed the state. */
const CHECK_EVERY_MS = 1_000;

/**
 * Waits until the fleet has followed.
 *
 * @param signal Aborted with a `CliError` to stop waiting.
 * @param known The processes that were there before the state was written.
 * @returns The processes.
 * @throws {CliError} If it has not in time, nobody reports, or somebody else changed the state meanwhile.
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
      new CliError("conflict", "Somebody else changed the state while it was waited for: see maintenancemode status"),
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
      if (performance.now() >= grace) throw nobodyReports();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    // Which of two aborted it does not matter, but an error of the store might come from that.
    throw either.aborted ? either.reason : error;
  } finally {
    stopLooking();
    output.progress("");
  }
}

/** Calls a function once if what a store holds is replaced by something else. Returns how to stop looking. */
export function watchRevision(store: MaintenanceStore, revision: string, replaced: () => void): () => void {
  const timer = setInterval(async () => {
    try {
      if (revisionOf(await readStore(store)) === revision) return;
      clearInterval(timer);
      replaced();
    } catch {
      // That it cannot be reached may pass.
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
  return new CliError("stragglers", `${stragglers.length} of ${of} not ready within ${formatDuration(timeoutMs)}`, {
    lines: stragglers.map((straggler) => printable(describeStraggler(straggler, target))),
  });
}

function nobodyReports(): CliError {
  return new CliError("stragglers", "No process reports to this store", {
    lines: [
      "Either it is not the store of the site, or the site is not running: if that is right, give --allow-no-instances",
    ],
  });
}

/** Event streams and upgraded connections that are still open, one line for each process that has any. */
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

/** The processes, if the store knows and can be reached. */
export async function tryReadFleet(store: MaintenanceStore): Promise<Instance[] | undefined> {
  try {
    return await readFleet(store);
  } catch {
    return undefined;
  }
}
