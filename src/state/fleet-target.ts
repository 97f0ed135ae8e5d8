import type { Instance } from "../types/fleet.ts";
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
}

/** Whether a process has followed. */
export function isReady(instance: Instance, { revision, drained }: FleetTarget, streams: boolean): boolean {
  if (instance.revision !== revision) return false;
  if (!drained) return true;
  return instance.inForce && instance.before === 0 && !(streams && instance.streams > 0) && !isJustBack(instance);
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
export function describeStraggler(instance: Instance, { revision }: FleetTarget): string {
  const name = `${instance.host} (pid ${instance.pid})`;
  if (isUnreadable(instance)) return `${name} may still have the old state: ${instance.problem}`;
  if (instance.revision !== revision) {
    const why = instance.problem === undefined ? "" : `: ${instance.problem}`;
    return `${name} still has the old state (${instance.mode})${why}`;
  }
  if (!instance.inForce) return `${name} has the new state, but does not apply it: its clock may be wrong`;
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
