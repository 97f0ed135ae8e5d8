import type { StateSnapshot } from "../gate/live.ts";
import type { Instance, WaitOptions } from "../types/fleet.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";
import type { StoredState } from "../types/store.ts";
import { isSameJson } from "../util/same-json.ts";
import { OFF } from "./modes.ts";
import { tryParseState } from "./owner.ts";
import { windowOf } from "./parts.ts";
import { revisionOf } from "./store-calls.ts";
import { isUnreadable, RECORD_EVERY_MS } from "./instance-record.ts";

/** The state that a fleet is to follow. */
export interface FleetTarget {
  /** The revision of the state, which the store gives it when it is written. */
  readonly revision: string;
  /**
   * Whether each process also has to have it in force and to have finished the requests that it let in before. Leave it
   * `false` where maintenance ends or begins later.
   */
  readonly drained: boolean;
  /** The maintenance that was written. Without it, the one at the top level of whatever state has the revision. */
  readonly window?: TargetWindow;
}

/** A maintenance that a fleet is to follow. */
export interface TargetWindow {
  /** The name of its window; `undefined` for the one at the top level. */
  readonly name: string | undefined;
  /** What it says; `undefined` if the window was removed. */
  readonly state: MaintenanceWindow | undefined;
  /** Whether it is in force at an instant, in milliseconds since 1970. */
  isInForce(now: number): boolean;
  /** The revisions of later states in which it says the same: somebody has changed something else. */
  readonly later: Set<string>;
}

/**
 * The target of a change of one maintenance.
 *
 * @param revision The revision of the state that was written.
 * @param snapshot That state.
 * @param name The name of the window; `undefined` for the top level.
 */
export function targetOf(
  revision: string,
  snapshot: StateSnapshot,
  name: string | undefined,
  drained: boolean,
): FleetTarget {
  const found = snapshot.find(name);
  const isInForce = (now: number) => found?.isInForce?.(now) === true;
  return { revision, drained, window: { name, state: found?.state, isInForce, later: new Set() } };
}

/** Whether the maintenance of a target still says in a stored state what it said when it was written. */
export function isStill({ window, revision }: FleetTarget, stored: StoredState | undefined): boolean {
  const now = revisionOf(stored);
  if (now === revision || window === undefined) return now === revision;
  const state = stored === undefined ? OFF : tryParseState(stored.text);
  return state !== undefined && isSameJson(windowOf(state, window.name), window.state);
}

/** Whether a process has the state of a target, or a later one in which the maintenance says the same. */
export function hasFollowed(instance: Pick<Instance, "revision">, { revision, window }: FleetTarget): boolean {
  return instance.revision === revision ||
    instance.revision !== undefined && window?.later.has(instance.revision) === true;
}

/** What a process has to have done to be ready. */
export interface Terms extends Pick<WaitOptions, "streams" | "allowUncounted"> {
  /** The id of the process that waits. */
  readonly self?: string | undefined;
}

/** Whether a process has followed, and is known to have finished its requests and work from before. */
export function isReady(instance: Instance, target: FleetTarget, terms: Terms): boolean {
  if (!hasFollowed(instance, target) || instance.silentMs !== undefined) return false;
  if (!target.drained) return true;
  const isDrained = isApplied(instance, target) && instance.before === 0 && !(terms.streams && instance.streams > 0);
  return isDrained && !isJustBack(instance) && (terms.allowUncounted === true || isCounted(instance, terms.self));
}

/** Whether the maintenance is in force in a process, by the clock of that process. */
function isApplied({ inForce, clock }: Instance, { window }: FleetTarget): boolean {
  return inForce && (window === undefined || window.isInForce(clock));
}

/**
 * Whether a process counts everything that it may have at work.
 *
 * @param self The id of the process that waits: where only its own code waits, nothing else is at work.
 */
export function isCounted({ id, counts, uncounted }: Instance, self?: string): boolean {
  return !counts.includes("unknown") || (id === self && uncounted === "undeclared");
}

/** How long processes may take to connect to a store again and to write their records, in milliseconds. */
const RECONNECT_MS = 10_000;

/**
 * Whether a process had lost the store until a moment ago. Others had lost it as well then. Those that are not back yet go on
 * with the state that they know, and nobody knows of them, because their records may be gone.
 */
function isJustBack({ startedAt, connectedMs, clock }: Instance): boolean {
  if (connectedMs === undefined || connectedMs >= RECONNECT_MS) return false;
  return clock - startedAt - connectedMs > RECORD_EVERY_MS;
}

/**
 * Describes in a line why a process is not ready: `"web-1 (pid 12) still has 1 request from before: GET /slow (12 s)"`.
 *
 * @param instance The process.
 * @param target The state that it was to follow.
 */
export function describeStraggler(instance: Instance, target: FleetTarget): string {
  const name = `${instance.host} (pid ${instance.pid})`;
  if (instance.silentMs !== undefined) {
    if (instance.problem !== undefined) return `${name} went silent: ${instance.problem}`;
    const seconds = Math.round(instance.silentMs / 1_000);
    const last = instance.before > 0 ? ` with ${describeBefore(instance)}` : "";
    return `${name} went silent ${seconds} s ago${last}: nobody knows whether it still works with the old state`;
  }
  if (isUnreadable(instance)) return `${name} may still have the old state: ${instance.problem}`;
  if (!hasFollowed(instance, target)) {
    const why = instance.problem === undefined ? "" : `: ${instance.problem}`;
    return `${name} still has the old state (${instance.mode})${why}`;
  }
  if (!isApplied(instance, target)) return `${name} has the new state, but does not apply it: its clock may be wrong`;
  if (instance.before === 0 && isJustBack(instance)) {
    return `${name} had lost the store until a moment ago: others may not be back yet, try again`;
  }
  if (instance.before > 0) return `${name} still has ${describeBefore(instance)}`;
  if (!isCounted(instance)) return `${name} ${describeUncounted(instance)}`;
  return `${name} still has ${instance.streams} ${instance.streams === 1 ? "stream" : "streams"}${listHeld(instance)}`;
}

function describeBefore(instance: Instance): string {
  return `${instance.before} ${nounOf([instance], instance.before)} from before${listHeld(instance)}`;
}

/** What processes count, as a noun: `"request"`, `"jobs"`, or `"requests and jobs"`. */
export function nounOf(instances: readonly Instance[], number: number): string {
  const some = (what: "requests" | "work") => instances.some(({ counts }) => counts.includes(what));
  const s = number === 1 ? "" : "s";
  if (!some("work")) return `request${s}`;
  return some("requests") ? `request${s} ${number === 1 ? "or" : "and"} job${s}` : `job${s}`;
}

function listHeld({ before, streams, held }: Instance): string {
  const named = held.slice(0, Math.max(1, before || streams));
  const list = named.map(({ method, path, seconds }) => `${method} ${path} (${seconds} s)`).join(", ");
  return list && `: ${list}${before > named.length ? ", …" : ""}`;
}

/** Why nobody knows what a process has at work, and what would count it. */
function describeUncounted({ uncounted }: Instance): string {
  switch (uncounted) {
    case "by-hand":
      return "does not count its requests, because its code calls the gate by hand: put withMaintenance() or " +
        "maintenanceMiddleware() in front of the app, or build on createGuard() of maintenancemode/fetch. " +
        "If it is an app of Next, its log may say that a restart is enough";
    case "undeclared":
      return "does not say what it has at work: its code should give its jobs to state.track(), or call " +
        'liveState(store, { counts: "nothing" }) if it has none';
    default:
      return "runs a version of maintenancemode that does not say what it counts: update it";
  }
}
