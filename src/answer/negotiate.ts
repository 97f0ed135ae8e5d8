import { firstElements } from "./list-field.ts";

/** How much of an `Accept` field the gate reads, in characters. */
const MAX_LENGTH = 4_096;

/**
 * What an `Accept` field asks for: a representation, the errors of GraphQL over HTTP, or the page and JSON alike. `"plain-json"`
 * is JSON for a client that names `application/json` and not `application/problem+json`: many look for the very type that they
 * have named.
 */
export type Choice = "html" | "json" | "plain-json" | "text" | "graphql" | "html-or-json" | "html-or-plain-json";

/**
 * Picks the representation that an `Accept` field asks for, never none.
 *
 * The highest weight wins. Of equal ones, a type that the field names comes before one that a wildcard covers. JSON is
 * `application/problem+json`, `application/json` and anything in `+json`. Elements that cannot be read do not count. A client
 * that accepts none of the representations gets what a client gets that accepts anything.
 *
 * @param accept The value of the field, or `null` if there is none.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 | RFC 9110 section 12.5.1}
 */
export function negotiate(accept: string | null): Choice {
  if (accept === null || accept === "" || accept === "*/*") return "html-or-json";
  // Browsers send the same again and again, each of another length, and comparing is faster than reading. One field is kept
  // for each length, so there are few. A client that sends other ones only makes the gate read the next one again.
  const slot = accept.length & (SLOTS - 1);
  if (keptFields[slot] === accept) return keptChoices[slot]!;
  const choice = read(accept);
  if (accept.length <= LONGEST_KEPT) {
    keptFields[slot] = accept;
    keptChoices[slot] = choice;
  }
  return choice;
}

/** Whether an `Accept` field names `application/json` and not `application/problem+json`, whatever else it prefers. */
export function namesPlainJson(accept: string | null): boolean {
  if (accept === null) return false;
  weigh(listIn(accept));
  return namesJson && !namesProblem;
}

/** How many fields are kept: a power of two. */
const SLOTS = 32;

/** The longest field that is kept. */
const LONGEST_KEPT = 256;

const keptFields: string[] = Array(SLOTS).fill("");
const keptChoices: Choice[] = Array(SLOTS).fill("html-or-json");

function read(accept: string): Choice {
  // Every browser's navigation starts so, and nothing after it can outweigh it, but JSON could weigh as much.
  if (accept.startsWith("text/html") && (accept.length === 9 || accept.charCodeAt(9) === COMMA)) {
    if (accept.length < MAX_LENGTH && !/json/i.test(accept)) return "html";
  }
  // Most requests of programs start so: only HTML, GraphQL and problem details, if the field names them, could come before it.
  if (accept.startsWith("application/json") && (accept.length === 16 || accept.charCodeAt(16) === COMMA)) {
    if (accept.length < MAX_LENGTH && !/html|graphql|problem/i.test(accept)) return "plain-json";
  }
  return weigh(listIn(accept));
}

/** The part of a field that is read, without quoted strings: they may hold commas and semicolons, and say nothing here. */
function listIn(accept: string): string {
  const text = firstElements(accept, MAX_LENGTH);
  return text.includes('"') ? text.replace(/"(?:[^"\\]|\\[^])*(?:"|\\?$)/g, "") : text;
}

const COMMA = 44;

// Of HTML, JSON, text and GraphQL: the weight in thousandths, and how closely it was named: 2 itself, 1 "text/*", 0 "*/*".
// One call at a time uses them, from its start to its end.
const weights = [0, 0, 0, 0];
const closeness = [-1, -1, -1, -1];
// Whether the field accepts these types by their names.
let namesJson = false;
let namesProblem = false;

