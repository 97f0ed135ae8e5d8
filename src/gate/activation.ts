import { isBoolean, type Reporter } from "../util/reporter.ts";
import type { Decision } from "../types/decision.ts";
import type { Snapshot, SnapshotGroup } from "./live.ts";
import { type RewrittenRequest, someUrl } from "./request-urls.ts";
import type { Settings } from "./settings.ts";

/** Whether maintenance is on: by the option `enabled`, or by the state of the store. */
export interface Activation {
  /** Whether it is on, somewhere on the site at least. Asks `enabled` if that is a function. */
  isActive(this: void): boolean;
  /** What `enabled` said when {@link isActive} asked last. */
  isEnabled(this: void): boolean;
  /** The maintenances in the store that are in force, the strictest first. */
  inForce(this: void): readonly Snapshot[];
  /** Those that may close the host of a URL. */
  inForceNear(this: void, url: string): readonly Snapshot[];
  /** Those that close the URL of a request. */
  inForceFor(this: void, request: Request): readonly Snapshot[];
  /**
   * Those that say who gets past: the same, or where the option `enabled` alone closes the URL, the one at the top level, though it
   * closes another part.
   */
  askedFor(this: void, request: Request): readonly Snapshot[];
  /** The maintenance that a decision about a request came from, if it is in the store and in force for it. */
  sourceOf(this: void, made: Decision, request: Request): Snapshot | undefined;
}

const NONE: readonly Snapshot[] = [];

/** Makes an {@link Activation}. */
export function createActivation(
  settings: Pick<Settings, "enabled" | "live">,
  now: () => number,
  { report, reportResult }: Reporter,
): Activation {
  const { live } = settings;
  // The last good answer of `enabled`.
  let enabled = settings.enabled === true;
  const ask = typeof settings.enabled === "function" ? settings.enabled : undefined;

  function askEnabled(ask: () => unknown): boolean {
    try {
      const answer = ask();
      if (isBoolean(answer)) enabled = answer;
      else reportResult("enabled", "true or false", answer);
    } catch (error) {
      report(error, "enabled");
    }
    return enabled;
  }

  // Every request takes this way while maintenance is off, so the function calls no more than it has to.
  function isActive(): boolean {
    if (ask === undefined ? enabled : askEnabled(ask)) return true;
    if (live === undefined) return false;
    const { isInForce } = live.snapshot;
    return isInForce !== undefined && isInForce(now());
  }

  const groupInForce = (): SnapshotGroup | undefined => live?.snapshot.inForce(now());
  const inForce = (): readonly Snapshot[] => groupInForce()?.list ?? NONE;
  const inForceNear = (url: string): readonly Snapshot[] => groupInForce()?.near(url) ?? NONE;

  function inForceFor(request: Request & RewrittenRequest): readonly Snapshot[] {
    const group = groupInForce();
    if (group === undefined) return NONE;
    // Middleware may have made another URL of it, with another host.
    const list = request.rewrittenUrl === undefined ? group.near(request.url) : group.list;
    const closes = ({ appliesTo }: Snapshot) => appliesTo === undefined || someUrl(request, appliesTo);
    if (list.length === 1) return closes(list[0]!) ? list : NONE;
    return list.filter(closes);
  }

  function askedFor(request: Request): readonly Snapshot[] {
    const windows = inForceFor(request);
    return windows.length > 0 || !enabled ? windows : inForceNear(request.url).filter(({ name }) => name === undefined);
  }

  function sourceOf(made: Decision, request: Request): Snapshot | undefined {
    const name = made.outcome === "answer" ? made.window : undefined;
    const windows = inForceFor(request);
    // In doubt the strictest.
    return windows.find((each) => each.name === name) ?? windows[0];
  }

  return { isActive, isEnabled: () => enabled, inForce, inForceNear, inForceFor, askedFor, sourceOf };
}
