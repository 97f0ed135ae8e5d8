import { StoreError } from "../../state/errors.ts";
import type { FleetReport } from "../../state/fleet.ts";
import { type FleetTarget, isCounted, nounOf, targetOf } from "../../state/fleet-target.ts";
import type { Committed, Planned } from "../change/planned.ts";
import type { Context } from "../context.ts";
import { CliError } from "../exit-codes.ts";
import { commandFor } from "../process/program.ts";
import type { Situation } from "../situation.ts";
import { clauseOf } from "../output/describe.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { reasonOf } from "../output/secrets.ts";
import { judge, printVerdict, verdictJson } from "../output/verdict.ts";
import { listInForce } from "../output/windows.ts";
import { nameFlag } from "../windows.ts";
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
  written: Committed,
  plan: WaitPlan,
  signal: AbortSignal,
): Promise<void> {
  const { output, result } = context;
  const { planned } = written;
  const { opened, situation, subject, others } = planned;
  const target = targetFor(written);
  const isOff = situation.state.mode === "off";
  result["ready"] = false;
  try {
    const ready = await waitUntilReady(planned, target, plan, output, signal);
    const { instances } = ready;
    result["ready"] = true;
    result["instances"] = viewInstances(instances, latestOf(target), Date.now());
    output.line(describeFollowed(situation, ready));
    if (situation.beginsAt !== undefined) {
      const again = commandFor(opened, `${situation.state.mode}${nameFlag(subject.name)} --wait 60s`);
      output.note(`once it has begun, requests from before may still be at work: wait for them with ${again}`);
    }
    for (const line of describeStreams(instances)) output.note(`still open, and not waited for: ${line}`);
    if (isOff) return;
    const alsoOn = listInForce(others);
    if (alsoOn !== undefined) output.line(`Also on: ${alsoOn}.`);
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
    result["instances"] = viewInstances(instances, latestOf(target), Date.now()) ?? null;
    const { lines, notSafe } = error;
    // Where no verdict follows, the message says why.
    const message = isOff ? `${error.message} (${notSafe})` : error.message;
    throw new CliError("stragglers", `${message}${whatStays(planned)}`, { lines, notSafe });
  }
}

/** What the processes have to follow after a change. */
export function targetFor({ planned: { snapshot, subject, situation }, revision }: Committed): FleetTarget {
  // Where everything was changed, every later state is another one.
  if (subject.isAll) return { revision, drained: false };
  return targetOf(revision, snapshot, subject.name, situation.inForce);
}

/** The last revision in which a target says the same. */
function latestOf({ revision, window }: FleetTarget): string {
  return [...window?.later ?? []].at(-1) ?? revision;
}

function whatStays({ situation }: Planned): string {
  if (situation.inForce) return `: ${clauseOf(situation.state.mode, "stays")}`;
  return situation.state.mode === "off" ? ": maintenance is off in the store, but not yet everywhere" : "";
}

/** What the processes have done, as a sentence. It claims no more than they have told. */
function describeFollowed({ inForce }: Situation, { instances }: FleetReport): string {
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
