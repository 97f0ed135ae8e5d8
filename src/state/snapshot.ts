import { compileBypass } from "../bypass/bypass.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import { compilePart } from "./part.ts";
import { endOfWindows, type Recurrence } from "./recurrence.ts";
import { ownOf } from "../util/own.ts";
import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileRequestPatterns, type RequestTest } from "../match/url/methods.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";

/**
 * Prepares one maintenance whose recurring windows are ready.
 *
 * @param given The maintenance, from `parseState`.
 * @param name The name of its window; `undefined` for the one at the top level.
 * @param recurrences The recurring windows.
 */
export function compileSnapshot(
  given: MaintenanceWindow,
  name: string | undefined,
  recurrences: readonly Recurrence[],
): Snapshot {
  const state = ownOf(given);
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
  function changesAt(now: number): number {
    if (state.mode === "off") return Infinity;
    const turns = [start, end].filter((instant) => instant > now);
    for (const { until, next } of recurrences) turns.push(until(now) ?? next(now) ?? Infinity);
    return Math.min(Infinity, ...turns);
  }
  return Object.freeze({
    state: given,
    name,
    startsAt,
    changesAt,
    isInForce: state.mode === "off" ? undefined : isInForce,
    endsAt(now: number) {
      const ends = Math.min(end, recurrences.length === 0 ? Infinity : endOfWindows(recurrences, now));
      return Number.isFinite(ends) ? ends : undefined;
    },
    ...compilePart(state),
    isIgnored: compileList(state, "ignoreUrls"),
    isRead: compileList(state, "reads"),
    isWrite: state.writes?.length
      ? compileRequestPatterns(state.writes, "$.writes", compileClosedUrls, true)
      : undefined,
    isInternal: state.internalIps?.length ? compileIpRanges(state.internalIps, "$.internalIps") : undefined,
    bypass: state.bypass === undefined ? undefined : compileBypass(state.bypass, end),
  });
}

/** The test of a list of URLs that lets requests pass. */
function compileList(state: MaintenanceWindow, name: "ignoreUrls" | "reads"): RequestTest | undefined {
  const patterns = state[name];
  return patterns?.length ? compileRequestPatterns(patterns, `$.${name}`, compileUrlPatterns) : undefined;
}
