import { isLanguageTag } from "../answer/languages.ts";
import { checkStatus } from "../answer/status.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import type { MaintenanceMode, MaintenanceWindow } from "../types/maintenance-state.ts";
import { checkNames } from "../util/errors.ts";
import { quote } from "../util/received.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import { checkAsOption, checkTexts, checkWithin, invalid, TASK } from "./checks.ts";
import { checkSomeUrl } from "./excluded-urls.ts";
import { checkInstant, parseInstant } from "./instant.ts";
import { MODES } from "./modes.ts";
import { checkRecurring } from "./recurring.ts";
import { StateError } from "./state-error.ts";
import { checkHosts, checkUrls } from "./url-lists.ts";

// In the order in which they are written.
const FIELDS = [
  "mode",
  "reason",
  "start",
  "end",
  "expectedEnd",
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
  "by",
  "since",
  "note",
  "owner",
  "former",
] as const satisfies readonly (keyof MaintenanceWindow)[];

/** Hints for names that people are likely to try here. */
const HINTS: Readonly<Record<string, string>> = {
  enabled: 'write "mode": "on" or "mode": "off"',
  allowIps: 'did you mean "internalIps"?',
  until: 'did you mean "end"?',
  statusCode: 'did you mean "status"?',
  windows: "only the whole state has windows",
};

/** The stored form of a bypass secret: the name of the hash, the salt and the hash. */
export const BYPASS: RegExp = /^sha256:[\w-]{22}:[\w-]{43}$/;

/** The name of a run, or of a person. */
export const NAME: RegExp = /^[^\p{C}]{1,200}$/u;

/** How long a note may be, in UTF-16 code units. */
const LONGEST_NOTE = 2_000;

type Given = Partial<Record<keyof MaintenanceWindow, unknown>>;

/**
 * Checks one maintenance.
 *
 * @param further The names that may stand beside its fields.
 * @returns The maintenance, frozen, with nothing but its fields.
 * @throws {StateError} If it is not valid. Paths begin at it, with `$`.
 */
export function checkWindow(value: unknown, further: readonly string[] = []): MaintenanceWindow {
  checkAsOption(() => checkNames(TASK, value, [...FIELDS, ...further], '"$"', HINTS));
  // Somebody may have put fields on Object.prototype.
  const given: Given = { __proto__: null, ...value as object } as Given;
  const { mode, status } = given;
  if (!MODES.includes(mode as MaintenanceMode)) throw invalid("$.mode", '"off", "on" or "read-only"', mode);
  checkReason(given.reason);
  checkTimes(given);
  checkRetryAfter(given.retryAfter);
  if (status !== undefined) checkAsOption(() => checkStatus(status, "$.status", TASK));
  checkExceptions(given);
  checkAdmission(given);
  const recurring = checkRecurring(given.recurring);
  checkOperators(given);
  const former = given.former === undefined ? undefined : checkWithin("former", () => checkFormer(given.former));

  const window: Record<string, unknown> = {};
  for (const name of FIELDS) {
    const field: unknown = name === "recurring" ? recurring : name === "former" ? former : given[name];
    if (field !== undefined) window[name] = name === "former" ? field : frozenCopy(field);
  }
  return Object.freeze(window) as unknown as MaintenanceWindow;
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

/** Checks when it begins and ends. */
function checkTimes(given: Given): void {
  const start = checkInstant("$.start", given.start);
  for (const name of ["end", "expectedEnd"] as const) {
    const end = checkInstant(`$.${name}`, given[name]);
    if (start === undefined || end === undefined || end > start) continue;
    throw invalid(`$.${name}`, `later than the start, ${quote(given.start as string)}`, given[name]);
  }
}

/** Checks what operators write for each other, and which run it belongs to. */
function checkOperators({ owner, by, since, note }: Given): void {
  for (const [name, value] of Object.entries({ owner, by })) {
    if (value === undefined || typeof value === "string" && NAME.test(value)) continue;
    throw invalid(`$.${name}`, "a text of 1 to 200 printable characters", value);
  }
  checkInstant("$.since", since);
  if (note === undefined) return;
  if (typeof note !== "string") throw invalid("$.note", "text", note);
  if (note.length > LONGEST_NOTE) throw invalid("$.note", `a text of at most ${LONGEST_NOTE} characters`, note.length);
}

/** Checks the maintenance from before a run. One that belongs to a run itself would make a chain without an end. */
function checkFormer(value: unknown): MaintenanceWindow {
  for (const name of ["owner", "former"] as const) {
    if (typeof value === "object" && value !== null && Object.hasOwn(value, name)) {
      throw invalid("$", `a state without "${name}"`, value);
    }
  }
  return checkWindow(value);
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
  checkSomeUrl(given as Pick<MaintenanceWindow, "hosts" | "urls">);
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
