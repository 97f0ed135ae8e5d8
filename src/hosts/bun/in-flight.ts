import type { InForce, RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { contentTypeOf, followHandler, isEventStream, keepWeakly, resultOf } from "../common/in-flight.ts";
import type { BunServer } from "./server.ts";

/** Lets a request in and counts it until its response has been sent, or the WebSocket that it has become is closed. */
export type BunFollow = <Result>(
  request: Request,
  server: BunServer | undefined,
  inForce: InForce,
  letIn: () => Result,
) => Result;

/** Makes the function that counts requests. */
export function createFollow(tracker: RequestTracker): BunFollow {
  const { Bun } = globalThis as { Bun?: BunGlobal };
  const look = Bun && createLook(tracker, Bun);
  return (request, server, inForce, letIn) => {
    // A test that calls the handler itself may have no server, and not run in Bun.
    if (server === undefined || look === undefined) {
      return followHandler(tracker, tracker.enter(request, inForce, () => {}), letIn);
    }
    const tracked = tracker.enter(request, inForce, look);
    tracked.host = server;
    const result = letIn();
    tracked.result = result;
    return result;
  };
}

/** The `Bun` global, by the member that is used: it tells synchronously whether a promise has settled, and its value. */
interface BunGlobal {
  readonly peek: ((promise: unknown) => unknown) & { status(promise: unknown): "pending" | "fulfilled" | "rejected" };
}

/**
 * Makes the function that finds out how far a request has come. Bun does not tell when it has sent a response, but it forgets
 * the client's address when a request is over. It never knows one on a Unix socket or for a copy of the request: these count
 * until the handler has answered.
 */
function createLook(tracker: RequestTracker, { peek }: BunGlobal): TrackedRequest["look"] {
  return (tracked) => {
    const request = tracked.request as Request;
    const server = tracked.host as BunServer;
    const result = resultOf(tracked);
    const isReturned = peek.status(result) !== "pending";
    if (server.requestIP(request) !== null) {
      // Bun has taken the header fields out of the Response, unless the app has read one. "Accept" has to do instead.
      const contentType = contentTypeOf(peek(result)) ?? request.headers.get("accept");
      if (isReturned && isEventStream(contentType)) tracker.markAsStream(tracked, "event-stream");
    } else if (!isReturned) {
      keepWeakly(tracker, tracked);
    } else if (!isUpgrade(request, peek(result)) || !followUpgrade(tracker, tracked, request, server)) {
      tracker.leave(tracked);
    }
  };
}

/** Whether the app may have called `server.upgrade()` before it returned this: some apps return an empty Response then. */
function isUpgrade(request: Request, response: unknown): boolean {
  const { status } = (response ?? {}) as Partial<Response>;
  return response !== null && (status === undefined || status < 300) &&
    request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The number of noted WebSockets of a server. */
const upgrades = new WeakMap<BunServer, number>();

/** Notes a WebSocket until it is closed. It may be one only if the server has more of them than are noted. */
function followUpgrade(tracker: RequestTracker, tracked: TrackedRequest, request: Request, server: BunServer): boolean {
  const isMore = (difference: number) => (upgrades.get(server) ?? 0) + difference <= (server.pendingWebSockets ?? 0);
  // Bun aborts the signal of a request that has become a WebSocket when the socket is closed.
  if (request.signal.aborted || !isMore(1)) return false;
  const note = (difference: number) => upgrades.set(server, (upgrades.get(server) ?? 0) + difference);
  const end = () => {
    if (tracked.isOpen) note(-1);
    tracker.leave(tracked);
  };
  note(1);
  tracker.markAsStream(tracked, "upgrade");
  request.signal.addEventListener("abort", end);
  // A request that only looked like a WebSocket would stay noted: it goes when more are noted than the server has.
  tracked.look = () => isMore(0) || end();
  return true;
}
