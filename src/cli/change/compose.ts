import { parseDuration } from "../../util/durations.ts";
import { describeProblem } from "../../util/errors.ts";
import { checkEachUrl } from "../../state/excluded-urls.ts";
import { parseState } from "../../state/parse.ts";
import { StateError } from "../../state/state-error.ts";
import type { MaintenanceWindow } from "../../types/maintenance-state.ts";
import { type CliError, usageError } from "../exit-codes.ts";
import type { OptionValues } from "../input/options.ts";
import { show } from "../output/secrets.ts";
import { checkRange, parseDurationOption, parseTime, timeZone, toInstant } from "../input/times.ts";

/** The next state, with notes for the operator. */
export interface Change {
  readonly state: MaintenanceWindow;
  readonly notes: readonly string[];
}

/** The fields of a state that is being composed. */
type Draft = { -readonly [Field in keyof MaintenanceWindow]: MaintenanceWindow[Field] };

/** Removes a field whose value is not plain text. */
const NONE = "none";

/**
 * Composes the next state: the given options replace earlier settings, and all other settings stay. If maintenance is off or
 * has ended, the state starts without settings.
 *
 * @param mode The next mode.
 * @param former The stored state of the same maintenance, if there is one.
 * @param options The options of the command line.
 * @param now The clock, in milliseconds since 1970.
 * @throws {CliError} If an option is not valid.
 */
export function composeState(
  mode: "on" | "read-only",
  former: MaintenanceWindow | undefined,
  options: OptionValues,
  now: number,
): Change {
  const isOver = former?.end !== undefined && Date.parse(former.end) <= now;
  const draft: Draft = { ...(former === undefined || former.mode === "off" || isOver ? {} : former), mode };
  // A change takes over from the run that owns the state.
  delete draft.owner;
  delete draft.former;
  const notes: string[] = [];
  const note = (flag: string, text: string) => notes.push(`${flag} ${text} was read as local time (${timeZone()})`);

  if (options.reason === "") delete draft.reason;
  else if (options.reason !== undefined) draft.reason = options.reason;
  if (options.note === "") delete draft.note;
  else if (options.note !== undefined) draft.note = options.note;
  if (options.start === "now") delete draft.start;
  else if (options.start !== undefined) {
    const { ms, isLocal } = parseTime("--start", options.start, now);
    draft.start = toInstant(ms);
    if (isLocal) note("--start", options.start);
  }
  setRecurring(draft, options, note);
  setEnd(draft, options, now, note);
  setExpectedEnd(draft, options, now, note);
  checkOrder(draft, options);
  if (options["retry-after"] === NONE) delete draft.retryAfter;
  else if (options["retry-after"] !== undefined) draft.retryAfter = parseRetryAfter(options["retry-after"], now, note);
  if (options.status === NONE) delete draft.status;
  else if (options.status !== undefined) draft.status = parseStatus(options.status);
  setList(draft, "hosts", "--host", options.host);
  setList(draft, "urls", "--url", options.url);
  setList(draft, "ignoreUrls", "--ignore-url", options["ignore-url"]);
  setList(draft, "reads", "--reads", options.reads);
  setList(draft, "writes", "--writes", options.writes);
  setList(draft, "internalIps", "--allow-ip", options["allow-ip"]);
  return { state: check(draft), notes };
}

/** Sets the times at which maintenance comes back. */
function setRecurring(draft: Draft, options: OptionValues, note: (flag: string, text: string) => void): void {
  const { every, for: duration, zone } = options;
  const isNone = every?.includes(NONE) === true;
  if (isNone && every!.length > 1) throw usageError(`"--every ${NONE}" ends that: leave out the other values`);
  if (isNone) delete draft.recurring;
  if (zone !== undefined && (every === undefined || isNone)) {
    throw usageError('"--zone" is the time zone of "--every": give --every as well, or leave out --zone');
  }
  if (every === undefined && duration !== undefined && draft.recurring !== undefined) {
    throw usageError(
      `"--for" is the duration of each window here, since maintenance recurs: give --every ${
        show(draft.recurring[0]!.cron)
      } as well, or ` +
        "--end for the end of them all",
    );
  }
  if (every === undefined || isNone) return;
  if (duration === undefined) throw usageError('"--every" needs "--for", the duration of each window: --for 1h');
  parseDurationOption("--for", duration);
  draft.recurring = [...new Set(every)].map((cron) => ({ cron, duration, timeZone: zone ?? timeZone() }));
  if (zone === undefined) note("--every", every.map(show).join(" and "));
}

function setEnd(draft: Draft, options: OptionValues, now: number, note: (flag: string, text: string) => void): void {
  const { end, for: duration } = options;
  // Of a recurring maintenance, --for is the duration of each window.
  if (duration !== undefined && draft.recurring === undefined) {
    if (end !== undefined) throw usageError('"--for" and "--end" mean the same: give only one of them');
    const from = Math.max(now, draft.start === undefined ? now : Date.parse(draft.start));
    draft.end = toInstant(checkRange("--for", duration, from + parseDurationOption("--for", duration)));
  } else if (end === NONE) delete draft.end;
  else if (end !== undefined) {
    const { ms, isLocal } = parseTime("--end", end, now);
    if (ms <= now) throw usageError(`"--end" must be in the future, received ${show(end)}`);
    draft.end = toInstant(ms);
    if (isLocal) note("--end", end);
  }
}

