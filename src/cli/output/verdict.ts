import type { Instance } from "../../types/fleet.ts";
import { mostAhead } from "../../state/clock-skew.ts";
import type { FleetReport } from "../../state/fleet.ts";
import { isCounted } from "../../state/fleet-target.ts";
import { formatPercentage } from "../../util/percentage.ts";
import { formatTime, formatTimeShort } from "../input/times.ts";
import type { Situation } from "../situation.ts";
import { count, describeLate, partOf, printable } from "./describe.ts";
import type { Output } from "./output.ts";

/** Whether it is safe to migrate. */
export type Verdict = SafeVerdict | UnsafeVerdict;

/** It is safe. */
export interface SafeVerdict {
  readonly isSafe: true;
  /** The part of the site that it is about; `undefined` for the whole site. */
  readonly only: string | undefined;
  /** Until when, in milliseconds since 1970; `undefined` until somebody turns maintenance off. */
  readonly until: number | undefined;
  /** The conditions under which it is, which the operator has said are met. */
  readonly conditions: readonly string[];
}

/** It is not safe, or nobody knows. */
export interface UnsafeVerdict {
  readonly isSafe: false;
  readonly reason: string;
}

/** The verdict that it is not safe. */
export function notSafe(reason: string): UnsafeVerdict {
  return { isSafe: false, reason: printable(reason) };
}

/** The verdict where somebody else has changed the state. */
export const CHANGED = "someone else changed the state";

/** What an operator has said before the verdict. */
export interface Given {
  /** Whether it is right that no process is registered. */
  readonly allowNone?: boolean;
  /** How many processes have to be ready at least. */
  readonly expect?: number | undefined;
}

/**
 * Says whether it is safe to migrate. It claims no more than the processes have told.
 *
 * @param report The last report on the fleet, for the state in question.
 * @param now The clock, in milliseconds since 1970.
 */
export function judge(situation: Situation, report: FleetReport, given: Given = {}, now: number = Date.now()): Verdict {
  const { state, endsAt } = situation;
  const { instances, dead, isReady } = report;
  const open = judgeOpen(situation, now);
  if (open !== undefined) return open;
  if (!isReady) return notSafe(whyNotReady(report, given));
  const isNone = instances.every(({ counts }) => counts.includes("nothing"));
  if (isNone && given.allowNone !== true) return notSafe(whyNone(instances));
  const until = endsAt === undefined ? undefined : endsAt - mostAhead(instances, now);
  if (until !== undefined && until <= now) return notSafe("maintenance may be over where a clock is ahead");
  const uncounted = instances.filter((instance) => !isCounted(instance));
  const conditions = [
    isNone && "the site is not running",
    uncounted.length > 0 && `nothing is at work in ${nameAll(uncounted)}, which nobody counts`,
    dead.length > 0 && `${nameAll(dead)}, which went silent, ${dead.length === 1 ? "is" : "are"} dead`,
  ].filter((condition) => condition !== false);
  return { isSafe: true, only: partOf(state), until, conditions };
}

/** The verdict on all windows in force: that on the whole site if one closes it, else on all parts that are closed. */
export function joinVerdicts(verdicts: readonly { readonly window: Situation; readonly verdict: Verdict }[]): Verdict {
  const safe = verdicts.map(({ verdict }) => verdict).filter((verdict) => verdict.isSafe);
  const latest = (a: SafeVerdict, b: SafeVerdict) => (b.until ?? Infinity) - (a.until ?? Infinity);
  const whole = safe.filter(({ only }) => only === undefined).sort(latest)[0];
  if (whole !== undefined) return whole;
  const unsafe = verdicts.find(({ verdict }) => !verdict.isSafe);
  if (unsafe !== undefined) {
    const { window: { name }, verdict } = unsafe;
    return name === undefined || verdicts.length === 1
      ? verdict
      : notSafe(`${(verdict as UnsafeVerdict).reason} (window "${name}")`);
  }
  const ends = safe.map(({ until }) => until).filter((until) => until !== undefined);
  return {
    isSafe: true,
    only: safe.map(({ only }) => only).join("; "),
    until: ends.length === 0 ? undefined : Math.min(...ends),
    conditions: [...new Set(safe.flatMap(({ conditions }) => conditions))],
  };
}

/** The verdict where visitors get in by the state alone, whatever the processes do. */
export function judgeOpen(situation: Situation, now: number): UnsafeVerdict | undefined {
  const { state, inForce, phase, beginsAt } = situation;
  if (inForce) return state.admit ? notSafe(`${formatPercentage(state.admit)} of visitors get in`) : undefined;
  if (phase !== "scheduled") return notSafe("maintenance is off");
  return notSafe(
    beginsAt === undefined ? "maintenance does not begin any more" : `maintenance begins ${formatTime(beginsAt, now)}`,
  );
}

const NOT_READY = { none: "is ready", one: "is not ready", many: "are not ready" };

/** Why a fleet is not ready, in a clause. */
export function whyNotReady(report: FleetReport, { expect = 0 }: Given): string {
  const { instances, stragglers, missing, isOnlyUncounted } = report;
  if (isOnlyUncounted) {
    const who = instances.length === 1
      ? "the only process"
      : `${stragglers.length} of ${count(instances.length, "process", "processes")}`;
    return `${who} may have something at work that nobody counts`;
  }
  if (missing > stragglers.length) {
    return `${instances.length - stragglers.length} of ${expect} expected processes are ready`;
  }
  return describeLate(stragglers.length, instances.length, NOT_READY);
}

/** Why nobody knows anything of the site, in a clause. */
export function whyNone(instances: readonly Instance[]): string {
  return instances.length === 0
    ? "no running process uses this store"
    : "only processes that count nothing use this store, so none of the site does";
}

function nameAll(instances: readonly Instance[]): string {
  return instances.map(({ host, pid }) => `${host} (pid ${pid})`).join(", ");
}

/** The longest part of a site that the verdict names. A row of the report names it in any case. */
const LONGEST_PART = 30;

/** Prints the verdict, on one line of its own. */
export function printVerdict(output: Output, verdict: Verdict, now: number = Date.now()): void {
  if (!verdict.isSafe) return output.line(`${output.paint(["red", "bold"], "NOT SAFE:")} ${verdict.reason}`);
  const { only, until, conditions } = verdict;
  const part = only === undefined
    ? ""
    : ` ${only.length > LONGEST_PART ? "the closed part of the site" : `what serves ${only}`}`;
  const end = until === undefined ? "" : ` until ${formatTimeShort(until, now)}`;
  const given = conditions.length === 0 ? "" : `, if ${conditions.join(" and ")}`;
  output.line(`${output.paint(["green", "bold"], "SAFE TO MIGRATE")}${printable(`${part}${end}${given}`)}`);
}

/** The verdict as `--json` prints it. */
export function verdictJson(verdict: Verdict): Record<string, unknown> {
  if (!verdict.isSafe) return { safe: false, only: null, until: null, conditions: [], reason: verdict.reason };
  const { only = null, until, conditions } = verdict;
  // Rounded down: it is not safe for a moment longer.
  const instant = until === undefined ? null : new Date(until - until % 1_000).toISOString().replace(".000Z", "Z");
  return { safe: true, only, until: instant, conditions, reason: null };
}
