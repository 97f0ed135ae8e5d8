import { formatDuration } from "../../util/durations.ts";
import type { Instance } from "../../types/fleet.ts";
import type { MaintenanceMode, MaintenanceWindow, RecurringWindow } from "../../types/maintenance-state.ts";
import { isProcessThere } from "../../state/owner.ts";
import { isUnreadable } from "../../state/instance-record.ts";
import { formatPercentage } from "../../util/percentage.ts";
import { formatTime } from "../input/times.ts";
import type { Situation } from "../situation.ts";
import type { Output } from "./output.ts";
import { wrap } from "./wrap.ts";

/** A line of a report: its label and its text. */
export type Row = readonly [label: string, text: string];

/** Why no process may be registered in a store that records its processes. */
export const WHY_NO_PROCESS: string =
  "Either it is not the site's store, or the site is not running, or the site cannot " +
  "write its record there: then its log says why.";

/** The report if no process is registered. */
export const NO_PROCESS: string = `No running process uses this store. ${WHY_NO_PROCESS}`;

/** The columns in front of the text of a row. */
const INDENT = 15;

/** The labels of rows whose text is there to be copied, so that it stays on one line. */
const WHOLE = ["store", "undo", "go back"];

/** Prints rows as two columns. */
export function printRows(output: Output, rows: readonly Row[]): void {
  for (const [label, text] of rows) {
    const lines = WHOLE.includes(label) ? [printable(text)] : wrap(printable(text), output.width - INDENT);
    lines.forEach((line, index) =>
      output.line(
        index === 0 ? `  ${output.paint("dim", label.padEnd(11))}  ${line}` : `${" ".repeat(INDENT)}${line}`,
      )
    );
  }
}

/** Prints a sentence, broken into lines. */
export function printText(output: Output, text: string, indent = 0): void {
  for (const line of wrap(text, output.width, indent)) output.line(line);
}

/** Text from a store without control characters, which could move the cursor of a terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters to remove
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}

/**
 * Sums up a situation in one sentence.
 *
 * @param verb The verb of the sentence: `"is"`, `"is now"`, `"stays"`, `"is already"` or `"would be"`.
 * @param since A clause to add: since when it is so.
 */
export function headline(output: Output, situation: Situation, verb = "is", since?: string): string {
  const { name, phase, state } = situation;
  const part = partOf(state) === undefined ? "" : " for part of the site";
  const clause = since === undefined ? "" : `, ${printable(since)}`;
  const subject = name === undefined ? "Maintenance" : `Window "${name}"`;
  switch (phase) {
    case "off":
      return `${subject} ${verb} ${output.paint("green", "off")}${clause}.`;
    case "ended":
      return `${subject} is ${output.paint("green", "off")}: it ended at ${state.end}.`;
    case "scheduled": {
      const scheduled = `${verb === "would be" ? verb : "is"} ${output.paint("yellow", "scheduled")}`;
      return `${subject} ${scheduled}${part}: it is not on yet.`;
    }
    case "read-only": {
      const site = part === "" ? "The site" : "A part of the site";
      const readOnly = output.paint("yellow", "read-only");
      return name === undefined
        ? `${site} ${verb} ${readOnly}${clause}.`
        : `${subject} ${verb} ${readOnly}${part}${clause}.`;
    }
    default:
      return `${subject} ${verb} ${output.paint("red", "on")}${part}${clause}.`;
  }
}

/** What a mode makes of the site, as a clause: `"maintenance is on"`, `"the site stays read-only"`. */
export function clauseOf(mode: MaintenanceMode, verb: "is" | "stays"): string {
  return mode === "read-only" ? `the site ${verb} read-only` : `maintenance ${verb} ${mode}`;
}

/** The part of the site that a state closes, in words; `undefined` for the whole site. */
export function partOf({ hosts, urls }: MaintenanceWindow): string | undefined {
  if (hosts === undefined) return urls?.join(", ");
  return urls === undefined ? hosts.join(", ") : `${urls.join(", ")} on ${hosts.join(", ")}`;
}