function setExpectedEnd(
  draft: Draft,
  { "expected-end": given }: OptionValues,
  now: number,
  note: (flag: string, text: string) => void,
): void {
  if (given === NONE) delete draft.expectedEnd;
  else if (given !== undefined) {
    const { ms, isLocal } = parseTime("--expected-end", given, now);
    if (ms <= now) throw usageError(`"--expected-end" must be in the future, received ${show(given)}`);
    draft.expectedEnd = toInstant(ms);
    if (isLocal) note("--expected-end", given);
  }
}

/** Refuses a given time that does not fit a stored one. The check of the state would blame an option that was not given. */
function checkOrder({ start, end }: Draft, { start: givenStart, end: givenEnd }: OptionValues): void {
  if (start === undefined || end === undefined || Date.parse(end) > Date.parse(start)) return;
  if (givenStart !== undefined && givenEnd === undefined) {
    throw usageError(
      `"--start" must be before the stored end, ${end}, received ${
        show(givenStart)
      }: give --for or --end as well, or ` +
        "--end none",
    );
  }
  if (givenEnd !== undefined && givenStart === undefined) {
    throw usageError(
      `"--end" must be after the stored start, ${start}, received ${
        show(givenEnd)
      }: give --start as well, or --start now`,
    );
  }
}

function parseRetryAfter(text: string, now: number, note: (flag: string, text: string) => void): number | string {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const duration = parseDuration(text);
  if (duration !== undefined) return duration / 1_000;
  // Nothing but a time has a date in front. Other texts get the message that names all forms.
  if (/^\d{4}-\d\d-\d\d/.test(text)) {
    const { ms, isLocal } = parseTime("--retry-after", text, now);
    if (ms <= now) throw usageError(`"--retry-after" must be in the future, received ${show(text)}`);
    if (isLocal) note("--retry-after", text);
    return toInstant(ms);
  }
  throw usageError(
    `"--retry-after" must be a number of seconds, a duration such as "10m" or a time such as "2026-11-22T02:00:00Z", ` +
      `received ${show(text)}`,
  );
}

function parseStatus(text: string): number {
  if (/^3\d\d$/.test(text)) {
    const hint = 'to redirect visitors, set the option "redirectUrl" in the code of the site';
    throw usageError(`"--status" must not be a redirect, received ${show(text)}: ${hint}`);
  }
  if (/^\d{3}$/.test(text)) return Number(text);
  throw usageError(`"--status" must be a status code such as 503, received ${show(text)}`);
}

/** The fields that are lists of texts. */
type ListField = "hosts" | "urls" | "ignoreUrls" | "reads" | "writes" | "internalIps";

/** A pattern of URLs, with at most one method: a comma may stand between methods. */
const ONE_PATTERN = /^(?:[A-Z-]+ )?(?:\/|https?:\/\/)/;

/** The form of one value of a list. A comma is legal in a URL pattern, so only a list of whole values is refused. */
const ONE_VALUE: Readonly<Record<ListField, RegExp>> = {
  hosts: /^[^\s/]+$/,
  urls: ONE_PATTERN,
  ignoreUrls: ONE_PATTERN,
  reads: ONE_PATTERN,
  writes: ONE_PATTERN,
  internalIps: /^[\da-f.:/]+$/i,
};

function setList(
  draft: Draft,
  field: ListField,
  flag: string,
  values: readonly string[] | undefined,
): void {
  if (values === undefined) return;
  for (const value of values) {
    const parts = value.split(",").map((part) => part.trim());
    if (parts.length < 2 || !parts.every((part) => ONE_VALUE[field].test(part))) continue;
    const written = parts.map((part) => `${flag} ${show(part)}`).join(" ");
    throw usageError(`"${flag}" takes one value at a time, received ${show(value)}: write ${written}`);
  }
  if (!values.includes(NONE)) draft[field] = [...new Set(values)];
  else if (values.length === 1) delete draft[field];
  else throw usageError(`"${flag} ${NONE}" empties the list: leave out the other values`);
}

/** The options that set the fields of the state. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/^\$\.start/, "--start"],
  [/^\$\.end/, "--end"],
  [/^\$\.expectedEnd/, "--expected-end"],
  [/^\$\.note/, "--note"],
  [/^\$\.hosts/, "--host"],
  [/^\$\.urls/, "--url"],
  [/^\$\.ignoreUrls/, "--ignore-url"],
  [/^\$\.reads/, "--reads"],
  [/^\$\.writes/, "--writes"],
  [/^\$\.internalIps/, "--allow-ip"],
  [/^\$\.recurring.*\.duration$/, "--for"],
  [/^\$\.recurring.*\.timeZone$/, "--zone"],
  [/^\$\.recurring/, "--every"],
  [/^\$\.retryAfter/, "--retry-after"],
  [/^\$\.status/, "--status"],
];

function check(draft: Draft): MaintenanceWindow {
  try {
    const state = parseState(draft);
    checkEachUrl(state);
    return state;
  } catch (error) {
    throw error instanceof StateError ? toUsageError(error) : error;
  }
}

/** An error about a value of the state, as one about the option that sets it. */
export function toUsageError(error: StateError): CliError {
  const flag = FLAGS.find(([pattern]) => pattern.test(error.path))?.[1];
  return usageError(error.text ?? describeProblem(error, flag), error);
}
