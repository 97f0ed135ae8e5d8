import { isLanguageTag } from "../answer/languages.ts";
import { checkStatus } from "../answer/status.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import type { MaintenanceMode, MaintenanceState } from "../types/maintenance-state.ts";
import { checkNames } from "../util/errors.ts";
import { messageOf, quote } from "../util/received.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import { checkAsOption, checkTexts, invalid, TASK } from "./checks.ts";
import { checkEachUrl, checkSomeUrl } from "./excluded-urls.ts";
import { checkInstant, parseInstant } from "./instant.ts";
import { checkRecurring } from "./recurring.ts";
import { StateError } from "./state-error.ts";
import { checkHosts, checkUrls } from "./url-lists.ts";

/** How long the text of a state may be, in UTF-16 code units. */
const LONGEST = 1 << 20;

const MODES: readonly MaintenanceMode[] = ["off", "on", "read-only"];

// In the order in which they are written.
const FIELDS = [
  "mode",
  "reason",
  "start",
  "end",
  "retryAfter",
  "status",
  "hosts",
  "urls",
  "ignoreUrls",
  "reads",
  "writes",
  "internalIps",
  "admit",
  "bypass",
  "recurring",
  "owner",
  "former",
] as const satisfies readonly (keyof MaintenanceState)[];

/** Hints for names that people are likely to try here. */
const HINTS: Readonly<Record<string, string>> = {
  enabled: 'write "mode": "on" or "mode": "off"',
  allowIps: 'did you mean "internalIps"?',
  until: 'did you mean "end"?',
  statusCode: 'did you mean "status"?',
};

/** The stored form of a bypass secret: the name of the hash, the salt and the hash. */
export const BYPASS: RegExp = /^sha256:[\w-]{22}:[\w-]{43}$/;

/** The name of a run. */
const OWNER = /^[^\p{C}]{1,200}$/u;

/** The state of an empty store. */
export const OFF: MaintenanceState = Object.freeze({ mode: "off" });

/** The state of an empty file. */
export const ON: MaintenanceState = Object.freeze({ mode: "on" });

/**
 * Reads a state strictly.
 *
 * A text of nothing but white space is the state `{ "mode": "on" }`, because other tools create their flag files with
 * `touch`.
 *
 * @param input The text of the state, JSON, or the state as an object.
 * @returns The state, frozen, with nothing but its fields.
 * @throws {StateError} If it is not valid. The message names the field, its value and the accepted values.
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
    throw notJson(input, cause);
  }
  return checkState(value);
}

/**
 * Checks a state that somebody sets now. Stored states may say more: an end that has passed meanwhile.
 *
 * @param state The state, from {@link parseState}.
 * @param now The present, in milliseconds since 1970.
 * @returns The same state.
 * @throws {StateError} If it would never come into force although its mode says so, or says when it is "off", or has a URL
 * pattern that closes nothing.
 */
export function checkNewState(state: MaintenanceState, now: number): MaintenanceState {
  const { mode, end } = state;
  for (const name of ["start", "end", "recurring"] as const) {
    if (mode !== "off" || state[name] === undefined) continue;
    const hint = '"off" holds until somebody turns maintenance on, set { mode: "off" } alone';
    throw invalid(`$.${name}`, 'left out beside "mode": "off"', state[name], hint);
  }
  if (end !== undefined && Date.parse(end) <= now) {
    throw invalid("$.end", "in the future", end, 'set { mode: "off" } to turn maintenance off');
  }
  checkEachUrl(state);
  return state;
}

/**
 * Writes a state as text that {@link parseState} reads and people can edit.
 *
 * @returns JSON with an indent of two spaces, the fields in a fixed order, and a line feed at the end.
 * @throws {StateError} If the state is not valid.
 */
export function formatState(state: MaintenanceState): string {
  return `${JSON.stringify(checkState(state), null, 2)}\n`;
}

function notJson(input: string, cause: unknown): StateError {
  const mode = (MODES as readonly string[]).includes(input.trim()) ? quote(input.trim()) : undefined;
  // The message must not show the hash of a bypass, still less a secret in its place. The engine's own quotes the text.
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
  return new StateError(TASK, problem, undefined, isHidden ? undefined : { cause });
}

type Given = Partial<Record<keyof MaintenanceState, unknown>>;

