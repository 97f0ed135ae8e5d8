import type { RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";

const EVENT_STREAM = /^\s*text\/event-stream\s*(?:[;,]|$)/i;

/** Whether a `Content-Type`, or the `Accept` of an `EventSource`, says that a response may never end. */
export function isEventStream(contentType: unknown): boolean {
  return typeof contentType === "string" && EVENT_STREAM.test(contentType);
}

/** The `Content-Type` of a Response, if that is what a handler has returned. */
export function contentTypeOf(response: unknown): unknown {
  return (response as Partial<Response> | null | undefined)?.headers?.get?.("content-type");
}

/** What the handler has returned, as far as it is still there. */
export function resultOf(tracked: TrackedRequest): unknown {
  return tracked.result instanceof WeakRef ? tracked.result.deref() : tracked.result;
}

/**
 * Leaves the promise of a handler that has not answered to the garbage collector. What the handler waits for holds it;
 * once it is gone, the request cannot be answered any more, and nothing of it is going on.
 */
export function keepWeakly(tracker: RequestTracker, tracked: TrackedRequest): void {
  if (!(tracked.result instanceof WeakRef)) tracked.result = new WeakRef(tracked.result as object);
  else if (tracked.result.deref() === undefined) tracker.leave(tracked);
}

/** Looks what a handler has made of a request whose end the host tells of by itself. */
export function lookAtResult(tracker: RequestTracker, tracked: TrackedRequest): void {
  const { result } = tracked;
  if (result instanceof WeakRef) return keepWeakly(tracker, tracked);
  if (!isPromise(result)) {
    if (isEventStream(contentTypeOf(result))) tracker.markAsStream(tracked, "event-stream");
    return;
  }
  const settle = (response: unknown) => {
    tracked.result = response;
    lookAtResult(tracker, tracked);
  };
  result.then(settle, () => tracked.result = undefined);
  keepWeakly(tracker, tracked);
}

/** Calls the handler where nothing is known of the response: the request is finished when the handler has returned. */
export function followHandler<Result>(tracker: RequestTracker, tracked: TrackedRequest, handler: () => Result): Result {
  const leave = () => tracker.leave(tracked);
  let result: Result;
  try {
    result = handler();
  } catch (error) {
    leave();
    throw error;
  }
  if (isPromise(result)) result.then(leave, leave);
  else leave();
  return result;
}
