import { DURATION_FORM, formatDuration, parseDuration } from "../../util/durations.ts";
import { parseInstant } from "../../state/instant.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";

/** An instant that was typed on the command line. */
export interface GivenTime {
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** Whether the text had no offset, so that it was read as local time. */
  readonly isLocal: boolean;
}

const TIME_FORM =
  `a time such as "2026-11-22T02:00:00Z", "2026-11-22T02:00+01:00" or, in local time, "2026-11-22T02:00", ` +
  `or ${DURATION_FORM} from now`;

/** The last instant whose year has four digits, in milliseconds since 1970. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59);

/**
 * Reads a time: with its offset, in the local zone, or as a duration from now.
 *
 * @param flag The option that it was given for, such as `"--start"`.
 * @param now The clock, in milliseconds since 1970.
 * @throws {CliError} If the text is not a time, or if the clocks skip or repeat that local time.
 */
export function parseTime(flag: string, text: string, now: number): GivenTime {
  const span = parseDuration(text);
  if (span !== undefined) return { ms: checkRange(flag, text, now + span), isLocal: false };
  const instant = parseInstant(text);
  if (instant !== undefined) return { ms: instant, isLocal: false };
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)$/.exec(text);
  // A date exists in local time if it exists in UTC.
  const asUtc = local === null ? undefined : parseInstant(`${local[1]}T${local[2]}Z`);
  if (asUtc === undefined) {
    const hint = /^\d{4}-\d\d-\d\d$/.test(text)
      ? ": add a time of day"
      : /^\d\d?:\d\d(?::\d\d)?$/.test(text)
      ? ": add the date"
      : "";
    throw usageError(`"${flag}" must be ${TIME_FORM}, received ${show(text)}${hint}`);
  }
  const [first, second] = findLocal(asUtc);
  if (first === undefined) {
    throw usageError(
      `"${flag}" must be a time that exists, received ${show(text)}: clocks in ${timeZone()} skip it; ` +
        "add the offset, such as +01:00",
    );
  }
  if (second !== undefined) {
    const written = [first, second].map((ms) => `${local![1]}T${local![2]}${offsetOf(ms)}`);
    throw usageError(
      `"${flag}" must be a time that occurs once, received ${show(text)}: clocks in ${timeZone()} repeat it; ` +
        `write ${written.join(" or ")}`,
    );
  }
  return { ms: first, isLocal: true };
}

/** Reads a duration of at least one second, in milliseconds. */
export function parseDurationOption(flag: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms === 0) throw usageError(`"${flag}" must be ${DURATION_FORM}, received ${show(text)}`);
  return ms;
}

/** Checks that an instant is before the year 10000, so that a state can hold it. */
export function checkRange(flag: string, text: string, ms: number): number {
  if (ms <= LAST) return ms;
  throw usageError(`"${flag}" must be before the year 10000, received ${show(text)}`);
}

/** An instant as the state holds it: UTC, rounded up to seconds. */
export function toInstant(ms: number): string {
  return new Date(Math.ceil(ms / 1_000) * 1_000).toISOString().replace(".000Z", "Z");
}

/** The instants at which local clocks show the same time as UTC clocks at `asUtc`: none, one or two, in order. */
function findLocal(asUtc: number): number[] {
  const DAY = 86_400_000;
  const offsets = new Set([asUtc - DAY, asUtc + DAY].map((ms) => new Date(ms).getTimezoneOffset()));
  return [...offsets].map((offset) => asUtc + offset * 60_000)
    .filter((ms) => localAsUtc(ms) === asUtc)
    .sort((a, b) => a - b);
}

/** The instant at which UTC clocks show the same time as local clocks at `ms`. */
function localAsUtc(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
  );
}

/** The name of the local time zone. */
export function timeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone ?? "the local time zone";
}

function offsetOf(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const pad = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${pad(Math.abs(minutes) / 60)}:${pad(Math.abs(minutes) % 60)}`;
}

/** An instant for people as local time with its difference from UTC, such as `"2026-11-22 02:14:05 +01:00"`. */
export function formatLocal(ms: number): string {
  return `${clockText(localAsUtc(ms))} ${offsetOf(ms)}`;
}

/** An instant for people: local time with its offset and zone, UTC, and the distance from now. */
export function formatTime(ms: number, now: number): string {
  const zone = timeZone();
  if (zone === "UTC") return formatTimeShort(ms, now);
  const utc = clockText(ms);
  const local = formatLocal(ms);
  const isSameDay = local.slice(0, 10) === utc.slice(0, 10);
  return `${local} ${zone}, ${isSameDay ? utc.slice(11) : utc} UTC, ${distanceOf(ms, now)}`;
}

/** An instant in local time, for people. */
export function formatClock(ms: number): string {
  return `${clockText(localAsUtc(ms))} ${timeZone() === "UTC" ? "UTC" : offsetOf(ms)}`;
}

/** The same as {@link formatTime} on less room: local time with its offset, and the distance from now. */
export function formatTimeShort(ms: number, now: number): string {
  return `${formatClock(ms)}, ${distanceOf(ms, now)}`;
}

/** Since when something is so, for people: `"02:14 (12 min)"` in local time, with the date if that is a day ago. */
export function formatSince(ms: number, now: number): string {
  const local = clockText(localAsUtc(ms)).slice(0, 16);
  const age = Math.max(0, now - ms);
  return `${age < UNITS[0]![1] ? local.slice(11) : local} (${formatAge(age)})`;
}

const UNITS = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1_000]] as const;

/** An age in its largest unit, with the next one from hours on: `"40 s"`, `"12 min"`, `"1 h 12 min"`. */
export function formatAge(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  const [[unit, size], next] = first < 0 ? [UNITS[3], undefined] as const : [UNITS[first]!, UNITS[first + 1]] as const;
  const head = `${Math.floor(ms / size)} ${unit}`;
  const rest = next === undefined || unit === "min" ? 0 : Math.floor(ms % size / next[1]);
  return rest === 0 ? head : `${head} ${rest} ${next![0]}`;
}

function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}

/** Instants are rounded up to seconds. Rounding down here makes "30m" read as 30m. */
function distanceOf(ms: number, now: number): string {
  const seconds = Math.floor(Math.abs(ms - now) / 1_000) * 1_000;
  return ms >= now ? `in ${formatDuration(seconds)}` : `${formatDuration(seconds)} ago`;
}
