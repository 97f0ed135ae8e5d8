import { compileBypass } from "../bypass/bypass.ts";
import { messageOf, quote } from "../util/received.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import type { Snapshot } from "../gate/live.ts";
import { StateError } from "./state-error.ts";
import { parseDuration } from "../util/durations.ts";
import type { MaintenanceState, RecurringWindow } from "../types/maintenance-state.ts";
import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";

/** A window that comes back, by instants in milliseconds since 1970. */
interface Recurrence {
  /** Until when the window lasts that an instant lies in, or `undefined` if it lies in none. */
  until(now: number): number | undefined;
  /** When the first window begins after an instant, or `undefined` if none does. */
  next(after: number): number | undefined;
}

/**
 * Prepares a state for the gate.
 *
 * @param state The state, as `parseState` returns it.
 * @throws {StateError} If a window of `recurring` never comes.
 */
export async function prepareSnapshot(state: MaintenanceState): Promise<Snapshot> {
  return compileSnapshot(state, await Promise.all((state.recurring ?? []).map(compileRecurrence)));
}

/**
 * The same at once.
 *
 * @param recurrences The windows of `recurring`, one of which it has to be.
 */
export function compileSnapshot(state: MaintenanceState, recurrences: readonly Recurrence[] = []): Snapshot {
  const start = state.start === undefined ? -Infinity : Date.parse(state.start);
  const end = state.end === undefined ? Infinity : Date.parse(state.end);
  const isInWindow = (now: number) => now >= start && now < end;
  const isInForce = recurrences.length === 0
    ? isInWindow
    : (now: number) => isInWindow(now) && recurrences.some(({ until }) => until(now) !== undefined);
  function startsAt(now: number): number | undefined {
    if (state.mode === "off" || isInForce(now)) return undefined;
    if (now < start && isInForce(start)) return start;
    const starts = Math.min(...recurrences.map(({ next }) => next(Math.max(now, start)) ?? Infinity));
    return starts < end ? starts : undefined;
  }
  return Object.freeze({
    state,
    startsAt,
    isInForce: state.mode === "off" ? undefined : isInForce,
    endsAt(now: number) {
      const ends = Math.min(end, recurrences.length === 0 ? Infinity : endOfWindows(recurrences, now));
      return Number.isFinite(ends) ? ends : undefined;
    },
    appliesTo: state.urls && compileClosedUrls(state.urls, "$.urls"),
    isIgnored: state.ignoreUrls?.length ? compileUrlPatterns(state.ignoreUrls, "$.ignoreUrls") : undefined,
    isInternal: state.internalIps?.length ? compileIpRanges(state.internalIps, "$.internalIps") : undefined,
    bypass: state.bypass === undefined ? undefined : compileBypass(state.bypass, end),
  });
}

/** How many windows that follow each other without a gap are looked at to find the end. */
const MOST_IN_A_ROW = 50;

/** When the window ends that an instant lies in, and those that go on where it ends. */
function endOfWindows(recurrences: readonly Recurrence[], now: number): number {
  let end = now;
  for (let windows = 0; windows < MOST_IN_A_ROW; windows++) {
    const next = Math.max(...recurrences.map(({ until }) => until(end) ?? -Infinity));
    if (next <= end) return end;
    end = next;
  }
  return Infinity;
}

async function compileRecurrence({ cron, duration, timeZone }: RecurringWindow, index: number): Promise<Recurrence> {
  // Loaded only here: most sites have no use for it.
  const { Cron } = await import("croner");
  const refuse = (expected: string, hint: string, cause?: unknown) => {
    const problem = { path: `$.recurring[${index}].cron`, expected, received: quote(cron), hint };
    return new StateError("read the maintenance state", problem, undefined, { cause });
  };
  let pattern: InstanceType<typeof Cron>;
  try {
    pattern = new Cron(cron, { timezone: timeZone ?? "UTC", paused: true });
  } catch (cause) {
    // It was checked already, so this is for what the library sees in another way.
    throw refuse('five fields of a crontab such as "0 1 * * SUN"', messageOf(cause), cause);
  }
  const lastsMs = parseDuration(duration)!;
  const find = (after: number) => pattern.nextRun(new Date(after))?.getTime();
  if (find(Date.now()) === undefined) throw refuse("a time that comes", "there is no such day");
  // Finding a window takes microseconds, so what was found is kept for as long as it is true.
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
