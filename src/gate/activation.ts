import { isBoolean, type Reporter } from "../util/reporter.ts";
import type { Snapshot } from "./live.ts";
import { someUrl } from "./request-urls.ts";
import type { Settings } from "./settings.ts";

/** Whether maintenance is on: by the option `enabled`, or by the state of the store. */
export interface Activation {
  /** Whether it is on, somewhere on the site at least. Asks `enabled` if that is a function. */
  isActive(this: void): boolean;
  /** What `enabled` said when {@link isActive} asked last. */
  isEnabled(this: void): boolean;
  /** The state of the store, if it is in force. */
  stateInForce(this: void): Snapshot | undefined;
  /** The state of the store, if it is in force for the URL of a request. */
  stateFor(this: void, request: Request): Snapshot | undefined;
}

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

  function stateInForce(): Snapshot | undefined {
    const snapshot = live?.snapshot;
    return snapshot?.isInForce?.(now()) === true ? snapshot : undefined;
  }

  function stateFor(request: Request): Snapshot | undefined {
    const state = stateInForce();
    // While `enabled` closes the site as well, the state of a part of it says nothing of the rest.
    const appliesTo = state?.appliesTo;
    return !enabled || appliesTo === undefined || someUrl(request, appliesTo) ? state : undefined;
  }

  return { isActive, isEnabled: () => enabled, stateInForce, stateFor };
}
