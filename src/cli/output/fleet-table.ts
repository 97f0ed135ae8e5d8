import { formatDuration } from "../../util/durations.ts";
import type { Instance } from "../../types/fleet.ts";
import { isUnreadable, RECORD_EVERY_MS } from "../../state/instance-record.ts";
import type { Output } from "./output.ts";
import { count, NO_PROCESS, printable } from "./describe.ts";

/** A process compared with the stored state. */
export interface InstanceView extends Instance {
  /** Whether the process has the stored state. */
  readonly follows: boolean;
  /** How far its clock is ahead of ours, negative if behind, in milliseconds. The age of the record limits the precision. */
  readonly skewMs: number;
}

/** The smallest difference of clocks that is reported, in milliseconds. */
const SKEW_FROM_MS = 10_000;

/** Compares the processes with the stored revision. */
export function viewInstances(
  instances: readonly Instance[] | undefined,
  revision: string,
  now: number,
): InstanceView[] | undefined {
  return instances?.map((instance) => ({
    ...instance,
    follows: instance.revision === revision,
    skewMs: isUnreadable(instance) ? 0 : skewOf(instance.clock, now),
  }));
}

/** The difference of two clocks. A record is up to some seconds old, which looks like a clock that is behind. */
function skewOf(clock: number, now: number): number {
  const ahead = clock - now;
  return ahead > 0 ? ahead : Math.min(0, ahead + RECORD_EVERY_MS + 1_000);
}

/** Prints the processes as a table. */
export function printFleet(output: Output, instances: readonly InstanceView[] | undefined): void {
  if (instances === undefined) return output.line("This store does not record its processes.");
  if (instances.length === 0) return output.line(NO_PROCESS);
  output.line(`${summarise(instances)}:`);
  const head = ["HOST", "PID", "RUNTIME", "FOLLOWS", "MODE", "COUNTS", "IN FLIGHT", "FROM BEFORE", "STREAMS"];
  const table = instances.map((instance) => [
    printable(instance.host),
    String(instance.pid),
    printable(instance.runtime),
    instance.follows ? "yes" : "NO",
    ...isUnreadable(instance) ? ["?", "?", "?", "?", "?"] : [
      `${instance.mode}${instance.mode === "off" || instance.inForce ? "" : " (not in force)"}`,
      instance.counts.join(", "),
      String(instance.inFlight),
      String(instance.before),
      String(instance.streams),
    ],
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...table.map((cells) => cells[column]!.length)));
  const join = (cells: readonly string[]) =>
    cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd();
  output.line(`  ${output.paint("dim", join(head))}`);
  instances.forEach((instance, index) => {
    const line = join(table[index]!);
    output.line(`  ${instance.follows ? line : output.paint("red", line)}`);
    for (const remark of remarksOn(instance)) output.line(`    ${output.paint("yellow", printable(remark))}`);
  });
}

function summarise(instances: readonly InstanceView[]): string {
  const all = count(instances.length, "process", "processes");
  const late = instances.filter(({ follows }) => !follows).length;
  if (late > 0) return `${late} of ${all} ${late === 1 ? "does" : "do"} not have the stored state`;
  return instances.length === 1 ? `${all} has the stored state` : `All ${all} have the stored state`;
}

function remarksOn({ skewMs, problem, notice, held }: InstanceView): string[] {
  const remarks: string[] = [];
  if (Math.abs(skewMs) > SKEW_FROM_MS) {
    remarks.push(`clock ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? "ahead" : "behind"}`);
  }
  for (const remark of [problem, notice]) if (remark !== undefined) remarks.push(remark);
  const longest = held.slice(0, 3).map(({ method, path, seconds, kind }) =>
    `${method} ${path} (${seconds} s${kind === "request" ? "" : `, ${kind}`})`
  );
  if (longest.length > 0) remarks.push(longest.join(", "));
  return remarks;
}
