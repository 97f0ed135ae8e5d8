import type { Instance } from "../../types/fleet.ts";
import { StoreError } from "../../state/errors.ts";
import type { FleetReport } from "../../state/fleet.ts";
import { isCounted, nounOf, targetOf } from "../../state/fleet-target.ts";
import { RECORD_EVERY_MS } from "../../state/instance-record.ts";
import { formatPercentage } from "../change/admit.ts";
import type { Planned } from "../change/plan.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { commandFor } from "../process/program.ts";
import type { Situation } from "../situation.ts";
import { formatTime } from "../input/times.ts";
import { clauseOf, partOf, printable } from "../output/describe.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { reasonOf } from "../output/secrets.ts";
import { describeStreams, tryReadFleet, waitUntilReady } from "./fleet.ts";
import type { WaitPlan } from "./plan.ts";

/**
 * Waits until the fleet has followed a change, and reports it.
 *
 * @param signal Aborted with a `CliError` to stop waiting.
 * @throws {CliError} If the fleet has not followed in time. The message says that the change stays.
 */
export async function follow(
  context: Context,
  planned: Planned,
  revision: string,
  plan: WaitPlan,
  signal: AbortSignal,
): Promise<void> {
  const { output, result } = context;
  const { opened, situation } = planned;
  const target = targetOf(revision, planned.snapshot, undefined, situation.inForce);
  result["ready"] = false;
  try {
    const ready = await waitUntilReady(opened.store, target, plan, output, signal, planned.instances);
    const { instances } = ready;
    result["ready"] = true;
    result["instances"] = viewInstances(instances, revision, Date.now());
    output.line(describeReady(planned.situation, ready));
    if (situation.beginsAt !== undefined) {
      const again = commandFor(opened, `${situation.state.mode} --wait 60s`);
      output.note(`once it has begun, requests from before may still be at work: wait for them with ${again}`);
    }
    for (const line of describeStreams(instances)) output.note(`still open, and not waited for: ${line}`);
  } catch (error) {
    if (error instanceof StoreError) throw new CliError("store", `${reasonOf(error)}${whatStays(planned)}`);
    if (!(error instanceof CliError) || error.code !== "stragglers") throw error;
    const instances = await tryReadFleet(opened.store);
    result["instances"] = viewInstances(instances, revision, Date.now()) ?? null;
    throw new CliError("stragglers", `${error.message}${whatStays(planned)}`, { lines: error.lines });
  }
}

function whatStays({ situation }: Planned): string {
  if (situation.inForce) return `: it is not safe to migrate, ${clauseOf(situation.state.mode, "stays")}`;
  return situation.state.mode === "off" ? ": maintenance is off in the store, but not yet everywhere" : "";
}

/** The sentence after a wait. It claims no more than the processes have told. */
export function describeReady(
  situation: Situation,
  { instances, dead }: FleetReport,
  now: number = Date.now(),
): string {
  const { state, inForce, beginsAt, endsAt } = situation;
  const [who, have] = instances.length === 1 ? ["The process", "has"] : [`All ${instances.length} processes`, "have"];
  if (!inForce) {
    const followed = instances.length === 0 ? "No running process uses this store." : `${who} ${have} the new state.`;
    if (state.mode === "off") return followed;
    const begins = beginsAt === undefined ? "" : ` Maintenance begins ${formatTime(beginsAt, now)}.`;
    return `${followed}${begins} It is not safe to migrate before.`;
  }
  const isNone = instances.every(({ counts }) => counts.includes("nothing"));
  const uncounted = instances.filter((instance) => !isCounted(instance));
  const what = uncounted.length === instances.length
    ? ""
    : ` and ${have} finished the ${nounOf(instances, 2)} from before`;
  const followed = instances.length === 0
    ? "No running process uses this store"
    : isNone
    ? `${who} ${have} the new state and ${have} nothing at work`
    : `${who} ${have} the new state${what}`;
  if (state.admit) {
    return `${followed}. It is not safe to migrate: ${formatPercentage(state.admit)} of visitors get in.`;
  }
  const conditions = [
    isNone && "the site is not running",
    uncounted.length > 0 && `nothing is at work in ${nameAll(uncounted)}, which nobody counts`,
    dead.length > 0 && `${nameAll(dead)}, which went silent, ${dead.length === 1 ? "is" : "are"} dead`,
  ].filter((condition) => condition !== false);
  const given = conditions.length === 0 ? "" : `, if ${conditions.join(" and ")}`;
  const only = partOf(state);
  const part = only === undefined ? "" : ` what serves ${only}`;
  const end = endsAt === undefined ? "" : ` until ${formatTime(endsAt - mostAhead(instances, now), now)}`;
  return printable(`${followed}: it is safe to migrate${part}${end}${given}.`);
}

function nameAll(instances: readonly Instance[]): string {
  return instances.map(({ host, pid }) => `${host} (pid ${pid})`).join(", ");
}

/**
 * How far the clock of a process is ahead of ours at most, in milliseconds: that process opens so much earlier. Its record may be
 * some seconds old, in which its clock went on.
 */
function mostAhead(instances: readonly Instance[], now: number): number {
  const ahead = Math.max(0, ...instances.map(({ clock }) => clock - now));
  return ahead > 0 ? ahead + RECORD_EVERY_MS + 1_000 : 0;
}
