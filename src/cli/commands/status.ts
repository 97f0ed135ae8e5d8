import { readFleet } from "../../state/fleet.ts";
import type { MaintenanceWindow } from "../../types/maintenance-state.ts";
import type { Context } from "../context.ts";
import { EXIT, STATUS_EXIT } from "../exit-codes.ts";
import { printFleet, viewInstances } from "../output/fleet-table.ts";
import { describeAdmissions, describeState, isLeftByRun, printRows } from "../output/describe.ts";
import { headlineOfAll, printNamed, windowJson } from "../output/windows.ts";
import { openStore } from "../open/stores.ts";
import { commandFor } from "../process/program.ts";
import { jsonOf, readCurrent, requireValid, showable, situationOf } from "../situation.ts";
import { offWords, prepareWindow, strictestPhase, viewWindows, windowOf } from "../windows.ts";

/** Runs `status`. */
export async function status({ args, output, result }: Context): Promise<number> {
  const opened = await openStore(args.options.store);
  let code: number = EXIT.ok;
  try {
    const reading = readFleet(opened.store).catch((error: unknown) => new Failure(error));
    const current = await readCurrent(opened.store);
    const read = await reading;
    const fleet = read instanceof Failure ? undefined : read;
    const now = Date.now();
    const { revision, snapshot } = current;
    const instances = viewInstances(fleet, revision, now);
    Object.assign(result, { store: opened.label, state: null, revision, instances: instances ?? null });
    if (snapshot !== undefined) {
      const { state } = snapshot;
      const windows = await viewWindows(state, now);
      const situation = situationOf(await prepareWindow(windowOf(state, undefined)!), now);
      const undo = situation.state.mode === "off" ? null : commandFor(opened, offWords(undefined, state));
      const listed = windows.map((window) => windowJson(window, opened, state));
      Object.assign(result, { state: showable(state) }, jsonOf(situation), { undo, windows: listed });
      output.line(headlineOfAll(output, situation, windows));
      const { rows } = describeAdmissions(situation.state, fleet);
      const admissions = situation.phase === "ended" ? [] : rows;
      printRows(output, [
        ...describeState(situation, now),
        ...admissions,
        ["store", opened.label],
        ...(undo === null ? [] : [["undo", undo] as const]),
        ...(isRestorable(situation.state) ? [["go back", commandFor(opened, "off --restore")] as const] : []),
      ]);
      output.line("");
      printNamed(output, windows, opened, now);
      if (args.options["exit-code"]) code = STATUS_EXIT[strictestPhase(windows)];
    }
    // Printed before the stored state is checked: while that is not valid, the processes show the state in force.
    if (!(read instanceof Failure)) printFleet(output, instances);
    requireValid(current, opened.label);
    if (read instanceof Failure) throw read.error;
    return code;
  } finally {
    opened.close();
  }
}

/** Whether a run has left a state from before it that is not just off. */
function isRestorable(state: MaintenanceWindow): boolean {
  return isLeftByRun(state) && state.former !== undefined && state.former.mode !== "off";
}

/** An error while reading the processes. The report of the state comes first. */
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}
