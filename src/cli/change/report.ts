import { lastedMs } from "../../state/history.ts";
import { formatDuration } from "../../util/durations.ts";
import { BYPASS_NAME } from "../../bypass/request-secret.ts";
import type { Context } from "../context.ts";
import {
  describeAdmissions,
  describeState,
  headline,
  NO_PROCESS,
  partOf,
  printRows,
  type Row,
} from "../output/describe.ts";
import { listInForce, listNames } from "../output/windows.ts";
import { bypassLink, readSite } from "../input/site.ts";
import { formatClock } from "../input/times.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { commandFor } from "../process/program.ts";
import { nameFlag, offWords } from "../windows.ts";
import { jsonOf, showable, type Situation, situationOf } from "../situation.ts";
import type { Planned } from "./planned.ts";

/** Puts a planned change into the object that `--json` prints. */
export function fillResult({ result, args, output }: Context, planned: Planned, revision: string | undefined): void {
  const { opened, subject, former, snapshot, situation, isChange, instances, secret } = planned;
  const isWritten = args.options["dry-run"] !== true;
  Object.assign(result, {
    store: opened.label,
    name: subject.name ?? null,
    state: showable(snapshot.state),
    ...jsonOf(situation),
    lastedMs: lastedBefore(planned) ?? null,
    former: former.snapshot === undefined ? null : showable(former.snapshot.state),
    changed: isChange && isWritten,
    dryRun: !isWritten,
    bypass: secret === undefined || !isWritten ? null : bypassJson(readSite(args.options), secret),
    revision: revision ?? null,
    undo: undoOf(planned) ?? null,
    instances: viewInstances(instances, revision ?? former.revision, Date.now()) ?? null,
    notes: output.notes,
  });
}

/** Reports a change that was made, or with `--dry-run` would be. */
export function report(context: Context, planned: Planned): void {
  const { output, args } = context;
  const { opened, subject, former, situation, others, now, isChange, instances, secret } = planned;
  const isDry = args.options["dry-run"] === true;
  const isSame = wasInForce(planned) && former.snapshot?.find(subject.name)?.state.mode === situation.state.mode;
  const verb = isDry ? "would be" : !isChange ? "is already" : isSame ? "stays" : "is now";
  output.line(headline(output, situation, verb));
  const { rows, isNobody } = describeAdmissions(situation.state, instances);
  const undo = undoOf(planned);
  const alsoOn = listInForce(others);
  printRows(output, [
    ...describeState(situation, now, { run: args.command === "run" }),
    ...describeLasted(planned),
    ...rows,
    ...describeRemoved(planned),
    ...(alsoOn === undefined ? [] : [["also on", alsoOn] as const]),
    ["store", opened.label],
    ...(undo === undefined ? [] : [["undo", undo] as const]),
  ]);
  if (secret !== undefined) {
    output.line(isDry ? "It would create a bypass link." : describeBypass(readSite(args.options), secret));
  }
  for (const note of notesOn(context, planned, isNobody)) output.note(note);
  if (isDry) output.line("Nothing was changed (--dry-run).");
}

/** What to type to turn off what was turned on. */
function undoOf({ opened, subject, situation, snapshot }: Planned): string | undefined {
  return situation.state.mode === "off" ? undefined : commandFor(opened, offWords(subject.name, snapshot.state));
}

/** The windows that `off --all` removes. */
function describeRemoved({ subject, former }: Planned): Row[] {
  const removed = subject.isAll ? (former.snapshot?.all ?? []).filter(({ name }) => name !== undefined) : [];
  return removed.length === 0 ? [] : [["removed", listNames(removed)]];
}

function describeBypass(site: URL | undefined, secret: string): string {
  return `To get in yourself, open this once: ${bypassLink(site, secret)}
It is not shown again. Scripts can send it as a header: Maintenance-Bypass: ${secret}`;
}

/** For how many milliseconds maintenance was in force, if this turns it off. */
function lastedBefore({ former: { snapshot }, subject: { name }, situation, now }: Planned): number | undefined {
  const former = snapshot?.find(name)?.state;
  return former === undefined || situation.state.mode !== "off" ? undefined : lastedMs(former, now);
}

/** For how long maintenance was in force that ends now, and who had turned it on. */
function describeLasted(planned: Planned): Row[] {
  const lasted = lastedBefore(planned);
  if (lasted === undefined) return [];
  const { since, by } = planned.former.snapshot!.find(planned.subject.name)!.state;
  const from = since === undefined ? "" : `, since ${formatClock(Date.parse(since))}`;
  return [["lasted", `${formatDuration(lasted)}${from}${by === undefined ? "" : `, by ${by}`}`]];
}

