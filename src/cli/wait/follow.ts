import type { Instance } from "../../types/fleet.ts";
import { StoreError } from "../../state/errors.ts";
import { formatPercentage } from "../change/admit.ts";
import type { Planned } from "../change/plan.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { formatTime } from "../input/times.ts";
import { partOf } from "../output/describe.ts";
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
  const target = { revision, drained: situation.inForce };
  result["ready"] = false;
  try {
    const instances = await waitUntilReady(opened.store, target, plan, output, signal, planned.instances);
    result["ready"] = true;
    result["instances"] = viewInstances(instances, revision, Date.now());
    output.line(describeReady(planned, instances));
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
  if (situation.inForce) return `: it is not safe to migrate, maintenance stays ${situation.state.mode}`;
  return situation.state.mode === "off" ? ": maintenance is off in the store, but not yet everywhere" : "";
}

function describeReady({ situation }: Planned, instances: readonly Instance[]): string {
  const { state, inForce, beginsAt, endsAt } = situation;
  const [who, have] = instances.length === 1 ? ["The process", "has"] : [`All ${instances.length} processes`, "have"];
  if (!inForce) {
    const followed = instances.length === 0 ? "No running process uses this store." : `${who} ${have} the new state.`;
    if (state.mode === "off") return followed;
    const begins = beginsAt === undefined ? "" : ` Maintenance begins ${formatTime(beginsAt, Date.now())}.`;
    return `${followed}${begins} It is not safe to migrate before.`;
  }
  const followed = instances.length === 0
    ? "No running process uses this store"
    : `${who} ${have} the new state and ${have} finished the requests from before`;
  if (state.admit) {
    return `${followed}. It is not safe to migrate: ${formatPercentage(state.admit)} of visitors get in.`;
  }
  const only = partOf(state);
  const part = only === undefined ? "" : ` what serves ${only}`;
  const end = endsAt === undefined ? "" : ` until ${formatTime(endsAt, Date.now())}`;
  return `${followed}: it is safe to migrate${part}${end}.`;
}
