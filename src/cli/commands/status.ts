import { waitForFleet } from "../../state/fleet.ts";
import { targetOf } from "../../state/fleet-target.ts";
import type { Instance } from "../../types/fleet.ts";
import type { Context } from "../context.ts";
import { EXIT, STATUS_EXIT, usageError } from "../exit-codes.ts";
import { type OpenStore, openStore } from "../open/stores.ts";
import { type Look, printStatus, statusJson } from "../output/status-report.ts";
import { readCurrent, requireValid, situationOf } from "../situation.ts";
import { strictestPhase, viewWindows } from "../windows.ts";
import { watch } from "./watch.ts";

/** Runs `status`. */
export async function status(context: Context): Promise<number> {
  const { args: { options }, output, result } = context;
  if (options.watch && options["exit-code"]) {
    throw usageError('"--watch" ends with 0 after Ctrl-C: leave out "--exit-code"');
  }
  const opened = await openStore(options.store);
  try {
    if (options.watch) return await watch(output, opened, (last) => lookAt(opened, last));
    const look = await lookAt(opened);
    Object.assign(result, statusJson(opened, look));
    printStatus(output, opened, look);
    requireValid(look.current, opened.label);
    if (look.failure !== undefined) throw look.failure.error;
    return options["exit-code"] ? STATUS_EXIT[strictestPhase(look.windows)] : EXIT.ok;
  } finally {
    opened.close();
  }
}

/**
 * Looks at the state and at the processes.
 *
 * @param last The look before this one: processes that were there then are not forgotten if they go silent.
 */
async function lookAt({ store }: OpenStore, last?: Look): Promise<Look> {
  const current = await readCurrent(store);
  const { snapshot, revision } = current;
  const before = snapshot && viewWindows(snapshot, Date.now()).filter(({ inForce }) => inForce);
  const known = knownFrom(last, revision);
  const seen: { fleet?: Look["fleet"]; failure?: Look["failure"] } = {};
  try {
    // The look of a wait that is over at once, so that both say the same.
    const target = before?.length === 1
      ? targetOf(revision, snapshot!, before[0]!.name, true)
      : { revision, drained: (before ?? []).length > 0 };
    if (store.instances !== undefined) {
      seen.fleet = await waitForFleet(store, target, { timeoutMs: 0, known });
    }
  } catch (error) {
    seen.failure = { error };
  }
  const now = Date.now();
  const situation = snapshot && situationOf(snapshot, now);
  const windows = snapshot === undefined ? [] : viewWindows(snapshot, now);
  const { fleet, failure } = seen;
  return { current, situation, windows, fleet, failure, known: fleet?.instances ?? known, now };
}

/** The processes of the last look. After a change of the state, nobody waits any more for those that were silent before it. */
function knownFrom(last: Look | undefined, revision: string): readonly Instance[] {
  const isSame = last?.current.revision === revision;
  return (last?.known ?? []).filter(({ silentMs }) => isSame || silentMs === undefined);
}
