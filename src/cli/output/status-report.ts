import type { FleetReport } from "../../state/fleet.ts";
import { isCounted } from "../../state/fleet-target.ts";
import type { Instance } from "../../types/fleet.ts";
import type { MaintenanceWindow } from "../../types/maintenance-state.ts";
import { formatSince, formatTime } from "../input/times.ts";
import type { OpenStore } from "../open/stores.ts";
import { commandFor } from "../process/program.ts";
import { offWords } from "../windows.ts";
import { jsonOf, showable, type Situation, type Stored } from "../situation.ts";
import {
  describeAdmissions,
  describeState,
  headline,
  isLeftByRun,
  NO_PROCESS,
  printable,
  printRows,
  printText,
  type Row,
} from "./describe.ts";
import { fleetWarnings, type InstanceView, printFleet, shorten, viewInstances } from "./fleet-table.ts";
import type { Output } from "./output.ts";
import { headlineOfAll, printNamed, windowJson } from "./windows.ts";
import { joinVerdicts, judge, judgeOpen, notSafe, printVerdict, type Verdict, verdictJson } from "./verdict.ts";

/** What there is to see at an instant. */
export interface Look {
  readonly current: Stored;
  /** `undefined` if the stored state is not valid. */
  readonly situation: Situation | undefined;
  /** All maintenances: that without a name, unless it is off, and the windows. */
  readonly windows: readonly Situation[];
  /** `undefined` if the store does not record its processes, or they cannot be read. */
  readonly fleet: FleetReport | undefined;
  /** Why the processes cannot be read. */
  readonly failure: { readonly error: unknown } | undefined;
  /** The processes that were last seen, in this look or before it. */
  readonly known: readonly Instance[];
  /** When it was, in milliseconds since 1970. */
  readonly now: number;
}

/** A look as `status --json` prints it. */
export function statusJson(opened: OpenStore, look: Look): Record<string, unknown> {
  const { current: { revision, snapshot }, situation, windows } = look;
  return {
    store: opened.label,
    state: null,
    revision,
    instances: viewOf(look) ?? null,
    ...(snapshot !== undefined && situation !== undefined && {
      state: showable(snapshot.state),
      ...jsonOf(situation),
      undo: undoOf(opened, look, situation),
      windows: windows.map((window) => windowJson(window, opened, snapshot.state)),
    }),
    verdict: verdictJson(judgeLook(look)),
    warnings: warningsOf(look),
  };
}

/** Prints a look: the warnings first, the verdict last. */
export function printStatus(output: Output, opened: OpenStore, look: Look): void {
  const { situation, fleet, failure, now } = look;
  const warnings = warningsOf(look);
  for (const warning of warnings) {
    const [first, ...rest] = wrapWarning(output, warning);
    output.line(`${output.paint("yellow", "warning:")}${first!.slice("warning:".length)}`);
    for (const line of rest) output.line(line);
  }
  if (situation !== undefined) {
    if (warnings.length > 0) output.line("");
    printSituation(output, opened, look, situation);
  }
  const instances = viewOf(look);
  if (instances !== undefined && instances.length > 0) {
    output.line("");
    // While the stored state is not valid, the processes show the last valid one.
    printFleet(output, instances);
  } else if (fleet === undefined && failure === undefined) {
    output.line("");
    output.line("This store does not record its processes.");
  }
  output.line("");
  printVerdict(output, judgeLook(look), now);
}

function wrapWarning(output: Output, warning: string): string[] {
  const lines: string[] = [];
  printText({ ...output, line: (text) => void lines.push(text) }, `warning: ${warning}`, 2);
  return lines;
}

function printSituation(output: Output, opened: OpenStore, look: Look, situation: Situation): void {
  const { fleet, windows, now } = look;
  const since = sinceOf(situation, now);
  output.line(headlineOfAll(output, situation, windows) ?? headline(output, situation, "is", since));
  const { rows } = describeAdmissions(situation.state, fleet?.instances);
  const undo = undoOf(opened, look, situation);
  printRows(output, [
    ...(since === undefined ? plannedRow(situation, now) : []),
    ...describeState(situation, now, { since: since !== undefined }),
    ...(situation.phase === "ended" ? [] : rows),
    ["store", opened.label],
    ...(undo === null ? [] : [["undo", undo] as const]),
    ...(isRestorable(situation.state) ? [["go back", commandFor(opened, "off --restore")] as const] : []),
  ]);
  printNamed(output, windows, opened, now);
}

