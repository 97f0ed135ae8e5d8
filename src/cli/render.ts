import { formatDuration } from "../util/durations.ts";
import type { Instance } from "../types/fleet.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { isUnreadable } from "../state/instance-record.ts";
import { formatPart } from "./admit.ts";
import type { Output } from "./output.ts";
import type { Situation } from "./stored.ts";
import { formatTime } from "./times.ts";

/** A line of a report: what it is about, and what there is to say. */
export type Row = readonly [label: string, text: string];

/** Prints rows below each other. */
export function printRows(output: Output, rows: readonly Row[]): void {
  for (const [label, text] of rows) output.line(`  ${output.paint("dim", label.padEnd(8))}  ${printable(text)}`);
}

/** Text from a store, which must not move the cursor of a terminal. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- these are what is looked for
  return text.replace(/[\x00-\x1f\x7f-\x9f]+/g, " ");
}

/** Says in a few words where a state stands. */
export function headline(output: Output, situation: Situation, verb = "is"): string {
  const { phase, state, beginsAt } = situation;
  const what = state.urls === undefined ? "" : " for a part of the site";
  switch (phase) {
    case "off":
      return `Maintenance ${verb} ${output.paint("green", "off")}.`;
    case "ended":
      return `Maintenance is ${output.paint("green", "off")}: its end has passed (${state.end}).`;
    case "scheduled": {
      const scheduled = `${verb === "would be" ? verb : "is"} ${output.paint("yellow", "scheduled")}`;
      return `Maintenance ${scheduled}${what}: it is not ${
        beginsAt === undefined ? "the time of its windows" : "on yet"
      }.`;
    }
    default: {
      const mode = phase === "on" ? output.paint("red", "on") : output.paint("yellow", "read-only");
      return `Maintenance ${verb} ${mode}${what}.`;
    }
  }
}

/** A reason on one line, in all its languages. */
function describeReason(reason: NonNullable<MaintenanceState["reason"]>): string {
  if (typeof reason === "string") return reason;
  return Object.entries(reason).map(([language, text]) => `${language}: ${text}`).join("; ");
}

/** What a state says, for people. */
export function describeState({ state, beginsAt, endsAt, phase }: Situation, now: number): Row[] {
  if (state.mode === "off") return [];
  const rows: (Row | undefined)[] = [
    state.reason ? ["reason", describeReason(state.reason)] : undefined,
    state.urls && ["only", list(state.urls)],
    beginsAt !== undefined
      ? ["begins", formatTime(beginsAt, now)]
      : state.start === undefined
      ? undefined
      : ["since", formatTime(Date.parse(state.start), now)],
    [
      phase === "ended" ? "ended" : "until",
      endsAt === undefined ? "somebody switches it off" : formatTime(endsAt, now),
    ],
    state.recurring && [
      "windows",
      state.recurring.map(({ cron, duration, timeZone = "UTC" }) => `${cron} for ${duration} (${timeZone})`).join("; "),
    ],
    state.owner === undefined ? undefined : ["owner", state.owner],
    state.retryAfter === undefined
      ? undefined
      : ["retry", `clients are asked to wait ${formatDuration(state.retryAfter * 1_000)}`],
  ];
  return rows.filter((row) => row !== undefined);
}

/** What lets somebody in by the code of the site, by the words of `DecisionReason`. */
const ADMISSIONS: Readonly<Record<string, string>> = {
  staff: "staff",
  "internal-ip": "internal IP addresses",
  "ignored-url": "ignored URLs",
  bypass: "the bypass link",
  allowed: "a rule of its own",
};

/** Whom the code of the processes lets in, in words. */
export function admissionsByCode(instances: readonly Instance[] = []): string[] {
  const words = [...new Set(instances.flatMap(({ admits }) => admits))];
  return words.map((word) => {
    const count = instances.filter(({ admits }) => admits.includes(word)).length;
    const where = count === instances.length ? "" : ` (${count} of ${instances.length} processes)`;
    return `${Object.hasOwn(ADMISSIONS, word) ? ADMISSIONS[word] : word}${where}`;
  });
}

/** Who gets in while a state holds. */
export interface Admissions {
  readonly rows: readonly Row[];
  /** Whether it is sure that nobody does. */
  readonly isNobody: boolean;
}

/** Finds out who gets in: by the state, and by the code of the processes as far as they tell. */
export function describeAdmissions(state: MaintenanceState, instances: readonly Instance[] | undefined): Admissions {
  if (state.mode === "off") return { rows: [], isNobody: false };
  const texts: string[] = [];
  if (state.mode === "read-only") texts.push("everybody who only reads (GET, HEAD, OPTIONS)");
  if (state.internalIps?.length) texts.push(list(state.internalIps));
  if (state.ignoreUrls?.length) texts.push(`everybody at ${list(state.ignoreUrls)}`);
  if (state.admit) texts.push(`${formatPart(state.admit)} of the visitors`);
  if (state.bypass !== undefined) texts.push("who knows the secret of the bypass");
  const byCode = admissionsByCode(instances);
  if (byCode.length > 0) texts.push(`by the code of the site: ${byCode.join(", ")}`);
  const isKnown = instances !== undefined && instances.length > 0 && !instances.some(isUnreadable);
  if (!isKnown) texts.push("whom the code of the site lets in, which is not known here");
  const isNobody = texts.length === 0;
  return { rows: [["gets in", isNobody ? "nobody" : texts.join("; ")]], isNobody };
}

function list(texts: readonly string[]): string {
  return texts.join(", ");
}

/** A word with its number. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
