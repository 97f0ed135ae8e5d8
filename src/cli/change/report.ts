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
import { bypassLink, readSite } from "../input/site.ts";
import { formatTime } from "../input/times.ts";
import { viewInstances } from "../output/fleet-table.ts";
import { commandFor } from "../process/program.ts";
import { jsonOf, showable, type Situation, situationOf } from "../situation.ts";
import type { Planned } from "./plan.ts";

/** Puts a planned change into the object that `--json` prints. */
export function fillResult({ result, args, output }: Context, planned: Planned, revision: string | undefined): void {
  const { opened, former, situation, isChange, instances, secret } = planned;
  const isWritten = args.options["dry-run"] !== true;
  Object.assign(result, {
    store: opened.label,
    ...jsonOf(situation),
    lastedMs: lastedBefore(planned) ?? null,
    former: former.snapshot === undefined ? null : showable(former.snapshot.find(undefined)!.state),
    changed: isChange && isWritten,
    dryRun: !isWritten,
    bypass: secret === undefined || !isWritten ? null : bypassJson(readSite(args.options), secret),
    revision: revision ?? null,
    undo: situation.state.mode === "off" ? null : commandFor(opened, "off"),
    instances: viewInstances(instances, revision ?? former.revision, Date.now()) ?? null,
    notes: output.notes,
  });
}

/** Reports a change that was made, or with `--dry-run` would be. */
export function report(context: Context, planned: Planned): void {
  const { output, args } = context;
  const { opened, former, situation, now, isChange, instances, secret } = planned;
  const isDry = args.options["dry-run"] === true;
  const isSame = wasInForce(planned) && former.snapshot?.state.mode === situation.state.mode;
  const verb = isDry ? "would be" : !isChange ? "is already" : isSame ? "stays" : "is now";
  output.line(headline(output, situation, verb));
  const { rows, isNobody } = describeAdmissions(situation.state, instances);
  const undo: Row[] = situation.state.mode === "off" ? [] : [["undo", commandFor(opened, "off")]];
  printRows(output, [
    ...describeState(situation, now),
    ...describeLasted(planned),
    ...rows,
    ["store", opened.label],
    ...undo,
  ]);
  if (secret !== undefined) {
    output.line(isDry ? "It would create a bypass link." : describeBypass(readSite(args.options), secret));
  }
  for (const note of notesOn(context, planned, isNobody)) output.note(note);
  if (isDry) output.line("Nothing was changed (--dry-run).");
}

function describeBypass(site: URL | undefined, secret: string): string {
  return `To get in yourself, open this once: ${bypassLink(site, secret)}
It is not shown again. Scripts can send it as a header: Maintenance-Bypass: ${secret}`;
}

/** For how many milliseconds maintenance was in force, if this turns it off. */
function lastedBefore({ former: { snapshot }, situation, now }: Planned): number | undefined {
  return snapshot === undefined || situation.state.mode !== "off" ? undefined : lastedMs(snapshot.state, now);
}

/** For how long maintenance was in force that ends now, and who had turned it on. */
function describeLasted(planned: Planned): Row[] {
  const lasted = lastedBefore(planned);
  if (lasted === undefined) return [];
  const { since, by } = planned.former.snapshot!.state;
  const from = since === undefined ? "" : `, since ${formatTime(Date.parse(since), planned.now)}`;
  return [["lasted", `${formatDuration(lasted)}${from}${by === undefined ? "" : `, by ${by}`}`]];
}

function bypassJson(site: URL | undefined, secret: string): Record<string, unknown> {
  return { secret, query: `${BYPASS_NAME}=${secret}`, url: site === undefined ? null : bypassLink(site, secret) };
}

/** What to type after an interruption, and how to get in. */
export function afterInterruption({ args }: Context, { opened, situation, secret, back }: Planned): {
  readonly undo: string;
  readonly getIn: string;
} {
  const { mode, bypass } = situation.state;
  if (mode === "off") {
    return { undo: commandFor(opened, "on"), getIn: "everyone gets in, once each process has the new state" };
  }
  const again = commandFor(opened, `${mode} --with-bypass`);
  return {
    undo: commandFor(opened, back === undefined || back.root.mode === "off" ? "off" : "off --restore"),
    getIn: secret !== undefined
      ? bypassLink(readSite(args.options), secret)
      : bypass === undefined
      ? again
      : `with the bypass link that you have, or with a new one: ${again}`,
  };
}

function wasInForce({ former: { snapshot }, now }: Planned): boolean {
  return snapshot !== undefined && situationOf(snapshot, now).inForce;
}

function* notesOn({ args }: Context, planned: Planned, isNobody: boolean): Generator<string> {
  const { opened, former, situation, isChange, instances } = planned;
  const { state, phase } = situation;
  const before = former.snapshot?.find(undefined)?.state;
  if (situation.inForce && wasInForce(planned) && partOf(before!) !== undefined && partOf(state) === undefined) {
    yield "maintenance covered a part of the site before, and covers the whole site now";
  }
  if (planned.secret !== undefined && before?.bypass !== undefined && before.mode !== "off") {
    yield args.command === "run"
      ? "the bypass link from before does not work until the state from before is back"
      : "the bypass link from before no longer works";
  }
  const owner = before?.owner;
  if (args.command === "run") yield* notesOnRun(planned);
  else if (owner !== undefined) {
    const consequence = phase === "off"
      ? "which goes on without maintenance if it is still running"
      : "which no longer changes the state when it succeeds";
    yield `this ${args.options["dry-run"] ? "would take" : "takes"} over from ${owner}, ${consequence}`;
  }
  if (isNobody && phase !== "ended") {
    yield "nobody gets in, not even you: to change that, give --with-bypass or --allow-ip <your address>";
  }
  if (phase === "scheduled") yield explainSchedule(situation);
  if (args.command === "admit" && state.admit === 1) {
    yield `everyone gets in: to end maintenance, run ${commandFor(opened, "off")}`;
  }
  // After a real "off", no process is needed. With --wait it is an error, which comes later.
  const isOffNow = state.mode === "off" && isChange;
  const isWaiting = args.command === "run" || args.options.wait !== undefined;
  if (instances?.length === 0 && !isOffNow && !isWaiting) yield NO_PROCESS;
}

/** Notes about the end of `run`, unless it will simply turn maintenance off. */
function* notesOnRun({ former, back, now }: Planned): Generator<string> {
  if (former.snapshot === undefined) return;
  const { state, inForce } = situationOf(former.snapshot, now);
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

function explainSchedule({ beginsAt }: Situation): string {
  return beginsAt === undefined
    ? "maintenance is on only during its recurring windows: to turn it on now, turn it off first, which removes the windows"
    : "maintenance is not on yet: to begin at once, give --start now";
}