function viewOf({ current, fleet, now }: Look): InstanceView[] | undefined {
  return viewInstances(fleet?.instances, current.revision, now);
}

function undoOf(opened: OpenStore, { current: { snapshot } }: Look, { state }: Situation): string | null {
  return state.mode === "off" ? null : commandFor(opened, offWords(undefined, snapshot!.state));
}

/** Since when a situation is so, and by whom, in a clause. It is unknown in a recurring window. */
function sinceOf({ state, phase }: Situation, now: number): string | undefined {
  const { by, since, start, recurring } = state;
  if (phase === "scheduled" || phase === "ended" || recurring !== undefined) return undefined;
  const setAt = since === undefined ? undefined : Date.parse(since);
  const startedAt = phase === "off" || start === undefined ? -Infinity : Date.parse(start);
  const at = Math.max(setAt ?? -Infinity, startedAt);
  if (!Number.isFinite(at)) return by === undefined ? undefined : `set by ${by}`;
  const who = by === undefined ? "" : startedAt > (setAt ?? -Infinity) ? `, planned by ${by}` : ` by ${by}`;
  return `since ${formatSince(at, now)}${who}`;
}

/** Who has planned something, and when. */
function plannedRow({ state: { by, since } }: Situation, now: number): Row[] {
  const when = since === undefined ? [] : [formatSince(Date.parse(since), now)];
  const who = by === undefined ? [] : [`by ${by}`];
  return by === undefined && since === undefined ? [] : [["set", [...when, ...who].join(" ")]];
}

/** What an operator has to know before all else. */
function warningsOf({ situation, fleet, current, now }: Look): string[] {
  const warnings: string[] = [];
  if (situation?.overdueMs !== undefined) {
    warnings.push(`overdue: the end was expected ${formatTime(now - situation.overdueMs, now)}`);
  }
  if (fleet === undefined) return warnings;
  const instances = viewInstances(fleet.instances, current.revision, now)!;
  if (instances.length === 0) return [...warnings, `${NO_PROCESS[0]!.toLowerCase()}${NO_PROCESS.slice(1)}`];
  const found = fleetWarnings(instances);
  if (situation?.inForce) found.push(...uncountedWarnings(fleet));
  return [...warnings, ...found];
}

/** Names the processes of which nobody knows what they have at work, while that matters. */
function uncountedWarnings({ instances }: FleetReport): string[] {
  const names = instances.filter((instance) => !isCounted(instance)).map(({ host, pid }) => `${host} (pid ${pid})`);
  if (names.length === 0) return [];
  const verb = names.length === 1 ? "does" : "do";
  return [printable(`${shorten(names)} ${verb} not count everything at work: on --wait says why`)];
}

/** Whether it is safe to migrate, as `on --wait` would say at once. */
function judgeLook(look: Look): Verdict {
  const { situation, windows } = look;
  if (situation === undefined) return notSafe("the stored state is not valid");
  const on = windows.filter(({ inForce }) => inForce);
  if (on.length === 0) return judgeWindow(look, windows[0] ?? situation);
  return joinVerdicts(on.map((window) => ({ window, verdict: judgeWindow(look, window) })));
}

function judgeWindow({ fleet, failure, now }: Look, window: Situation): Verdict {
  const open = judgeOpen(window, now);
  if (open !== undefined) return open;
  if (failure !== undefined) return notSafe("the processes cannot be read");
  if (fleet === undefined) return notSafe("nobody knows what the processes have at work");
  return judge(window, fleet, {}, now);
}

/** Whether a run has left a state from before it that is not just off. */
function isRestorable(state: MaintenanceWindow): boolean {
  return isLeftByRun(state) && state.former !== undefined && state.former.mode !== "off";
}