function checkState(value: unknown): MaintenanceState {
  checkAsOption(() => checkNames(TASK, value, FIELDS, '"$"', HINTS));
  // Somebody may have put fields on Object.prototype.
  const given: Given = { __proto__: null, ...value as object } as Given;
  const { mode, status, owner } = given;
  if (!MODES.includes(mode as MaintenanceMode)) throw invalid("$.mode", '"off", "on" or "read-only"', mode);
  checkReason(given.reason);
  const start = checkInstant("$.start", given.start);
  const end = checkInstant("$.end", given.end);
  if (start !== undefined && end !== undefined && end <= start) {
    throw invalid("$.end", `later than the start, ${quote(given.start as string)}`, given.end);
  }
  checkRetryAfter(given.retryAfter);
  if (status !== undefined) checkAsOption(() => checkStatus(status, "$.status", TASK));
  checkExceptions(given);
  checkAdmission(given);
  const recurring = checkRecurring(given.recurring);
  if (owner !== undefined && !(typeof owner === "string" && OWNER.test(owner))) {
    throw invalid("$.owner", "a text of 1 to 200 printable characters", owner);
  }
  const former = checkFormer(given.former);

  const state: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const field: unknown = name === "recurring" ? recurring : name === "former" ? former : given[name];
    if (field !== undefined) state[name] = name === "former" ? field : frozenCopy(field);
  }
  return Object.freeze(state) as unknown as MaintenanceState;
}

function frozenCopy(field: unknown): unknown {
  if (typeof field !== "object" || field === null) return field;
  return Object.freeze(Array.isArray(field) ? [...field] : { ...field });
}

function checkRetryAfter(retryAfter: unknown): void {
  if (retryAfter === undefined || isWholeNumber(retryAfter)) return;
  if (typeof retryAfter === "string" && parseInstant(retryAfter) !== undefined) return;
  const hint = retryAfter instanceof Date ? "write its toISOString()" : undefined;
  const accepted = 'a whole number of seconds from 0, or an instant with its offset such as "2026-11-22T01:00:00Z"';
  throw invalid("$.retryAfter", accepted, retryAfter, hint);
}

/** Checks the state from before a run. One that belongs to a run itself would make a chain without an end. */
function checkFormer(value: unknown): MaintenanceState | undefined {
  if (value === undefined) return undefined;
  for (const name of ["owner", "former"] as const) {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, name)) {
      throw invalid("$.former", `a state without "${name}"`, value);
    }
  }
  try {
    return checkState(value);
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const { path, expected, received, hint, text } = error;
    const problem = { path: path.replace(/^\$/, "$.former"), expected, received, hint };
    throw new StateError(TASK, problem, text, { cause: error });
  }
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
      const received = `the language ${quote(tag)}`;
      throw new StateError(TASK, { path: "$.reason", expected: accepted, received, hint });
    }
    if (typeof text !== "string") throw invalid(`$.reason.${tag}`, "text", text);
  }
}

/** Checks the lists of hosts, of URLs and of addresses. */
function checkExceptions(given: Given): void {
  checkHosts("$.hosts", given.hosts);
  for (const name of ["urls", "ignoreUrls", "reads", "writes"] as const) checkUrls(`$.${name}`, given[name]);
  // Without any, maintenance would be on and concern nobody.
  if ((given.urls as unknown[] | undefined)?.length === 0) {
    throw invalid("$.urls", "an array of at least one URL pattern", given.urls, "leave it out to mean the whole site");
  }
  checkSomeUrl(given as Pick<MaintenanceState, "hosts" | "urls">);
  const ranges = checkTexts("$.internalIps", given.internalIps, "IP addresses and CIDR ranges");
  if (ranges !== undefined) checkAsOption(() => void compileIpRanges(ranges, "$.internalIps"));
}

/** Checks the share of the visitors and the bypass. */
function checkAdmission({ admit, bypass }: Given): void {
  // Negated as a whole, because NaN fails each comparison.
  if (admit !== undefined && !(typeof admit === "number" && admit >= 0 && admit <= 1)) {
    throw invalid("$.admit", "a number from 0 to 1", admit, hintForPart(admit));
  }
  if (bypass !== undefined && !(typeof bypass === "string" && BYPASS.test(bypass))) {
    // The value may be the secret itself, so the message does not show it.
    const hint = "maintenancemode on --with-bypass and state.set() make it";
    throw new StateError(TASK, { path: "$.bypass", expected: "the hash of a secret", hint });
  }
}

/** The hint for a part that was given as a percentage. */
function hintForPart(value: unknown): string | undefined {
  const percent = typeof value === "string" ? /^(\d{1,3}(?:\.\d{1,6})?) ?%?$/.exec(value)?.[1] : value;
  // Number() of an array would turn its elements into text, at any depth.
  if (typeof percent !== "string" && typeof percent !== "number") return undefined;
  const part = Number((Number(percent) / 100).toPrecision(8));
  return part > 0 && part <= 1 ? `write ${part} for ${percent}%` : undefined;
}