/** A reason on one line, in all its languages. */
export function describeReason(reason: NonNullable<MaintenanceWindow["reason"]>): string {
  if (typeof reason === "string") return reason;
  return Object.entries(reason).map(([language, text]) => `${language}: ${text}`).join("; ");
}

/**
 * The settings of a state, as rows.
 *
 * @param known What the reader knows already: `since` if the sentence in front says since when it is so, `run` if the run of
 * this process owns the state.
 */
export function describeState(
  { state, beginsAt, endsAt, phase }: Situation,
  now: number,
  known: { readonly since?: boolean; readonly run?: boolean } = {},
): Row[] {
  const note: Row[] = state.note === undefined ? [] : [["note", state.note]];
  if (state.mode === "off") return [...note, ...describeRun(state, known.run)];
  const part = partOf(state);
  const rows: (Row | undefined)[] = [
    state.reason ? ["reason", describeReason(state.reason)] : undefined,
    ...note,
    part === undefined ? undefined : ["only", part],
    beginsAt !== undefined
      ? ["begins", formatTime(beginsAt, now)]
      : state.start === undefined || state.recurring !== undefined || known.since === true
      ? undefined
      : ["since", formatTime(Date.parse(state.start), now)],
    state.expectedEnd === undefined ? undefined : ["expected", formatTime(Date.parse(state.expectedEnd), now)],
    [phase === "ended" ? "ended" : "until", endsAt === undefined ? "you turn it off" : formatTime(endsAt, now)],
    ...describeRecurring(state, now),
    ...describeRun(state, known.run),
    state.retryAfter === undefined ? undefined : ["retry after", describeRetryAfter(state.retryAfter, now)],
    state.status === undefined ? undefined : ["status", String(state.status)],
  ];
  return rows.filter((row) => row !== undefined);
}

/** The times at which maintenance comes back, on one line. */
export function describeTimes(recurring: readonly RecurringWindow[]): string {
  return recurring.map(({ cron, duration, timeZone = "UTC" }) => `${cron} for ${duration} (${timeZone})`).join("; ");
}

/** The times at which maintenance comes back, as rows. */
export function describeRecurring({ recurring, start, end }: MaintenanceWindow, now: number): Row[] {
  if (recurring === undefined) return [];
  return [
    ["every", describeTimes(recurring)],
    ...(start === undefined ? [] : [["first", `not before ${formatTime(Date.parse(start), now)}`] as const]),
    ...(end === undefined ? [] : [["last", `not after ${formatTime(Date.parse(end), now)}`] as const]),
  ];
}

function describeRetryAfter(retryAfter: number | string, now: number): string {
  if (typeof retryAfter === "number") return formatDuration(retryAfter * 1_000);
  return formatTime(Date.parse(retryAfter), now);
}

/**
 * The run of a state, and the state that it goes back to.
 *
 * @param isOwn Whether it is the run of this process. Its name alone does not tell: a killed one may have had the same number.
 */
export function describeRun({ mode, owner, former }: MaintenanceWindow, isOwn = false): Row[] {
  const end = former === undefined ? "turns maintenance off" : "goes back to the state from before";
  const condition = mode === "off"
    ? "when it is done"
    : isOwn
    ? "if it succeeds"
    : "if it is still running and succeeds";
  const fate = !isOwn && owner !== undefined && isProcessThere(owner) === false
    ? "it is not running any more and cannot end this"
    : `${condition}, it ${end}`;
  const rows: Row[] = owner === undefined ? [] : [["owner", `${owner} (${fate})`]];
  if (former === undefined) return rows;
  const consequence = owner === undefined ? " (a run did not succeed: the next that does goes back to this)" : "";
  return [...rows, ["before", `${summarise(former)}${consequence}`]];
}

/** Whether a run has ended without going back to the state from before it, as far as this machine can tell. */
export function isLeftByRun({ owner, former }: MaintenanceWindow): boolean {
  return owner === undefined ? former !== undefined : isProcessThere(owner) === false;
}

/** A state in a few words. */
export function summarise({ mode, reason }: MaintenanceWindow): string {
  return `${mode}${reason ? `: ${describeReason(reason)}` : ""}`;
}

