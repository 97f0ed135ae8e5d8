import type { InForce, RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";
import { socketOf } from "../common/deno-socket.ts";
import { followHandler, lookAtResult, resultOf } from "../common/in-flight.ts";
import type { DenoServeInfo } from "./info.ts";

/** Lets a request in and counts it until its response has been sent, or the WebSocket that it has become is closed. */
export type DenoFollow = <Result>(
  request: Request,
  info: DenoServeInfo | undefined,
  inForce: InForce,
  letIn: () => Result,
) => Result;

/** Makes the function that counts requests. */
export function createFollow(tracker: RequestTracker): DenoFollow {
  const look = (tracked: TrackedRequest) =>
    isForgotten(tracked) ? tracker.leave(tracked) : lookAtResult(tracker, tracked);
  return (request, info, inForce, letIn) => {
    const tracked = tracker.enter(request, inForce, look);
    // A test that calls the handler itself may have no info.
    if (info?.completed === undefined) return followHandler(tracker, tracked, letIn);
    const finish = () => finishRequest(tracker, tracked);
    info.completed.then(finish, finish);
    const result = letIn();
    tracked.result = result;
    return result;
  };
}

/** Whether Deno has dropped the method and the URL: of a request that ended in this turn, if nobody has read them before. */
function isForgotten({ request }: TrackedRequest): boolean {
  try {
    return request.method === undefined || request.url === undefined;
  } catch {
    return true;
  }
}

/**
 * Notes that a request is finished, unless it has become a WebSocket: for Deno, the request ends when that begins. For Deno,
 * a request also ends when Deno itself holds all of the body, as text or bytes, which it then sends.
 */
function finishRequest(tracker: RequestTracker, tracked: TrackedRequest): void {
  const result = resultOf(tracked);
  if (!isPromise(result)) return finishResponse(tracker, tracked, result);
  result.then((response) => finishResponse(tracker, tracked, response), () => tracker.leave(tracked));
}

function finishResponse(tracker: RequestTracker, tracked: TrackedRequest, response: unknown): void {
  const socket = socketOf(response);
  if (socket === undefined || socket.readyState === CLOSED) return tracker.leave(tracked);
  tracker.markAsStream(tracked, "upgrade");
  const leave = () => tracker.leave(tracked);
  socket.addEventListener("close", leave);
  // A socket that could not be opened never closes.
  socket.addEventListener("error", leave);
}

const CLOSED = 3;
