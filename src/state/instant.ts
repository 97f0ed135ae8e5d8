import { quote } from "../util/received.ts";
import { invalid } from "./checks.ts";

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-](\d\d):(\d\d))$/;

/**
 * Reads an instant with its offset from UTC. The seconds may be left out.
 *
 * @returns Milliseconds since 1970, or `undefined` if the text is not an instant.
 * @see {@link https://www.rfc-editor.org/rfc/rfc3339#section-5.6 | RFC 3339 section 5.6}
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

/**
 * Checks the instant of a state.
 *
 * @returns Milliseconds since 1970, or `undefined` without a value.
 * @throws {StateError} If it is not an instant.
 */
export function checkInstant(path: string, value: unknown): number | undefined {
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
