import { StoreError } from "../../state/errors.ts";
import type { FleetReport } from "../../state/fleet.ts";
import { isCounted, nounOf, targetOf } from "../../state/fleet-target.ts";
import type { Planned } from "../change/plan.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { commandFor } from "../process/program.ts";
import type { Situation } from "../situation.ts";
import { clauseOf } from "../output/describe.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { reasonOf } from "../output/secrets.ts";
import { judge, printVerdict, verdictJson } from "../output/verdict.ts";
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
  const isOff = situation.state.mode === "off";
  result["ready"] = false;
  try {
    const ready = await waitUntilReady(opened.store, target, plan, output, signal, planned.instances);
    const { instances } = ready;
    result["ready"] = true;
    result["instances"] = viewInstances(instances, revision, Date.now());
    output.line(describeFollowed(situation, ready));
    if (situation.beginsAt !== undefined) {
      const again = commandFor(opened, `${situation.state.mode} --wait 60s`);
      output.note(`once it has begun, requests from before may still be at work: wait for them with ${again}`);
    }
    for (const line of describeStreams(instances)) output.note(`still open, and not waited for: ${line}`);
    if (isOff) return;
    const verdict = judge(situation, ready, plan);
    result["verdict"] = verdictJson(verdict);
    printVerdict(output, verdict);
  } catch (error) {
    if (error instanceof StoreError) {
      throw new CliError("store", `${reasonOf(error)}${whatStays(planned)}`, {
        notSafe: "the store cannot be reached",
      });
    }
    if (!(error instanceof CliError) || error.code !== "stragglers") throw error;
    const instances = await tryReadFleet(opened.store);
    result["instances"] = viewInstances(instances, revision, Date.now()) ?? null;
    const { lines, notSafe } = error;
    // Where no verdict follows, the message says why.
    const message = isOff ? `${error.message} (${notSafe})` : error.message;
    throw new CliError("stragglers", `${message}${whatStays(planned)}`, { lines, notSafe });
  }
}

function whatStays({ situation }: Planned): string {
  if (situation.inForce) return `: ${clauseOf(situation.state.mode, "stays")}`;
  return situation.state.mode === "off" ? ": maintenance is off in the store, but not yet everywhere" : "";
}

/** What the processes have done, as a sentence. It claims no more than they have told. */
export function describeFollowed({ inForce }: Situation, { instances }: FleetReport): string {
  if (instances.length === 0) return "No running process uses this store.";
  const [who, have] = instances.length === 1 ? ["The process", "has"] : [`All ${instances.length} processes`, "have"];
  if (!inForce) return `${who} ${have} the new state.`;
  if (instances.every(({ counts }) => counts.includes("nothing"))) {
    return `${who} ${have} the new state and ${have} nothing at work.`;
  }
  const isCountedAnywhere = instances.some((instance) => isCounted(instance));
  const what = isCountedAnywhere ? ` and ${have} finished the ${nounOf(instances, 2)} from before` : "";
  return `${who} ${have} the new state${what}.`;
}