/** The words of `DecisionReason` that let a visitor in, for people. */
const ADMISSIONS: Readonly<Record<string, string>> = {
  staff: "staff",
  "internal-ip": "internal IP addresses",
  "ignored-url": "everyone at ignored URLs",
  bypass: "holders of its bypass link",
  allowed: 'the option "allow"',
  "safe-method": "requests that it counts as reading",
};

/** Which visitors the code of the processes allows, in words. */
export function admissionsByCode(instances: readonly Instance[] = []): string[] {
  const words = [...new Set(instances.flatMap(({ admits }) => admits))];
  return words.map((word) => {
    const count = instances.filter(({ admits }) => admits.includes(word)).length;
    const where = count === instances.length ? "" : ` (${count} of ${instances.length} processes)`;
    return `${Object.hasOwn(ADMISSIONS, word) ? ADMISSIONS[word] : word}${where}`;
  });
}

/** Whether the processes report which visitors the site's code allows: one at least is there, and all are readable. */
export function isCodeKnown(instances: readonly Instance[] | undefined): boolean {
  return instances !== undefined && instances.length > 0 && !instances.some(isUnreadable);
}

/** Who gets in under a state. */
export interface Admissions {
  readonly rows: readonly Row[];
  /** Whether certainly nobody gets in. */
  readonly isNobody: boolean;
}

/** Finds out who gets in: by the state, and by the site's own code as far as the processes report it. */
export function describeAdmissions(state: MaintenanceWindow, instances: readonly Instance[] | undefined): Admissions {
  if (state.mode === "off") return { rows: [], isNobody: false };
  const texts: string[] = [];
  if (state.mode === "read-only") texts.push(describeReading(state));
  if (state.internalIps?.length) texts.push(state.internalIps.join(", "));
  if (state.ignoreUrls?.length) texts.push(`everyone at ${state.ignoreUrls.join(", ")}`);
  if (state.admit) texts.push(`${formatPercentage(state.admit)} of visitors`);
  if (state.bypass !== undefined) texts.push("holders of the bypass link");
  const byCode = describeCode(instances, state.mode);
  if (byCode !== undefined) texts.push(byCode);
  const isNobody = texts.length === 0;
  return { rows: [["who gets in", isNobody ? "nobody" : texts.join("; ")]], isNobody };
}

/** Which requests count as reading. */
function describeReading({ reads, writes }: MaintenanceWindow): string {
  const also = reads?.length ? `; also ${reads.join(", ")}` : "";
  const not = writes?.length ? `; not ${writes.join(", ")}` : "";
  return `visitors who only read (GET, HEAD and other safe methods${also}${not})`;
}

function describeCode(instances: readonly Instance[] | undefined, mode: MaintenanceMode): string | undefined {
  // What counts as reading matters only while the site is read-only.
  const relevant = mode === "read-only" ? instances : instances?.map((instance) => ({
    ...instance,
    admits: instance.admits.filter((word) => word !== "safe-method"),
  }));
  const words = admissionsByCode(relevant);
  const isKnown = isCodeKnown(instances);
  if (words.length === 0) return isKnown ? undefined : "whoever the site's own code allows (not visible from here)";
  return `whoever the site's own code allows: ${words.join(", ")}${
    isKnown ? "" : " (not all of it is visible from here)"
  }`;
}

/** A sentence about those of all processes that lag behind, in the forms of its predicate. */
export interface LateWords {
  /** What is true of none if all lag behind, such as `"is ready"`. */
  readonly none: string;
  /** What is true of one. */
  readonly one: string;
  /** What is true of several. */
  readonly many: string;
}

/** Says of how many processes something is true that is wrong: `"1 of 3 processes is not ready"`. */
export function describeLate(late: number, all: number, { none, one, many }: LateWords): string {
  if (all === 1) return `the only process ${one}`;
  return late === all
    ? `none of the ${all} processes ${none}`
    : `${late} of ${all} processes ${late === 1 ? one : many}`;
}

/** A number with its noun. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
