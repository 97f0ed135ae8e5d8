import { parseDuration } from "../../util/durations.ts";
import { describeProblem } from "../../util/errors.ts";
import { parseState } from "../../state/parse.ts";
import { StateError } from "../../state/state-error.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { usageError } from "../exit-codes.ts";
import type { OptionValues } from "../input/options.ts";
import { show } from "../output/secrets.ts";
import { checkRange, parseDurationOption, parseTime, timeZone, toInstant } from "../input/times.ts";

/** A state that was put together, and what there is to say about it. */
export interface Change {
  readonly state: MaintenanceState;
  readonly notes: readonly string[];
}

/** The fields of a state, to be put together. */
type Draft = { -readonly [Field in keyof MaintenanceState]: MaintenanceState[Field] };

/** Removes what was said before, where a field is no plain text. */
const NONE = "none";

/**
 * Puts the next state together: what is given replaces what was said before, and the rest stays. What is off or over is
 * started anew.
 *
 * @param mode What is to be.
 * @param former What is stored.
 * @param options The options of the command line.
 * @param now The clock, in milliseconds since 1970.
 * @throws {CliError} If an option is not valid.
 */
export function composeState(
  mode: "on" | "read-only",
  former: MaintenanceState | undefined,
  options: OptionValues,
  now: number,
): Change {
  const isOver = former?.end !== undefined && Date.parse(former.end) <= now;
  const draft: Draft = { ...(former === undefined || former.mode === "off" || isOver ? {} : former), mode };
  // Whoever changes the state takes it over.
  delete draft.owner;
  const notes: string[] = [];
  const note = (flag: string, text: string) => notes.push(`${flag} ${text} was read as local time (${timeZone()})`);

  if (options.reason === "") delete draft.reason;
  else if (options.reason !== undefined) draft.reason = options.reason;
  if (options.start === "now") delete draft.start;
  else if (options.start !== undefined) {
    const { ms, isLocal } = parseTime("--start", options.start, now);
    draft.start = toInstant(ms);
    if (isLocal) note("--start", options.start);
  }
  setEnd(draft, options, now, note);
  if (options["retry-after"] === NONE) delete draft.retryAfter;
  else if (options["retry-after"] !== undefined) draft.retryAfter = parseRetryAfter(options["retry-after"]);
  setList(draft, "urls", "--url", options.url);
  setList(draft, "ignoreUrls", "--ignore-url", options["ignore-url"]);
  setList(draft, "internalIps", "--allow-ip", options["allow-ip"]);
  return { state: check(draft), notes };
}

function setEnd(draft: Draft, options: OptionValues, now: number, note: (flag: string, text: string) => void): void {
  const { end, for: span } = options;
  if (span !== undefined) {
    if (end !== undefined) throw usageError('"--for" and "--end" say the same thing: give one of them');
    const from = Math.max(now, draft.start === undefined ? now : Date.parse(draft.start));
    draft.end = toInstant(checkRange("--for", span, from + parseDurationOption("--for", span)));
  } else if (end === NONE) delete draft.end;
  else if (end !== undefined) {
    const { ms, isLocal } = parseTime("--end", end, now);
    if (ms <= now) throw usageError(`"--end" must lie in the future, received ${show(end)}`);
    draft.end = toInstant(ms);
    if (isLocal) note("--end", end);
  }
}

function parseRetryAfter(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const ms = parseDuration(text);
  if (ms !== undefined) return ms / 1_000;
  throw usageError(`"--retry-after" must be a number of seconds or a span such as "10m", received ${show(text)}`);
}

function setList(
  draft: Draft,
  field: "urls" | "ignoreUrls" | "internalIps",
  flag: string,
  values: readonly string[] | undefined,
): void {
  if (values === undefined) return;
  if (!values.includes(NONE)) draft[field] = [...new Set(values)];
  else if (values.length === 1) delete draft[field];
  else throw usageError(`"${flag} ${NONE}" empties the list: leave the others out`);
}

/** The options that say what stands at a place of the state. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/^\$\.start/, "--start"],
  [/^\$\.end/, "--end"],
  [/^\$\.urls/, "--url"],
  [/^\$\.ignoreUrls/, "--ignore-url"],
  [/^\$\.internalIps/, "--allow-ip"],
  [/^\$\.retryAfter/, "--retry-after"],
];

function check(draft: Draft): MaintenanceState {
  try {
    return parseState(draft);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const flag = FLAGS.find(([pattern]) => pattern.test(error.path))?.[1];
    throw usageError(error.text ?? describeProblem(error, flag), error);
  }
}
