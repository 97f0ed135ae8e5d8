import { readStore, revisionOf } from "../../state/store-calls.ts";
import { tryParseState } from "../../state/owner.ts";
import { OFF } from "../../state/modes.ts";
import { withWindow } from "../../state/parts.ts";
import { prepareSnapshot } from "../../state/state-snapshot.ts";
import { commit } from "../change/commit.ts";
import { plan } from "../change/plan.ts";
import type { Committed, Planned } from "../change/planned.ts";
import { afterInterruption, fillResult, report } from "../change/report.ts";
import { requireAlone } from "../change/require-alone.ts";
import { requireClosed } from "../change/require-closed.ts";
import { giveUp, goBack } from "../change/run-end.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../exit-codes.ts";
import { openStore } from "../open/stores.ts";
import { hideInCommand } from "../output/command-secrets.ts";
import { summarise } from "../output/describe.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { reasonOf, show } from "../output/secrets.ts";
import { type ChildEnd, findCommand, runChild } from "../process/child.ts";
import { commandFor } from "../process/program.ts";
import { catchSignals, statusOf } from "../process/signals.ts";
import { jsonOf, showable, situationOf } from "../situation.ts";
import { nameFlag, offWords } from "../windows.ts";
import { tryReadFleet, watchTarget } from "../wait/fleet.ts";
import { follow, targetFor } from "../wait/follow.ts";
import { readWaitPlan, requireInstances, type WaitPlan } from "../wait/plan.ts";

/** Runs `run`. */
export async function run(context: Context): Promise<number> {
  const { options, argv } = context.args;
  const waitPlan = readWaitPlan(options, "60s")!;
  checkCommand(argv[0]!);
  const opened = await openStore(options.store);
  try {
    requireInstances(opened.store, opened.label, "run");
    const planned = await plan(context, opened, "on");
    requireAlone(planned);
    requireClosed(context, planned, "the command would run");
    if (options["dry-run"]) {
      report(context, planned);
      context.output.line(`It would run: ${hideInCommand(argv).join(" ")}`);
      fillResult(context, planned, undefined);
      return EXIT.ok;
    }
    // Between two steps as well, a signal must not end this process and leave the command alone.
    const guard = catchSignals();
    try {
      const written = await start(context, planned, waitPlan);
      return await finish(context, written, await execute(context, written));
    } finally {
      guard.stop();
    }
  } finally {
    opened.close();
  }
}

/** Checks the command before the site goes down for it. */
function checkCommand(command: string): void {
  const found = findCommand(command);
  if (found === "not-found") {
    throw new CliError("notFound", `Cannot run ${show(command)}: command not found. Nothing was changed`);
  }
  if (found === "not-executable") {
    throw new CliError("notExecutable", `Cannot run ${show(command)}: it is not executable. Nothing was changed`);
  }
}

/** What to type to end maintenance, as lines of an error. */
function howToEnd({ opened, back, subject: { name }, snapshot }: Planned): string[] {
  const { root } = back!;
  const off = `to turn it off: ${commandFor(opened, offWords(name, snapshot.state))}`;
  if (root.mode === "off") return [off];
  const restore = commandFor(opened, `off --restore${nameFlag(name)}`);
  return [off, `to go back to the state from before (${summarise(root)}): ${restore}`];
}

/** Notes in the store and in the JSON that the run has ended without success. */
async function endWithoutSuccess({ result }: Context, planned: Planned): Promise<void> {
  const left = await giveUp(planned);
  if (left !== undefined) Object.assign(result, { state: showable(left.state), revision: left.revision });
}

/** Turns maintenance on and waits for the fleet. */
async function start(context: Context, planned: Planned, waitPlan: WaitPlan): Promise<Committed> {
  const { output } = context;
  const interrupt = catchSignals({
    state: "maintenance stays on, and the command was not run",
    ...afterInterruption(context, planned),
  });
  try {
    const written = await commit(context, planned);
    report(context, written.planned);
    fillResult(context, written.planned, written.revision);
    if (planned.situation.endsAt !== undefined) {
      output.note("maintenance ends at that time even if the command is still running: --end none removes the end");
    }
    await follow(context, written, waitPlan, interrupt.signal);
    interrupt.signal.throwIfAborted();
    return written;
  } catch (error) {
    await endWithoutSuccess(context, planned);
    if (!(error instanceof CliError) || (error.code !== "stragglers" && error.code !== "store")) throw error;
    throw new CliError(error.code, `${error.message}; the command was not run`, {
      lines: [...error.lines, ...howToEnd(planned)],
      notSafe: error.notSafe,
    });
  } finally {
    interrupt.stop();
  }
}

