import { findCronFault } from "./cron.ts";
import { checkNames, OptionError } from "../util/errors.ts";
import { messageOf, quote, received } from "../util/received.ts";
import { StateError } from "./state-error.ts";
import { isLanguageTag } from "../answer/languages.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import { DURATION_FORM, parseDuration } from "../util/durations.ts";
import { isTimeZone } from "../util/time-zone.ts";
import type { MaintenanceMode, MaintenanceState, RecurringWindow } from "../types/maintenance-state.ts";
import { ACCEPTED_PATTERNS, ACCEPTED_TEXTS } from "../match/url/read-pattern.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";

const TASK = "read the maintenance state";

/** How long the text of a state may be, in UTF-16 code units. */
const LONGEST = 1 << 20;

/** How many URL patterns a list may hold: each costs memory, and time for each request. */
const MOST_PATTERNS = 1_000;

/** How long a window that comes back may last, in milliseconds. */
const LONGEST_WINDOW_MS = 366 * 86_400_000;

const MODES: readonly MaintenanceMode[] = ["off", "on", "read-only"];

// In the order in which they are written.
const FIELDS = [
  "mode",
  "reason",
  "start",
  "end",
  "retryAfter",
  "urls",
  "ignoreUrls",
  "internalIps",
  "admit",
  "bypass",
  "recurring",
  "owner",
] as const satisfies readonly (keyof MaintenanceState)[];

/** What to say of names that are likely tried here. */
const HINTS: Readonly<Record<string, string>> = {
  enabled: 'write "mode": "on" or "mode": "off"',
  allowIps: 'did you mean "internalIps"?',
  until: 'did you mean "end"?',
};

/** What is stored of the secret of a bypass: the name of the hash, the salt and the hash. */
export const BYPASS: RegExp = /^sha256:[\w-]{22}:[\w-]{43}$/;

/** What a run may be called. */
const OWNER = /^[^\p{C}]{1,200}$/u;

/** The state where nothing is stored. */
export const OFF: MaintenanceState = Object.freeze({ mode: "off" });

/** The state of a file that was touched into existence. */
export const ON: MaintenanceState = Object.freeze({ mode: "on" });

/**
 * Reads a state strictly.
 *
 * Nothing but white space is the state `{ "mode": "on" }`: the flag files of other tools are made by `touch`.
 *
 * @param input The text of the state, JSON, or the state as an object.
 * @returns The state, frozen, with nothing but its fields.
 * @throws {StateError} If it is not valid. The message says where, what was found and what is accepted.
 * @example Usage
 * ```ts
 * import { parseState } from "maintenancemode/state";
 *
 * parseState('{ "mode": "on", "end": "2026-11-22T03:00:00Z" }').mode; // "on"
 * parseState("").mode; // "on"
 * ```
 */
export function parseState(input: unknown): MaintenanceState {
  if (typeof input !== "string") return checkState(input);
  if (input.length > LONGEST) {
    throw invalid("$", `text of at most ${LONGEST} characters`, input.length);
  }
  // Some editors put a mark in front that JSON does not know.
  const text = input.replace(/^\ufeff/, "");
  if (text.trim() === "") return ON;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const mode = (MODES as readonly string[]).includes(input.trim()) ? quote(input.trim()) : undefined;
    // The hash of a bypass is not to be seen, still less a secret in its place; the engine's message shows parts of the text.
    const shown = input.replace(/("bypass"\s*:\s*")[^"]*/g, "$1***");
    const isHidden = shown !== input;
    const hint = mode !== undefined
      ? `write {"mode": ${mode}}`
      : isHidden
      ? "a comma, a quote or a brace is missing, or one too many"
      : /,\s*[}\]]/.test(input)
      ? `${messageOf(cause)}: remove the comma before a brace or bracket that closes`
      : messageOf(cause);
    const problem = { path: "$", expected: "JSON", received: quote(shown), hint };
    throw new StateError(TASK, problem, undefined, isHidden ? undefined : { cause });
  }
  return checkState(value);
}

