import type { RequestTracker } from "../../counting/in-flight.ts";

/**
 * Where a request keeps what counts it; the same for every copy of this package in a process. A property costs each request
 * less than an entry in a `WeakMap`.
 */
const COUNTED: unique symbol = Symbol.for("maintenancemode.counted") as never;

/** The request of a Node server. */
type Countable = object & { [COUNTED]?: RequestTracker };

/** Whether a request is counted already: the same gate may stand before the server and in the app. */
export function isCounted(tracker: RequestTracker, req: Countable): boolean {
  return req[COUNTED] === tracker;
}

/** Takes note that a request is counted. */
export function noteCounted(tracker: RequestTracker, req: Countable): void {
  req[COUNTED] = tracker;
}