function bypassJson(site: URL | undefined, secret: string): Record<string, unknown> {
  return { secret, query: `${BYPASS_NAME}=${secret}`, url: site === undefined ? null : bypassLink(site, secret) };
}

/** What to type after an interruption, and how to get in. */
export function afterInterruption({ args }: Context, planned: Planned): {
  readonly undo: string;
  readonly getIn: string;
} {
  const { opened, situation, secret, back, subject, snapshot } = planned;
  const { mode, bypass } = situation.state;
  const flag = nameFlag(subject.name);
  if (mode === "off") {
    return { undo: commandFor(opened, `on${flag}`), getIn: "everyone gets in, once each process has the new state" };
  }
  const again = commandFor(opened, `${mode} --with-bypass${flag}`);
  return {
    undo: commandFor(
      opened,
      back === undefined || back.root.mode === "off" ? offWords(subject.name, snapshot.state) : `off --restore${flag}`,
    ),
    getIn: secret !== undefined
      ? bypassLink(readSite(args.options), secret)
      : bypass === undefined
      ? again
      : `with the bypass link that you have, or with a new one: ${again}`,
  };
}

function wasInForce({ former: { snapshot }, subject, now }: Planned): boolean {
  return snapshot !== undefined && situationOf(snapshot, now, subject.name).inForce;
}

function* notesOn({ args }: Context, planned: Planned, isNobody: boolean): Generator<string> {
  const { opened, former, situation, isChange, instances, others } = planned;
  const { state, phase } = situation;
  const before = former.snapshot?.find(planned.subject.name)?.state;
  if (situation.inForce && wasInForce(planned) && partOf(before!) !== undefined && partOf(state) === undefined) {
    yield "maintenance covered a part of the site before, and covers the whole site now";
  }
  if (planned.secret !== undefined && before?.bypass !== undefined && before.mode !== "off") {
    yield args.command === "run"
      ? "the bypass link from before does not work until the state from before is back"
      : "the bypass link from before no longer works";
  }
  if (args.command === "run") yield* notesOnRun(planned);
  else yield* notesOnOwners(planned, args.options["dry-run"] === true);
  if (isNobody && phase !== "ended") {
    yield "nobody gets in, not even you: to change that, give --with-bypass or --allow-ip <your address>";
  }
  if (phase === "scheduled") yield explainSchedule(situation);
  const planning = others.filter(({ phase }) => phase === "scheduled");
  if (args.command === "off" && args.options.name === undefined && planning.length > 0) {
    yield `still planned: ${listNames(planning)}: see ${commandFor(opened, "windows")}`;
  }
  if (args.command === "admit" && state.admit === 1) {
    yield `everyone gets in: to end maintenance, run ${undoOf(planned)}`;
  }
  // After a real "off", no process is needed. With --wait it is an error, which comes later.
  const isOffNow = state.mode === "off" && isChange;
  const isWaiting = args.command === "run" || args.options.wait !== undefined;
  if (instances?.length === 0 && !isOffNow && !isWaiting) yield NO_PROCESS;
}

/** Notes about the runs whose windows the change takes over. */
function* notesOnOwners({ former, subject, situation }: Planned, isDry: boolean): Generator<string> {
  const taken = (former.snapshot?.all ?? []).filter(({ name }) => subject.isAll || name === subject.name);
  const consequence = situation.phase === "off"
    ? "which goes on without maintenance if it is still running"
    : "which no longer changes the state when it succeeds";
  for (const { state: { owner } } of taken) {
    if (owner !== undefined) yield `this ${isDry ? "would take" : "takes"} over from ${owner}, ${consequence}`;
  }
}

/** Notes about the end of `run`, unless it will simply turn maintenance off. */
function* notesOnRun({ former, subject, back, now }: Planned): Generator<string> {
  if (former.snapshot === undefined) return;
  const { state, inForce } = situationOf(former.snapshot, now, subject.name);
  if (state.owner !== undefined && back!.window.owner === state.owner) {
    yield `${state.owner} may still be at work: if the command succeeds, maintenance stays on for it`;
  } else if (state.former !== undefined || state.owner !== undefined) {
    const end = back!.window.mode === "off" ? "turns it off" : "goes back to the state from before that";
    yield `a run that failed left maintenance on: if the command succeeds, this one ${end}`;
  } else if (inForce) {
    const was = state.mode === "on" ? "maintenance was already on" : "the site was already read-only";
    yield `${was}: if the command succeeds, run goes back to that`;
  }
}

function explainSchedule({ state }: Situation): string {
  return state.recurring === undefined
    ? "maintenance is not on yet: to begin at once, give --start now"
    : "maintenance is on only at these times: to turn it on now and until you turn it off, give --every none";
}
