import type { RecurringWindow } from "../types/maintenance-state.ts";
import { DURATION_FORM, parseDuration } from "../util/durations.ts";
import { checkNames } from "../util/errors.ts";
import { isTimeZone } from "../util/time-zone.ts";
import { checkAsOption, invalid, TASK } from "./checks.ts";
import { findCronFault } from "./cron.ts";

/** How long one recurring window may last, in milliseconds. */
const LONGEST_WINDOW_MS = 366 * 86_400_000;

/** How many windows a state may hold: each costs memory and time whenever the state is read. */
const MOST_WINDOWS = 100;

/**
 * Checks the recurring windows of a state.
 *
 * @returns The windows, frozen, with nothing but their fields.
 * @throws {StateError} If one is not valid.
 */
export function checkRecurring(value: unknown): readonly RecurringWindow[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(
      "$.recurring",
      'an array of at least one window such as { "cron": "0 1 * * SUN", "duration": "1h" }',
      value,
    );
  }
  if (value.length > MOST_WINDOWS) {
    throw invalid("$.recurring", `a list of at most ${MOST_WINDOWS} windows`, value.length);
  }
  return Object.freeze(value.map((window: unknown, index) => {
    const path = `$.recurring[${index}]`;
    checkAsOption(() => checkNames(TASK, window, ["cron", "duration", "timeZone"], `"${path}"`));
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
