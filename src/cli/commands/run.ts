import { formatState, OFF } from "../../state/parse.ts";
import { replaceOwn } from "../../state/owner.ts";
import { readStore, revisionOf } from "../../state/store-calls.ts";
import { type ChildEnd, findCommand, runChild } from "../child.ts";
import type { Context } from "../context.ts";
import { CliError, EXIT } from "../exit-codes.ts";
import { viewInstances } from "../fleet-table.ts";
import { follow } from "../following.ts";
import { catchSignals, statusOf } from "../interrupt.ts";
import { hideSecrets, reasonOf, show, withoutSecrets } from "../secrets.ts";
import { openStore } from "../stores.ts";
import { commandFor, commit, fillResult, plan, type Planned, report, requireClosed, undoOf } from "../switching.ts";
import { readWaitPlan, requireInstances, tryReadFleet, watchRevision } from "../wait.ts";

/** How long to wait before each attempt to switch maintenance off, in milliseconds. */
const ATTEMPTS_MS = [0, 500, 2_000, 5_000];

/** `run`. */
export async function run(context: Context): Promise<number> {
  const { options, argv } = context.args;
  const waitPlan = readWaitPlan(options, "60s")!;
  checkCommand(argv[0]!);
  const opened = await openStore(options.store);
  try {
    requireInstances(opened.store, opened.label, "run");
    const planned = await plan(context, opened, "on");
    requireClosed(context, planned, "the command would run");
    if (options["dry-run"]) {
      report(context, planned);
      context.output.line(`It would run: ${withoutSecrets(argv.join(" "))}`);
      fillResult(context, planned, undefined);
      return EXIT.ok;
    }
    // From one step to the next, too, no signal may end this process and leave the command alone.
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

/** A command that cannot be run must not take the site down. */
function checkCommand(command: string): void {
  const found = findCommand(command);
  if (found === "not-found") {
    throw new CliError("notFound", `There is no command ${show(command)}: nothing was changed`);
  }
  if (found === "not-executable") {
    throw new CliError("notExecutable", `${show(command)} cannot be executed: nothing was changed`);
  }
}

async function start(
  context: Context,
  planned: Planned,
  waitPlan: Parameters<typeof follow>[3],
): Promise<string> {
  const { output } = context;
  const undo = `to end it: ${undoOf(planned.opened)}`;
  const interrupt = catchSignals(`the command was not run, maintenance stays on; ${undo}`);
  try {
    const revision = await commit(planned);
    report(context, planned);
    fillResult(context, planned, revision);
    if (planned.situation.endsAt !== undefined) {
      output.note("maintenance ends by itself then, even if the command is still running: --end none removes that");
    }
    await follow(context, planned, revision, waitPlan, interrupt.signal);
    interrupt.signal.throwIfAborted();
    return revision;
  } catch (error) {
    if (!(error instanceof CliError) || (error.code !== "stragglers" && error.code !== "store")) throw error;
    throw new CliError(error.code, `${error.message}; the command was not run`, {
      lines: [...error.lines, undo],
    });
  } finally {
    interrupt.stop();
  }
}

async function execute(
  { args, output, result }: Context,
  { opened }: Planned,
  revision: string,
): Promise<ChildEnd> {
  output.line(`Running: ${withoutSecrets(args.argv.join(" "))}`);
  const stopLooking = watchRevision(
    opened.store,
    revision,
    () => output.note("somebody else has changed the state while the command is running: see maintenancemode status"),
  );
  try {
    const end = await runChild(args.argv);
    result["command"] = { argv: args.argv.map(hideSecrets), status: end.status, signal: end.signal };
    return end;
  } catch (error) {
    const code = (error as { code?: unknown }).code === "ENOENT" ? "notFound" : "notExecutable";
    throw new CliError(
      code,
      `Cannot start ${show(args.argv[0]!)}: ${reasonOf(error)}; maintenance stays on; to end it: ${undoOf(opened)}`,
    );
  } finally {
    stopLooking();
  }
}

/** Switches maintenance off if the command succeeded, and says how things stand. */
async function finish(context: Context, planned: Planned, end: ChildEnd): Promise<number> {
  const { output, result } = context;
  const status = end.signal === null ? end.status ?? EXIT.internal : statusOf(end.signal);
  const undo = `to end it: ${undoOf(planned.opened)}`;
  const withBypass = commandFor(planned.opened, "on --with-bypass");
  if (status !== 0 || end.interrupted !== undefined) {
    result["inForce"] = true;
    const how = end.signal !== null
      ? `The command was ended by ${end.signal}`
      : end.interrupted !== undefined
      ? `${end.interrupted} arrived, and the command ended with status ${status}`
      : `The command failed with status ${status}`;
    output.error(`${how}: maintenance stays on; ${undo}; to get in meanwhile: ${withBypass}`);
    return status === 0 ? statusOf(end.interrupted!) : status;
  }
  // Whatever arrives now, it is about to be over.
  const interrupt = catchSignals("");
  try {
    const isOff = await switchOff(planned);
    if (!isOff) {
      throw new CliError(
        "conflict",
        "The command succeeded, but somebody else changed the state meanwhile: theirs stays",
      );
    }
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError("store", `The command succeeded, but maintenance stays on: ${reasonOf(error)}; ${undo}`);
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

/** Switches maintenance off, unless somebody has taken it over. Tries again while it is unreachable. */
async function switchOff({ opened: { store }, snapshot }: Planned): Promise<boolean> {
  const off = formatState(OFF);
  let failure: unknown;
  for (const pauseMs of ATTEMPTS_MS) {
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    try {
      if (await replaceOwn(store, snapshot.state.owner!, off) !== undefined) return true;
      // An attempt of which nothing was heard may have succeeded.
      return failure !== undefined && (await readStore(store))?.text === off;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
