import { formatDuration } from "../../util/durations.ts";
import type { Instance } from "../../types/fleet.ts";
import { isUnreadable, RECORD_EVERY_MS } from "../../state/instance-record.ts";
import type { Output } from "./output.ts";
import { count, describeLate, printable } from "./describe.ts";
import { cut } from "./wrap.ts";

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

/** The titles of the table, in order. */
const HEAD = ["HOST", "PID", "RUNTIME", "FOLLOWS", "MODE", "COUNTS", "IN FLIGHT", "FROM BEFORE", "STREAMS"];

/** Prints the processes as a table, with what each has at work. */
export function printFleet(output: Output, instances: readonly InstanceView[]): void {
  const table = fit([HEAD, ...instances.map(cellsOf)], output.width - INDENT);
  const widths = widthsOf(table);
  const [head, ...lines] = table.map((cells) =>
    cells.map((cell, column) => cell.padEnd(widths[column]!)).join(GAP).trimEnd()
  );
  output.line(`${summarise(instances)}:`);
  output.line(`  ${output.paint("dim", head!)}`);
  instances.forEach((instance, index) => {
    const line = lines[index]!;
    output.line(`  ${instance.follows ? line : output.paint("red", line)}`);
    const held = describeHeld(instance);
    if (held !== undefined) output.line(`    ${output.paint("yellow", cut(printable(held), output.width - 4))}`);
  });
}

const GAP = "  ";
const INDENT = 2;

function cellsOf(instance: InstanceView): string[] {
  const { host, pid, runtime, follows, mode, inForce, counts, inFlight, before, streams } = instance;
  return [
    printable(host),
    String(pid),
    printable(runtime),
    follows ? "yes" : "NO",
    ...isUnreadable(instance) ? ["?", "?", "?", "?", "?"] : [
      `${mode}${mode === "off" || inForce ? "" : " (not now)"}`,
      counts.join(", "),
      String(inFlight),
      String(before),
      String(streams),
    ],
  ];
}

/** Makes a table fit: where it is too wide it loses the runtimes first, and then parts of long hosts. */
function fit(table: readonly string[][], width: number): readonly string[][] {
  const over = (cells: readonly string[][]) =>
    widthsOf(cells).reduce((sum, column) => sum + column + GAP.length, -GAP.length) - width;
  if (over(table) <= 0) return table;
  const narrow = table.map((cells) => cells.filter((_, column) => column !== HEAD.indexOf("RUNTIME")));
  const tooMuch = over(narrow);
  if (tooMuch <= 0) return narrow;
  const room = Math.max(HEAD[0]!.length, widthsOf(narrow)[0]! - tooMuch);
  return narrow.map(([host, ...rest]) => [shortenHost(host!, room), ...rest]);
}

/** Shortens a host: its domain goes first. Pods of one deployment differ in the last letters of their names. */
function shortenHost(host: string, room: number): string {
  if (host.length <= room) return host;
  const name = host.replace(/\..*/, "");
  return name.length <= room ? name : `…${name.slice(1 - room)}`;
}

function widthsOf(table: readonly string[][]): number[] {
  return table[0]!.map((_, column) => Math.max(...table.map((cells) => cells[column]!.length)));
}

function summarise(instances: readonly InstanceView[]): string {
  const all = count(instances.length, "process", "processes");
  const late = instances.filter(({ follows }) => !follows).length;
  if (late > 0) return late === instances.length ? all : `${all}, ${instances.length - late} with the stored state`;
  return instances.length === 1 ? `${all} has the stored state` : `All ${all} have the stored state`;
}

/** What is wrong with processes, each with the names of those that it is about. */
export function fleetWarnings(instances: readonly InstanceView[]): string[] {
  const warnings: string[] = [];
  const late = instances.filter(({ follows }) => !follows).length;
  if (late > 0) warnings.push(describeLate(late, instances.length, LATE));
  const about = new Map<string, string[]>();
  for (const instance of instances) {
    for (const remark of remarksOn(instance)) {
      about.set(remark, [...about.get(remark) ?? [], `${instance.host} (pid ${instance.pid})`]);
    }
  }
  for (const [remark, names] of about) warnings.push(`${shorten(names)}: ${remark}`);
  return warnings.map(printable);
}

const LATE = {
  none: "has the stored state",
  one: "does not have the stored state",
  many: "do not have the stored state",
};

/** How many names a warning gives. */
const MOST_NAMES = 3;

/** Lists names, the first few of them. */
export function shorten(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return more > 0 ? `${names.slice(0, MOST_NAMES).join(", ")} and ${more} more` : names.join(", ");
}

function remarksOn({ skewMs, silentMs, problem, notice }: InstanceView): string[] {
  if (silentMs !== undefined) return [problem ?? "went silent: nobody knows whether it still works with the old state"];
  const remarks: string[] = [];
  if (Math.abs(skewMs) > SKEW_FROM_MS) {
    remarks.push(`clock ${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? "ahead" : "behind"}`);
  }
  for (const remark of [problem, notice]) if (remark !== undefined) remarks.push(remark);
  return remarks;
}

/** The longest that a process has at work. */
function describeHeld({ held }: InstanceView): string | undefined {
  const longest = held.slice(0, 3).map(({ method, path, seconds, kind }) =>
    `${method} ${path} (${seconds} s${kind === "request" ? "" : `, ${kind}`})`
  );
  return longest.length === 0 ? undefined : longest.join(", ");
}
