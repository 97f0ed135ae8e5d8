import type { RecurringWindow } from "../types/maintenance-state.ts";
import { parseDuration } from "../util/durations.ts";
import { messageOf, quote } from "../util/received.ts";
import { TASK } from "./checks.ts";
import { StateError } from "./state-error.ts";

/** A recurring window. Instants are in milliseconds since 1970. */
export interface Recurrence {
  /** The end of the window at an instant; `undefined` between windows. */
  until(now: number): number | undefined;
  /** The start of the first window after an instant; `undefined` if there is none. */
  next(after: number): number | undefined;
}

/** How many windows in a row, without a gap, count towards an end. */
const MOST_IN_A_ROW = 50;

/** The end of the window at an instant, and of the windows that follow without a gap. */
export function endOfWindows(recurrences: readonly Recurrence[], now: number): number {
  let end = now;
  for (let windows = 0; windows < MOST_IN_A_ROW; windows++) {
    const next = Math.max(...recurrences.map(({ until }) => until(end) ?? -Infinity));
    if (next <= end) return end;
    end = next;
  }
  return Infinity;
}

/**
 * Prepares a recurring window.
 *
 * @param index Its place in `recurring`, for messages.
 * @throws {StateError} If it never comes.
 */
export async function compileRecurrence(
  { cron, duration, timeZone }: RecurringWindow,
  index: number,
): Promise<Recurrence> {
  // Loaded only here, because most sites do not need it.
  const { Cron } = await import("croner");
  const refuse = (expected: string, hint: string, cause?: unknown) => {
    const problem = { path: `$.recurring[${index}].cron`, expected, received: quote(cron), hint };
    return new StateError(TASK, problem, undefined, { cause });
  };
  let pattern: InstanceType<typeof Cron>;
  try {
    pattern = new Cron(cron, { timezone: timeZone ?? "UTC", paused: true });
  } catch (cause) {
    // findCronFault() checked it already, but the library may see it in another way.
    throw refuse('five fields of a crontab such as "0 1 * * SUN"', messageOf(cause), cause);
  }
  const lastsMs = parseDuration(duration)!;
  const find = (after: number) => pattern.nextRun(new Date(after))?.getTime();
  if (find(Date.now()) === undefined) throw refuse("a time that comes", "there is no such day");
  // Finding a window takes microseconds, so the result is kept as long as it holds.
  let from = Infinity;
  let to = -Infinity;
  let lasts: number | undefined;
  function until(now: number): number | undefined {
    if (now >= from && now < to) return lasts;
    // The first window that is not over, if it has begun.
    const start = find(now - lastsMs) ?? Infinity;
    lasts = start <= now ? start + lastsMs : undefined;
    from = start <= now ? start : now;
    to = lasts ?? start;
    return lasts;
  }
  let asked = Infinity;
  let found = -Infinity;
  function next(after: number): number | undefined {
    if (after < asked || after >= found) {
      found = find(after) ?? Infinity;
      asked = after;
    }
    return found === Infinity ? undefined : found;
  }
  return { until, next };
}