async function execute(context: Context, written: Committed): Promise<ChildEnd> {
  const { args, output, result } = context;
  const { planned } = written;
  const shown = hideInCommand(args.argv);
  output.line(`Running: ${shown.join(" ")}`);
  const stopChecking = watchTarget(
    planned.opened.store,
    targetFor(written),
    () =>
      output.note(
        `someone else changed the state while the command is running: see ${commandFor(planned.opened, "status")}`,
      ),
  );
  try {
    const end = await runChild(args.argv, args.options["keep-store-env"] === true);
    result["command"] = { argv: shown, status: end.status, signal: end.signal };
    return end;
  } catch (error) {
    await endWithoutSuccess(context, planned);
    const code = (error as { code?: unknown }).code === "ENOENT" ? "notFound" : "notExecutable";
    throw new CliError(code, `Cannot run ${show(args.argv[0]!)}: ${reasonOf(error)}; maintenance stays on`, {
      lines: howToEnd(planned),
    });
  } finally {
    stopChecking();
  }
}

/** Goes back to the state from before if the command succeeded, and reports the end. */
async function finish(context: Context, { planned, revision }: Committed, end: ChildEnd): Promise<number> {
  const { output, result } = context;
  const status = end.signal === null ? end.status ?? EXIT.internal : statusOf(end.signal);
  // A signal that arrives now does not stop the last step.
  const interrupt = catchSignals();
  try {
    if (status !== 0 || end.interrupted !== undefined) {
      await endWithoutSuccess(context, planned);
      result["inForce"] = true;
      const { undo, getIn } = afterInterruption(context, planned);
      const lines = end.interrupted === undefined ? howToEnd(planned) : [`undo: ${undo}`];
      output.error(`${describeEnd(end, status)}: maintenance stays on`, lines, `get in: ${getIn}`);
      return status === 0 ? statusOf(end.interrupted!) : status;
    }
    if (!await goBack(planned, revision, output)) {
      throw new CliError(
        "conflict",
        "The command succeeded, but someone else changed the state meanwhile: their change stays",
        { lines: [`to see the state: ${commandFor(planned.opened, "status")}`] },
      );
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("store", `The command succeeded, but maintenance stays on: ${reasonOf(error)}`, {
      lines: howToEnd(planned),
    });
  } finally {
    interrupt.stop();
  }
  await reportSuccess(context, planned);
  return EXIT.ok;
}

async function reportSuccess({ output, result }: Context, planned: Planned): Promise<void> {
  const { opened, subject: { name } } = planned;
  const { store } = opened;
  const [stored, instances] = await Promise.all([readStore(store).catch(() => undefined), tryReadFleet(store)]);
  const revision = stored && revisionOf(stored);
  const state = (stored && tryParseState(stored.text)) ?? OFF;
  const back = withWindow(OFF, name, planned.back!.window);
  const situation = situationOf(await prepareSnapshot(back), Date.now(), name);
  const off = commandFor(opened, offWords(name, state));
  Object.assign(result, {
    state: showable(state),
    ...jsonOf(situation),
    undo: situation.state.mode === "off" ? null : off,
    revision: revision ?? null,
    instances: viewInstances(instances, revision ?? "", Date.now()) ?? null,
  });
  const { phase, inForce } = situation;
  const isOver = phase === "off" || phase === "ended";
  const word = output.paint(inForce ? "red" : isOver ? "green" : "yellow", isOver ? "off" : phase);
  const subject = name !== undefined ? `Window "${name}"` : phase === "read-only" ? "The site" : "Maintenance";
  const before = isOver ? "." : `, as before. To turn maintenance off: ${off}`;
  output.line(`The command succeeded. ${subject} is ${word}${before}`);
}

function describeEnd({ signal, interrupted }: ChildEnd, status: number): string {
  if (signal !== null) return `${signal} ended the command`;
  if (interrupted !== undefined) return `${interrupted} arrived, and the command ended with exit code ${status}`;
  return `The command failed with exit code ${status}`;
}
