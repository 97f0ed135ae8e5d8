import type { InFlightRequest, Instance } from "../../types/fleet.ts";
import type { MaintenanceStore } from "../../types/store.ts";
import { isStream } from "../../counting/in-flight.ts";
import { formatDuration } from "../../util/durations.ts";
import { type FleetReport, readFleet, waitForFleet } from "../../state/fleet.ts";
import { describeStraggler, type FleetTarget, isCounted, isStill } from "../../state/fleet-target.ts";
import { RECORD_EVERY_MS } from "../../state/instance-record.ts";
import { readStore } from "../../state/store-calls.ts";
import type { Planned } from "../change/planned.ts";
import { CliError } from "../exit-codes.ts";
import type { Output } from "../output/output.ts";
import { PROGRAM } from "../process/program.ts";
import { count, printable, WHY_NO_PROCESS } from "../output/describe.ts";
import { CHANGED, whyNone, whyNotReady } from "../output/verdict.ts";
import { createDisplay } from "./display.ts";
import type { WaitPlan } from "./plan.ts";

/** How long an empty fleet is doubted, in milliseconds: after the records were lost, each process writes its own again. */
const GRACE_MS = RECORD_EVERY_MS + 1_000;

/** How often the stored revision is checked, in milliseconds. */
const CHECK_EVERY_MS = 1_000;

/**
 * Waits until each process has the new state and has finished the requests from before.
 *
 * @param signal Aborted with a `CliError` to stop waiting.
 * @returns The last report.
 * @throws {CliError} If the time runs out, no process of the site is registered, a process does not count what it has at work,
 * or someone else changes the state meanwhile.
 * @throws {StoreError} If the store cannot be reached when the time runs out.
 */
export async function waitUntilReady(
  planned: Planned,
  target: FleetTarget,
  plan: WaitPlan,
  output: Output,
  signal: AbortSignal,
): Promise<FleetReport> {
  const { opened: { store }, subject: { name }, instances: known = [] } = planned;
  const controller = new AbortController();
  const either = AbortSignal.any([signal, controller.signal]);
  const what = name === undefined ? "the state" : `window "${name}"`;
  const see = `${PROGRAM} ${name === undefined ? "status" : "windows"}`;
  const message = `Someone else changed ${what} during the wait: run ${see}`;
  const stopLooking = watchTarget(store, target, () => {
    controller.abort(new CliError("conflict", message, { notSafe: CHANGED }));
  });
  const deadline = performance.now() + plan.timeoutMs;
  const display = createDisplay(output, target, deadline);
  const grace = performance.now() + Math.min(GRACE_MS, plan.timeoutMs);
  const { streams, allowUncounted, allowLost, expect = 0 } = plan;
  try {
    for (;;) {
      const timeoutMs = Math.max(0, deadline - performance.now());
      const terms = { timeoutMs, streams, allowUncounted, allowLost, expect, signal: either, known };
      const report = await waitForFleet(store, target, terms, (report) => display.update(report));
      if (!report.isReady) throw notReady(report, target, plan);
      if (plan.allowNone || report.instances.some((instance) => isOfSite(instance, target))) return report;
      if (performance.now() >= grace) throw noProcess(report);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } catch (error) {
    // After an abort, an error of the store may only be its consequence.
    throw either.aborted ? either.reason : error;
  } finally {
    stopLooking();
    display.stop();
  }
}

/** Whether a process serves the site: a process that only watches says nothing of it. */
function isOfSite({ counts }: Instance, { drained }: FleetTarget): boolean {
  return !drained || !counts.includes("nothing");
}

/** Calls a function once when somebody has changed the maintenance of a target. Returns a function that stops the check. */
export function watchTarget(store: MaintenanceStore, target: FleetTarget, replaced: () => void): () => void {
  const timer = setInterval(async () => {
    try {
      if (isStill(target, await readStore(store))) return;
      clearInterval(timer);
      replaced();
    } catch {
      // The store may be back at the next check.
    }
  }, CHECK_EVERY_MS);
  return () => clearInterval(timer);
}

function notReady(report: FleetReport, target: FleetTarget, plan: WaitPlan): CliError {
  const { instances, stragglers, missing, isOnlyUncounted } = report;
  const lines = stragglers.map((straggler) => printable(describeStraggler(straggler, target)));
  if (stragglers.some(({ silentMs }) => silentMs !== undefined)) {
    lines.push("If you know that a silent process is dead, give --allow-lost");
  }
  if (stragglers.some((instance) => target.drained && !isCounted(instance))) {
    lines.push("If you know that nothing is at work where it is not counted, give --allow-uncounted");
  }
  if (missing > stragglers.length) {
    lines.push(
      `Only ${count(instances.length, "process", "processes")} of the ${plan.expect} of --expect can be seen. ` +
        "If a process cannot write its record, its log says why",
    );
  }
  const what = isOnlyUncounted ? "Waiting longer does not help" : `Timed out after ${formatDuration(plan.timeoutMs)}`;
  return new CliError("stragglers", what, { lines, notSafe: whyNotReady(report, plan) });
}

function noProcess({ instances }: FleetReport): CliError {
  const lines = [WHY_NO_PROCESS, "If the site is not running, give --allow-no-instances"];
  return new CliError("stragglers", "There is no process to wait for", { lines, notSafe: whyNone(instances) });
}

/** The event streams and upgraded connections that are still open, one line a process. */
export function describeStreams(instances: readonly Instance[]): string[] {
  return instances.filter(({ streams }) => streams > 0).map(({ host, pid, streams, held }) => {
    const open = held.filter(({ kind }) => isStream(kind));
    const more = streams > open.length ? ", …" : "";
    return printable(`${host} (pid ${pid}): ${open.map(describeHeld).join(", ")}${more}`);
  });
}

function describeHeld({ method, path, seconds, kind }: InFlightRequest): string {
  return `${method} ${path} (${seconds} s, ${kind})`;
}

/** The processes, or `undefined` if the store does not record them or cannot be reached. */
export async function tryReadFleet(store: MaintenanceStore): Promise<Instance[] | undefined> {
  try {
    return await readFleet(store);
  } catch {
    return undefined;
  }
}
