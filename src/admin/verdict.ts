import { formatPercentage } from "../util/percentage.ts";
import { mostAhead } from "../state/clock-skew.ts";
import type { FleetReport } from "../state/fleet.ts";
import { describeStraggler, type FleetTarget } from "../state/fleet-target.ts";
import { toInstant } from "./instant.ts";
import type { Part, Reading } from "./reading.ts";

/** Whether it is safe to migrate, and why not. */
export interface Verdict {
  /** Whether each process has followed and finished what it had at work: by the rules of `--wait`. */
  readonly safe: boolean;
  /** Why it is not safe: sentences for people. Empty if it is. */
  readonly because: readonly string[];
  /** Until when it is safe, if that is known. */
  readonly until: string | null;
  /** The hosts and URLs that are closed, if not all are: only what serves these is safe. */
  readonly only: readonly string[] | null;
}

/**
 * Judges whether it is safe to migrate. It says so only where `--wait` would.
 *
 * @param report What the fleet has reported; `undefined` if the store keeps no records.
 */
export function judge(reading: Reading, target: FleetTarget, report: FleetReport | undefined, now: number): Verdict {
  const inForce = reading.parts.filter(({ snapshot }) => snapshot.isInForce?.(now));
  const because = reasonsAgainst(reading, inForce, target, report);
  // Of several, one may close what another one leaves open: it is safe until the first one ends.
  const ends = inForce.map(({ snapshot }) => snapshot.endsAt(now) ?? Infinity);
  const until = Math.min(...ends) - mostAhead(report?.instances ?? [], now);
  if (because.length === 0 && until <= now) because.push("Maintenance may be over where a clock is ahead");
  const safe = because.length === 0;
  return {
    safe,
    because,
    // Rounded down: it is not safe for a moment longer.
    until: safe && Number.isFinite(until) ? toInstant(until - until % 1_000) : null,
    only: safe ? closedBy(inForce) : null,
  };
}

function reasonsAgainst(
  { problem }: Reading,
  inForce: readonly Part[],
  target: FleetTarget,
  report: FleetReport | undefined,
): string[] {
  if (problem !== undefined) return ["The stored state is not valid, so the processes keep the last valid one"];
  if (inForce.length === 0) return ["Maintenance is not in force"];
  if (report === undefined) return ["This store does not record its processes, so nobody knows what they have at work"];
  const { instances, stragglers } = report;
  if (instances.every(({ counts }) => counts.includes("nothing"))) {
    return [
      instances.length === 0
        ? "No running process uses this store"
        : "Only processes that count nothing use this store, so none of the site does",
    ];
  }
  const reasons = stragglers.map((straggler) => describeStraggler(straggler, target));
  for (const { name, window: { admit } } of inForce) {
    if (!admit) continue;
    reasons.push(
      `${name === undefined ? "Maintenance" : `Window ${name}`} lets ${formatPercentage(admit)} of visitors in`,
    );
  }
  return reasons;
}

/**
 * What the fleet has to have done: each process has the stored state, and every maintenance that is in force here is so by the
 * clock of that process.
 */
export function targetOf({ revision, parts }: Reading, now: number): FleetTarget {
  const inForce = parts.filter(({ snapshot }) => snapshot.isInForce?.(now));
  const isInForce = (clock: number) => inForce.every(({ snapshot }) => snapshot.isInForce!(clock));
  // No later state will do: the next look reads it.
  return {
    revision,
    drained: inForce.length > 0,
    window: { name: undefined, state: undefined, isInForce, later: new Set() },
  };
}

/** The hosts and URLs that are closed; `null` if everything is. */
function closedBy(inForce: readonly Part[]): string[] | null {
  if (inForce.some(({ window: { hosts, urls } }) => hosts === undefined && urls === undefined)) return null;
  return inForce.map(({ window: { hosts, urls } }) =>
    urls === undefined ? hosts!.join(", ") : `${urls.join(", ")}${hosts === undefined ? "" : ` of ${hosts.join(", ")}`}`
  );
}
