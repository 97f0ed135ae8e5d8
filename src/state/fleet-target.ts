import type { Instance } from "../types/fleet.ts";
import { isUnreadable, RECORD_EVERY_MS } from "./instance-record.ts";

/** What a fleet is waited for to follow. */
export interface FleetTarget {
  /** The revision of the state, as `revisionOf` tells it of what was written. */
  readonly revision: string;
  /**
   * Whether it also has to be in force there, and the requests that were let in before have to be finished: not where
   * maintenance ends, or begins later.
   */
  readonly drained: boolean;
}

/** Whether a process has followed. */
export function isReady(instance: Instance, { revision, drained }: FleetTarget, streams: boolean): boolean {
  if (instance.revision !== revision) return false;
  if (!drained) return true;
  return instance.inForce && instance.before === 0 && !(streams && instance.streams > 0) && !isJustBack(instance);
}

/** How long the clients of a store may take to connect again, in milliseconds, until they have written their records. */
const RECONNECT_MS = 10_000;

/**
 * Whether a process had lost the store until a moment ago. Then others had, too, and those that are not back yet go on with
 * the state that they know, and nobody knows of them: their records may be gone.
 */
function isJustBack({ startedAt, connectedMs, clock }: Instance): boolean {
  if (connectedMs === undefined || connectedMs >= RECONNECT_MS) return false;
  return clock - startedAt - connectedMs > RECORD_EVERY_MS;
}

/**
 * Says what keeps a process from having followed, in a line: `"web-1 (pid 12) still has 1 request from before: GET /slow
 * (12 s)"`.
 *
 * @param instance The process.
 * @param target What it was to follow.
 */
export function describeStraggler(instance: Instance, { revision }: FleetTarget): string {
  const name = `${instance.host} (pid ${instance.pid})`;
  if (isUnreadable(instance)) return `${name} may not have taken the new state: ${instance.problem}`;
  if (instance.revision !== revision) {
    const why = instance.problem === undefined ? "" : `: ${instance.problem}`;
    return `${name} has not taken the new state, it is ${instance.mode} there${why}`;
  }
  if (!instance.inForce) return `${name} does not take it for the time yet, or no more: its clock may be wrong`;
  if (instance.before === 0 && isJustBack(instance)) {
    return `${name} had lost the store until a moment ago: others may not be back yet, try again`;
  }
  const held = instance.held.slice(0, Math.max(1, instance.before || instance.streams));
  const list = held.map(({ method, path, seconds }) => `${method} ${path} (${seconds} s)`).join(", ");
  const more = instance.before > held.length ? ", …" : "";
  const what = instance.before > 0
    ? `${instance.before} ${instance.before === 1 ? "request" : "requests"} from before`
    : `${instance.streams} ${instance.streams === 1 ? "stream" : "streams"}`;
  return `${name} still has ${what}${list && `: ${list}${more}`}`;
}