function weigh(accept: string): Choice {
  weights.fill(0);
  closeness.fill(-1);
  namesJson = namesProblem = false;
  for (let start = 0; start < accept.length;) {
    const comma = accept.indexOf(",", start);
    const end = comma === -1 ? accept.length : comma;
    weighElement(accept, start, end);
    start = end + 1;
  }
  const most = Math.max(weights[PAGE]!, weights[PROBLEM]!, weights[TEXT]!, weights[GRAPHQL]!);
  // None of the representations, but not one that a weight of 0 refuses.
  if (most === 0) {
    const [isRefused, isOtherRefused] = [closeness[PAGE]! >= 0, closeness[PROBLEM]! >= 0];
    return isRefused === isOtherRefused ? "html-or-json" : isRefused ? "json" : "html";
  }
  if (weights[GRAPHQL] === most) return "graphql";
  const isPlain = namesJson && !namesProblem;
  const [page, problem, text] = [nearnessAt(PAGE, most), nearnessAt(PROBLEM, most), nearnessAt(TEXT, most)];
  if (page >= problem && page >= text) {
    return page !== problem ? "html" : isPlain ? "html-or-plain-json" : "html-or-json";
  }
  return problem < text ? "text" : isPlain ? "plain-json" : "json";
}

// The places in `weights` and `closeness`.
const PAGE = 0;
const PROBLEM = 1;
const TEXT = 2;
const GRAPHQL = 3;

/** How closely the field names a representation, if that has the highest weight. */
function nearnessAt(type: number, most: number): number {
  return weights[type] === most ? closeness[type]! : -1;
}

/** Notes what one element of the field says. */
function weighElement(accept: string, start: number, end: number): void {
  const semicolon = accept.indexOf(";", start);
  const hasParameters = semicolon !== -1 && semicolon < end;
  const range = accept.slice(start, hasParameters ? semicolon : end);
  const near = nearness(range);
  if (near === NONE) return;
  const weight = hasParameters ? weightOf(accept, semicolon + 1, end) : 1_000;
  if (weight < 0) return;
  if (near === IS_PROBLEM && weight > 0) {
    namesJson ||= /^\s*application\/json\s*$/i.test(range);
    namesProblem ||= /^\s*application\/problem\+json\s*$/i.test(range);
  }
  for (let type = 0; type < 4; type++) {
    if (near[type]! < 0) continue;
    if (near[type]! > closeness[type]! || (near[type] === closeness[type] && weight > weights[type]!)) {
      weights[type] = weight;
      closeness[type] = near[type]!;
    }
  }
}

const NONE: readonly number[] = [-1, -1, -1, -1];
const ANYTHING = [0, 0, 0, -1];
const ANY_TEXT = [1, -1, 1, -1];
const ANY_APPLICATION = [-1, 1, -1, -1];
const IS_PAGE = [2, -1, -1, -1];
const IS_TEXT = [-1, -1, 2, -1];
const IS_PROBLEM = [-1, 2, -1, -1];
const IS_GRAPHQL = [-1, -1, -1, 2];

/** How closely a media range names each representation; -1 for not at all. */
function nearness(range: string): readonly number[] {
  switch (range) {
    case "*/*":
    case "*":
      return ANYTHING;
    case "text/*":
      return ANY_TEXT;
    case "application/*":
      return ANY_APPLICATION;
    case "text/html":
    case "application/xhtml+xml":
      return IS_PAGE;
    case "text/plain":
    // An EventSource shows nothing of its answer, and a page would be a waste.
    case "text/event-stream":
      return IS_TEXT;
    case "application/json":
      return IS_PROBLEM;
    case "application/graphql-response+json":
      return IS_GRAPHQL;
  }
  // Written in another way, it has to be read once more.
  const plain = range.trim().toLowerCase();
  if (plain !== range) return nearness(plain);
  return range.endsWith("+json") ? IS_PROBLEM : NONE;
}

/** The weight among the parameters from `start` to `end`: from 0 to 1000, 1000 if there is none, -1 if it cannot be read. */
function weightOf(accept: string, start: number, end: number): number {
  for (let at = start; at < end;) {
    const semicolon = accept.indexOf(";", at);
    const next = semicolon === -1 || semicolon > end ? end : semicolon;
    const parameter = accept.slice(at, next).trim();
    if (/^q=/i.test(parameter)) {
      const weight = /^[\d.]+$/.test(parameter.slice(2)) ? Number(parameter.slice(2)) : NaN;
      return weight <= 1 ? weight * 1_000 : -1;
    }
    at = next + 1;
  }
  return 1_000;
}
