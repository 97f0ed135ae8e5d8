import { formatState, OFF } from "../../state/parse.ts";
import { replaceOwn } from "../../state/owner.ts";
import { readStore, revisionOf } from "../../state/store-calls.ts";
import { commit, plan, type Planned } from "../change/plan.ts";
import { fillResult, report } from "../change/report.ts";
import { requireAlone } from "../change/require-alone.ts";
import { requireClosed } from "../change/require-closed.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../exit-codes.ts";
import { openStore } from "../open/stores.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { hideSecrets, reasonOf, show, withoutSecrets } from "../output/secrets.ts";
import { type ChildEnd, findCommand, runChild } from "../process/child.ts";
import { commandFor } from "../process/program.ts";
import { catchSignals, statusOf } from "../process/signals.ts";
import { tryReadFleet, watchRevision } from "../wait/fleet.ts";
import { follow } from "../wait/follow.ts";
import { readWaitPlan, requireInstances, type WaitPlan } from "../wait/plan.ts";

/** The pause before each attempt to turn maintenance off, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

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
      context.output.line(`It would run: ${withoutSecrets(argv.join(" "))}`);
      fillResult(context, planned, undefined);
      return EXIT.ok;
    }
    // Between two steps as well, a signal must not end this process and leave the command alone.
    const guard = catchSignals("");
    try {
      const revision = await start(context, planned, waitPlan);
      return await finish(context, planned, await execute(context, planned, revision));
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

/** What to type to turn maintenance off, as a line of an error. */
function howToEnd({ opened }: Planned): string {
  return `to turn it off: ${commandFor(opened, "off")}`;
}

/** Turns maintenance on and waits for the fleet. */
async function start(context: Context, planned: Planned, waitPlan: WaitPlan): Promise<string> {
  const { output } = context;
  const interrupt = catchSignals(`the command was not run, maintenance stays on; ${howToEnd(planned)}`);
  try {
    const revision = await commit(planned);
    report(context, planned);
    fillResult(context, planned, revision);
    if (planned.situation.endsAt !== undefined) {
      output.note("maintenance ends at that time even if the command is still running: --end none removes the end");
    }
    await follow(context, planned, revision, waitPlan, interrupt.signal);
    interrupt.signal.throwIfAborted();
    return revision;
  } catch (error) {
    if (!(error instanceof CliError) || (error.code !== "stragglers" && error.code !== "store")) throw error;
    throw new CliError(error.code, `${error.message}; the command was not run`, {
      lines: [...error.lines, howToEnd(planned)],
    });
  } finally {
    interrupt.stop();
  }
}

async function execute({ args, output, result }: Context, planned: Planned, revision: string): Promise<ChildEnd> {
  output.line(`Running: ${withoutSecrets(args.argv.join(" "))}`);
  const stopChecking = watchRevision(
    planned.opened.store,
    revision,
    () =>
      output.note(
        `someone else changed the state while the command is running: see ${commandFor(planned.opened, "status")}`,
      ),
  );
  try {
    const end = await runChild(args.argv);
    result["command"] = { argv: args.argv.map(hideSecrets), status: end.status, signal: end.signal };
    return end;
  } catch (error) {
    const code = (error as { code?: unknown }).code === "ENOENT" ? "notFound" : "notExecutable";
    throw new CliError(code, `Cannot run ${show(args.argv[0]!)}: ${reasonOf(error)}; maintenance stays on`, {
      lines: [howToEnd(planned)],
    });
  } finally {
    stopChecking();
  }
}

/** Turns maintenance off if the command succeeded, and reports the end. */
async function finish(context: Context, planned: Planned, end: ChildEnd): Promise<number> {
  const { output, result } = context;
  const status = end.signal === null ? end.status ?? EXIT.internal : statusOf(end.signal);
  if (status !== 0 || end.interrupted !== undefined) {
    result["inForce"] = true;
    output.error(`${describeEnd(end, status)}: maintenance stays on`, [
      howToEnd(planned),
      `to get in meanwhile: ${commandFor(planned.opened, "on --with-bypass")}`,
    ]);
    return status === 0 ? statusOf(end.interrupted!) : status;
  }
  // A signal that arrives now does not stop the last step.
  const interrupt = catchSignals("");
  try {
    if (!await turnOff(planned)) {
      throw new CliError(
        "conflict",
        "The command succeeded, but someone else changed the state meanwhile: their change stays",
        { lines: [`to see the state: ${commandFor(planned.opened, "status")}`] },
      );
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("store", `The command succeeded, but maintenance stays on: ${reasonOf(error)}`, {
      lines: [howToEnd(planned)],
    });
  } finally {
    interrupt.stop();
  }
  const { store } = planned.opened;
  const [stored, instances] = await Promise.all([readStore(store).catch(() => undefined), tryReadFleet(store)]);
  const revision = stored && revisionOf(stored);
  Object.assign(result, {
    ...{ state: OFF, inForce: false, phase: "off", beginsAt: null, endsAt: null, undo: null },
    revision: revision ?? null,
    instances: viewInstances(instances, revision ?? "", Date.now()) ?? null,
  });
  output.line(`The command succeeded. Maintenance is ${output.paint("green", "off")}.`);
  return EXIT.ok;
}

function describeEnd({ signal, interrupted }: ChildEnd, status: number): string {
  if (signal !== null) return `${signal} ended the command`;
  if (interrupted !== undefined) return `${interrupted} arrived, and the command ended with exit code ${status}`;
  return `The command failed with exit code ${status}`;
}

/** Turns maintenance off, unless someone else has taken over. Tries again while the store cannot be reached. */
async function turnOff({ opened: { store }, snapshot }: Planned): Promise<boolean> {
  const off = formatState(OFF);
  let failure: unknown;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      if (await replaceOwn(store, snapshot.state.owner!, off) !== undefined) return true;
      // An attempt whose answer was lost may have succeeded.
      return failure !== undefined && (await readStore(store))?.text === off;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