/**
 * Writes a state as text that {@link parseState} reads and people like to edit.
 *
 * @throws {StateError} If it is not valid.
 */
export function formatState(state: MaintenanceState): string {
  return `${JSON.stringify(checkState(state), null, 2)}\n`;
}

function checkState(value: unknown): MaintenanceState {
  at(() => checkNames(TASK, value, FIELDS, '"$"', HINTS));
  const given = value as Partial<Record<keyof MaintenanceState, unknown>>;
  const { mode, reason, retryAfter } = given;
  if (!MODES.includes(mode as MaintenanceMode)) throw invalid("$.mode", '"off", "on" or "read-only"', mode);
  checkReason(reason);
  const start = checkInstant("$.start", given.start);
  const end = checkInstant("$.end", given.end);
  if (start !== undefined && end !== undefined && end <= start) {
    throw invalid("$.end", `later than the start, ${quote(given.start as string)}`, given.end);
  }
  if (retryAfter !== undefined && !isWholeNumber(retryAfter)) {
    throw invalid("$.retryAfter", "a whole number of seconds from 0", retryAfter);
  }
  const patterns = ["urls", "ignoreUrls"] as const;
  for (const name of patterns) {
    const texts = checkTexts(`$.${name}`, given[name], "URL patterns");
    if (texts !== undefined && texts.length > MOST_PATTERNS) {
      throw invalid(`$.${name}`, `a list of at most ${MOST_PATTERNS} patterns`, texts.length);
    }
    if (texts !== undefined) at(() => void compileUrlPatterns(texts, `$.${name}`));
  }
  // Without any, maintenance would be on and concern nobody.
  if ((given.urls as unknown[] | undefined)?.length === 0) {
    throw invalid("$.urls", "an array of at least one URL pattern", given.urls, "leave it out to mean the whole site");
  }
  const ranges = checkTexts("$.internalIps", given.internalIps, "IP addresses and CIDR ranges");
  if (ranges !== undefined) at(() => void compileIpRanges(ranges, "$.internalIps"));
  const { admit, bypass } = given;
  // So written that NaN is not valid either.
  if (admit !== undefined && !(typeof admit === "number" && admit >= 0 && admit <= 1)) {
    throw invalid("$.admit", "a number from 0 to 1", admit, hintForPart(admit));
  }
  if (bypass !== undefined && !(typeof bypass === "string" && BYPASS.test(bypass))) {
    // What was given may be the secret itself.
    const hint = "maintenancemode on --with-bypass and state.set() make it";
    throw new StateError(TASK, { path: "$.bypass", expected: "the hash of a secret", hint });
  }
  const recurring = checkRecurring(given.recurring);
  const { owner } = given;
  if (owner !== undefined && !(typeof owner === "string" && OWNER.test(owner))) {
    throw invalid("$.owner", "a text of 1 to 200 printable characters", owner);
  }

  const state: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const field: unknown = name === "recurring" ? recurring : given[name];
    if (field !== undefined) state[name] = frozenCopy(field);
  }
  return Object.freeze(state) as unknown as MaintenanceState;
}

function frozenCopy(field: unknown): unknown {
  if (typeof field !== "object" || field === null) return field;
  return Object.freeze(Array.isArray(field) ? [...field] : { ...field });
}

function checkReason(reason: unknown): void {
  if (reason === undefined || typeof reason === "string") return;
  const accepted = 'text, or texts by language such as { "en": "…", "de": "…" }';
  if (typeof reason !== "object" || reason === null || Array.isArray(reason) || Object.keys(reason).length === 0) {
    throw invalid("$.reason", accepted, reason);
  }
  for (const [tag, text] of Object.entries(reason)) {
    if (!isLanguageTag(tag)) {
      const hint = 'write a tag such as "de" or "pt-BR"';
      throw new StateError(TASK, {
        path: "$.reason",
        expected: accepted,
        received: `the language ${quote(tag)}`,
        hint,
      });
    }
    if (typeof text !== "string") throw invalid(`$.reason.${tag}`, "text", text);
  }
}

