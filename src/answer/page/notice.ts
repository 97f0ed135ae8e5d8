import type { Language } from "../language-options.ts";
import { formatTime } from "./time.ts";

/**
 * The sentence that announces planned maintenance.
 *
 * @param language The language and its words.
 * @param start When it begins, in milliseconds since 1970.
 * @param end When it ends, in the same unit; `undefined` if the end is open.
 * @param timeZone The IANA name of the time zone for the times, UTC by default.
 */
export function noticeMessage(
  { tag, messages }: Language,
  start: number,
  end: number | undefined,
  timeZone: string | undefined,
): string {
  const timeOf = (ms: number | undefined) => ms === undefined ? "" : formatTime(new Date(ms), tag, timeZone);
  const times: Readonly<Record<string, string>> = { start: timeOf(start), end: timeOf(end) };
  const text = end === undefined ? messages.plannedOpen : messages.planned;
  return text.replace(/\{(start|end)\}/g, (_, name: string) => times[name]!);
}

/**
 * The sentences about maintenance that is in force.
 *
 * @param language The language and its words.
 * @param mode What visitors can do.
 * @param end When it ends, in milliseconds since 1970; `undefined` if the end is open.
 * @param timeZone The IANA name of the time zone for the end, UTC by default.
 */
export function presentMessage(
  { tag, messages }: Language,
  mode: "on" | "read-only",
  end: number | undefined,
  timeZone: string | undefined,
): string {
  const text = mode === "on" ? messages.text : messages.readOnlyText;
  if (end === undefined) return text;
  return `${text} ${messages.expected.replace("{time}", () => formatTime(new Date(end), tag, timeZone))}`;
}
