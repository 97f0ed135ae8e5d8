import type { ResponseType } from "./types.ts";

/** What is read of an `Accept` field; a longer one is cut there. */
const MAX_LENGTH = 4_096;

/**
 * Picks the representation that an `Accept` field asks for, never none.
 *
 * The highest weight wins; of equal ones, the type that is named before one that a wildcard covers; of equal ones again,
 * HTML before JSON before text. JSON is `application/problem+json`, `application/json` and anything in `+json`. Elements
 * that cannot be read are passed over.
 *
 * @param accept The value of the field, or `null` if there is none.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1 | RFC 9110 section 12.5.1}
 */
export function negotiate(accept: string | null): ResponseType {
  if (accept === null || accept === "" || accept === "*/*") return "html";
  // Every browser's navigation starts so, and nothing after it can outweigh it.
  if (accept.startsWith("text/html") && (accept.length === 9 || accept.charCodeAt(9) === 44)) return "html";
  // And so do most scripts' requests: only HTML, named as well, could come before it.
  if (accept.startsWith("application/json") && (accept.length === 16 || accept.charCodeAt(16) === 44)) {
    if (!/html/i.test(accept)) return "json";
  }
  return weigh(accept.length > MAX_LENGTH ? accept.slice(0, MAX_LENGTH) : accept);
}

/** The representations, the one that is preferred first. */
export const RESPONSE_TYPES: readonly ResponseType[] = ["html", "json", "text"];

function weigh(accept: string): ResponseType {
  // For each type the weight given to it, and how closely it was named: 2 itself, 1 "text/*", 0 "*/*".
  const weights = [0, 0, 0];
  const closeness = [-1, -1, -1];
  for (const element of accept.includes('"') ? splitQuoted(accept) : accept.split(",")) {
    const [range = "", ...parameters] = element.split(";");
    const weight = weightOf(parameters);
    const near = nearness(range.trim().toLowerCase());
    for (let type = 0; type < 3; type++) {
      if (near[type]! < 0 || Number.isNaN(weight)) continue;
      if (near[type]! > closeness[type]! || (near[type] === closeness[type] && weight > weights[type]!)) {
        weights[type] = weight;
        closeness[type] = near[type]!;
      }
    }
  }
  let best = 0;
  for (let type = 1; type < 3; type++) {
    const more = weights[type]! - weights[best]! || closeness[type]! - closeness[best]!;
    if (weights[type]! > 0 && more > 0) best = type;
  }
  return RESPONSE_TYPES[best]!;
}

/** How closely a media range names each of {@link RESPONSE_TYPES}; -1 for not at all. */
function nearness(range: string): readonly number[] {
  switch (range) {
    case "*/*":
    case "*":
      return [0, 0, 0];
    case "text/*":
      return [1, -1, 1];
    case "application/*":
      return [-1, 1, -1];
    case "text/html":
    case "application/xhtml+xml":
      return [2, -1, -1];
    case "text/plain":
      return [-1, -1, 2];
    case "application/json":
      return [-1, 2, -1];
    default:
      return range.endsWith("+json") ? [-1, 2, -1] : [-1, -1, -1];
  }
}

/** The weight among the parameters of a media range: from 0 to 1, 1 if there is none, NaN if it cannot be read. */
function weightOf(parameters: readonly string[]): number {
  for (const parameter of parameters) {
    const text = parameter.trim();
    if (!/^q=/i.test(text)) continue;
    const weight = /^[\d.]+$/.test(text.slice(2)) ? Number(text.slice(2)) : NaN;
    return weight <= 1 ? weight : NaN;
  }
  return 1;
}

/** The elements of a list whose quoted strings may hold commas and semicolons; these strings are left out. */
function splitQuoted(accept: string): string[] {
  return accept.replace(/"(?:[^"\\]|\\[^])*(?:"|\\?$)/g, "").split(",");
}