/** What to write for a part that was given as a percentage. */
function hintForPart(value: unknown): string | undefined {
  const percent = typeof value === "string" ? /^(\d{1,3}(?:\.\d{1,6})?) ?%?$/.exec(value)?.[1] : value;
  // Number() of an array would turn into text what it holds, at any depth.
  if (typeof percent !== "string" && typeof percent !== "number") return undefined;
  const part = Number((Number(percent) / 100).toPrecision(8));
  return part > 0 && part <= 1 ? `write ${part} for ${percent}%` : undefined;
}

function invalid(path: string, expected: string, value: unknown, hint?: string): StateError {
  return new StateError(TASK, { path, expected, received: received(value), hint });
}

/** Calls a check that is also used for options, and turns its error into one about the state. */
function at(check: () => void): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    const { path, expected, received, hint, text } = cause;
    // In JSON there is nothing but text.
    const problem = { path, expected: expected === ACCEPTED_PATTERNS ? ACCEPTED_TEXTS : expected, received, hint };
    throw new StateError(TASK, problem, text, { cause });
  }
}

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-](\d\d):(\d\d))$/;

/**
 * The milliseconds since 1970 of an instant, or `undefined` if the text is none.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6 | RFC 3339 section 5.6}; the seconds may be left out
 */
export function parseInstant(text: string): number | undefined {
  const match = INSTANT.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = match.slice(1).map((part) =>
    Number(part ?? 0)
  );
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day);
  // Date.parse() takes the 30th of February for the 2nd of March.
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return undefined;
  if (hour! > 23 || minute! > 59 || second! > 59 || offsetHour! > 23 || offsetMinute! > 59) return undefined;
  return Date.parse(text);
}

function checkInstant(path: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const accepted = 'an instant with its offset from UTC such as "2026-11-22T01:00:00Z" or "2026-11-22T02:00:00+01:00"';
  const instant = typeof value === "string" ? parseInstant(value) : undefined;
  if (instant !== undefined) return instant;
  const text = typeof value === "string" ? value : "";
  const hint = value instanceof Date
    ? "write its toISOString()"
    : parseInstant(`${text}Z`) !== undefined
    ? `add the offset: ${quote(`${text}Z`)} is that time in UTC`
    : INSTANT.test(text)
    ? "there is no such date or time"
    : undefined;
  throw invalid(path, accepted, value, hint);
}

function checkTexts(path: string, value: unknown, what: string): string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalid(path, `an array of ${what}`, value);
  value.forEach((text: unknown, index) => {
    if (typeof text !== "string") throw invalid(`${path}[${index}]`, "text", text);
  });
  return value;
}

function checkRecurring(value: unknown): readonly RecurringWindow[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(
      "$.recurring",
      'an array of at least one window such as { "cron": "0 1 * * SUN", "duration": "1h" }',
      value,
    );
  }
  return Object.freeze(value.map((window: unknown, index) => {
    const path = `$.recurring[${index}]`;
    at(() => checkNames(TASK, window, ["cron", "duration", "timeZone"], `"${path}"`));
    const { cron, duration, timeZone } = window as Partial<Record<keyof RecurringWindow, unknown>>;
    const fault = typeof cron === "string" ? findCronFault(cron) : undefined;
    if (typeof cron !== "string" || fault !== undefined) {
      throw invalid(`${path}.cron`, 'five fields of a crontab such as "0 1 * * SUN"', cron, fault);
    }
    const lastsMs = typeof duration === "string" ? parseDuration(duration) : undefined;
    if (!lastsMs || lastsMs > LONGEST_WINDOW_MS) {
      throw invalid(`${path}.duration`, `${DURATION_FORM}, of at most 366 days`, duration);
    }
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      throw invalid(`${path}.timeZone`, 'the IANA name of a time zone such as "Europe/Amsterdam"', timeZone);
    }
    return Object.freeze({ cron, duration, ...(timeZone !== undefined && { timeZone }) }) as RecurringWindow;
  }));
}
