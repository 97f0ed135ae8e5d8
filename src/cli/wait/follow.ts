import type { Instance } from "../../types/fleet.ts";
import { formatPart } from "../change/admit.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { StoreError } from "../../state/errors.ts";
import { reasonOf } from "../output/secrets.ts";
import { viewInstances } from "../output/fleet-table.ts";
import type { Planned } from "../change/plan.ts";
import { formatTime } from "../input/times.ts";
import { describeStreams, tryReadFleet, type WaitPlan, waitUntilReady } from "./fleet.ts";

/**
 * Waits until the fleet has followed a change, and says so.
 *
 * @throws {CliError} If it has not in time. The message says that the change stays.
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
    if (error instanceof StoreError) throw new CliError("store", `${reasonOf(error)}${staysOn(planned)}`);
    if (!(error instanceof CliError) || error.code !== "stragglers") throw error;
    const instances = await tryReadFleet(opened.store);
    result["instances"] = viewInstances(instances, revision, Date.now()) ?? null;
    throw new CliError("stragglers", `${error.message}${staysOn(planned)}`, { lines: error.lines });
  }
}

function staysOn({ situation }: Planned): string {
  if (situation.inForce) return `: it is not safe to migrate, maintenance stays ${situation.state.mode}`;
  return situation.state.mode === "off" ? ": maintenance is off in the store, and not everywhere" : "";
}

function describeReady({ situation }: Planned, instances: readonly Instance[]): string {
  const { state, inForce, beginsAt } = situation;
  const all = instances.length === 1 ? "The process" : `All ${instances.length} processes`;
  const who = instances.length === 0 ? "No process reports to this store" : all;
  const [has, follows] = instances.length === 1 ? ["has", "follows"] : ["have", "follow"];
  if (!inForce) {
    const from = beginsAt === undefined ? "" : ` It begins ${formatTime(beginsAt, Date.now())}.`;
    const warning = state.mode === "off" ? "" : `${from} It is not safe to migrate before.`;
    return `${who}${instances.length === 0 ? "" : ` ${follows}`}.${warning}`;
  }
  const part = state.urls === undefined ? "" : ` what belongs to ${state.urls.join(", ")}`;
  const done = instances.length === 0 ? "" : ` ${has} followed and finished what was let in before`;
  if (state.admit) {
    return `${who}${done}. It is not safe to migrate: ${formatPart(state.admit)} of the visitors get in.`;
  }
  return `${who}${done}: it is safe to migrate${part}.`;
}
