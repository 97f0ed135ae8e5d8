import type { MaintenanceState, MaintenanceWindow } from "../types/maintenance-state.ts";
import { messageOf, quote } from "../util/received.ts";
import { isSameJson } from "../util/same-json.ts";
import { checkWindow } from "./check-window.ts";
import { checkWithin, invalid, TASK } from "./checks.ts";
import { checkEachUrl } from "./excluded-urls.ts";
import { MODES, ON } from "./modes.ts";
import { shareTopLevel, topLevelOf } from "./parts.ts";
import { StateError } from "./state-error.ts";

/** How long the text of a state may be, in UTF-16 code units. */
const LONGEST = 1 << 20;

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
  return typeof input === "string" ? parseText(input) : checkState(input);
}

/**
 * Reads the text of a state strictly, after an earlier state: what says the same as before is the same object, so that nothing is
 * checked and prepared twice.
 *
 * @throws {StateError} As {@link parseState}.
 */
export function parseText(input: string, earlier?: MaintenanceState): MaintenanceState {
  checkLength(input);
  // Some editors put a mark in front that JSON does not know.
  const text = input.replace(/^\ufeff/, "");
  if (text.trim() === "") return ON;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw notJson(input, cause);
  }
  return checkState(value, earlier);
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
export function checkNewState<State extends MaintenanceWindow>(state: State, now: number): State {
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
 * @throws {StateError} If the state is not valid, or its text would be too long to be read again.
 */
export function formatState(state: MaintenanceState): string {
  return formatAfter(state);
}

/** Does the same as {@link formatState}, with a state after an earlier one, as {@link parseText} reads it. */
export function formatAfter(state: MaintenanceState, earlier?: MaintenanceState): string {
  const text = `${JSON.stringify(checkState(state, earlier), null, 2)}\n`;
  // No process could follow it.
  checkLength(text);
  return text;
}

function checkLength({ length }: string): void {
  if (length > LONGEST) throw invalid("$", `text of at most ${LONGEST} characters`, length);
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

/**
 * Reads one maintenance strictly.
 *
 * @throws {StateError} If it is not valid.
 */
export const parseWindow = (input: unknown): MaintenanceWindow => checkWindow(input);

/** How many windows a state may hold. */
const MOST_WINDOWS = 10_000;

/** The name of a window. It begins in a way that no option of a command line does. */
const WINDOW_NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/**
 * Checks the name of a window.
 *
 * @throws {StateError} If it is not one.
 */
export function checkWindowName(name: unknown): string {
  if (typeof name === "string" && WINDOW_NAME.test(name)) return name;
  const accepted = 'a name of 1 to 64 letters, digits, "_", "-" and ".", which begins with a letter or a digit';
  throw invalid("name", accepted, name);
}

function checkState(value: unknown, earlier?: MaintenanceState): MaintenanceState {
  const top = checkWindow(value, ["windows", "$schema"]);
  const given = { __proto__: null, ...value as object } as { windows?: unknown; $schema?: unknown };
  if (given.$schema !== undefined && typeof given.$schema !== "string") {
    throw invalid("$.$schema", "text", given.$schema);
  }
  if (given.windows === undefined) return top;
  const windows = checkWithin("windows", () => checkWindows(given.windows, earlier?.windows));
  const state: MaintenanceState = Object.freeze({ ...top, windows });
  if (earlier !== undefined && isSameJson(top, topLevelOf(earlier))) shareTopLevel(state, earlier);
  return state;
}

type Windows = Readonly<Record<string, MaintenanceWindow>>;

function checkWindows(value: unknown, earlier: Windows = {}): Windows {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(
      "$",
      'an object of windows by name, such as { "shop": { "mode": "on", "urls": ["/shop/*"] } }',
      value,
    );
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_WINDOWS) throw invalid("$", `an object of at most ${MOST_WINDOWS} windows`, entries.length);
  return Object.freeze(Object.fromEntries(entries.map(([name, window]): [string, MaintenanceWindow] => {
    const known = Object.hasOwn(earlier, name) ? earlier[name] : undefined;
    if (known !== undefined && isSameJson(window, known)) return [name, known];
    if (!WINDOW_NAME.test(name)) {
      const accepted =
        'windows whose names have 1 to 64 letters, digits, "_", "-" and "." and begin with a letter or a digit';
      throw invalid("$", accepted, name);
    }
    return [name, checkWithin(name, () => checkWindow(window))];
  })));
}
