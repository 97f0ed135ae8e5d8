import process from "node:process";
import { formatDuration } from "../../util/durations.ts";
import type { Instance } from "../../types/fleet.ts";
import type { FleetReport } from "../../state/fleet.ts";
import { describeStraggler, type FleetTarget, hasFollowed, nounOf } from "../../state/fleet-target.ts";
import { count, printable } from "../output/describe.ts";
import type { Output } from "../output/output.ts";

/** Shows what a wait is waiting for. */
export interface WaitDisplay {
  /** Takes the last report on the fleet. */
  update(report: FleetReport): void;
  /** Removes what is shown. */
  stop(): void;
}

/** How often a terminal is drawn again, in milliseconds. */
const REDRAW_MS = 1_000;

/** From when on lines are printed where there is no terminal, and how often each again, in milliseconds. */
const FIRST_MS = 1_000;
const AGAIN_MS = 30_000;

/** How many processes a terminal shows at most. */
const MOST = 12;

/**
 * Shows who is waited for, what each holds and for how long: drawn again every second on a terminal; elsewhere as one line for
 * each process when it is first waited for, when the cause changes, and every 30 seconds.
 *
 * @param deadline When the wait is over, by `performance.now()`.
 */
export function createDisplay(output: Output, target: FleetTarget, deadline: number): WaitDisplay {
  return output.canRedraw ? drawn(output, target, deadline) : printed(output, target);
}

function drawn(output: Output, target: FleetTarget, deadline: number): WaitDisplay {
  let last: FleetReport | undefined;
  const draw = () => {
    if (last !== undefined) output.redraw(describeWait(last, target, deadline - performance.now()));
  };
  const timer = setInterval(draw, REDRAW_MS);
  return {
    update(report) {
      const isFirst = last === undefined;
      last = report;
      if (isFirst) draw();
    },
    stop() {
      clearInterval(timer);
      output.redraw([]);
    },
  };
}

function printed(output: Output, target: FleetTarget): WaitDisplay {
  const start = performance.now();
  const printedAt = new Map<string, number>();
  return {
    update({ instances, stragglers }) {
      const now = performance.now();
      if (now - start < FIRST_MS) return;
      const lines = instances.length === 0
        ? [["none", NONE_YET] as const]
        : stragglers.map((instance) => [keyOf(instance, target), describe(instance, target)] as const);
      for (const [key, line] of lines) {
        if (now - (printedAt.get(key) ?? -Infinity) < AGAIN_MS) continue;
        printedAt.set(key, now);
        output.aside(`waiting: ${line}`);
      }
    },
    stop() {},
  };
}

const NONE_YET = "no process found yet";

/** What a line is about: the process, and what it has to do next. */
function keyOf(instance: Instance, target: FleetTarget): string {
  const { id, silentMs, before, inForce } = instance;
  return [id, hasFollowed(instance, target), silentMs !== undefined, inForce, before > 0].join();
}

function describe(instance: Instance, target: FleetTarget): string {
  return printable(describeStraggler(instance, target));
}

/** The lines of a terminal. */
export function describeWait(report: FleetReport, target: FleetTarget, leftMs: number): string[] {
  const { stragglers } = report;
  const room = Math.min(MOST, Math.max(1, (process.stderr.rows || 24) - 3));
  const shown = stragglers.length > room ? stragglers.slice(0, room - 1) : stragglers;
  const more = stragglers.length - shown.length;
  return [
    `Waiting${describeAll(report)}, ${formatDuration(Math.max(0, leftMs))} left`,
    ...shown.map((instance) => `  ${describe(instance, target)}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}

function describeAll({ instances, stragglers, missing }: FleetReport): string {
  const more = missing > stragglers.length ? `, ${missing - stragglers.length} more expected` : "";
  if (instances.length === 0) return `: ${NONE_YET}${more}`;
  const before = stragglers.reduce((sum, { before }) => sum + before, 0);
  const work = before === 0 ? "" : `, ${before} ${nounOf(stragglers, before)} from before`;
  if (stragglers.length === 0) return `: ${more === "" ? "no process of the site found yet" : more.slice(2)}`;
  const of = stragglers.length < instances.length ? `${stragglers.length} of ` : instances.length > 1 ? "all " : "";
  return ` for ${of}${count(instances.length, "process", "processes")}${work}${more}`;
}
