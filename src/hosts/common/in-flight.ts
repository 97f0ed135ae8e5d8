import type { RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";

const EVENT_STREAM = /^\s*text\/event-stream\s*(?:[;,]|$)/i;

/** Whether a `Content-Type`, or the `Accept` of an `EventSource`, says that a response may never end. */
export function isEventStream(contentType: unknown): boolean {
  return typeof contentType === "string" && EVENT_STREAM.test(contentType);
}

/** The `Content-Type` of a result of a handler, if that is a Response. */
export function contentTypeOf(response: unknown): unknown {
  return (response as Partial<Response> | null | undefined)?.headers?.get?.("content-type");
}

/** The result of the handler; `undefined` if the garbage collector has taken it. */
export function resultOf(tracked: TrackedRequest): unknown {
  return tracked.result instanceof WeakRef ? tracked.result.deref() : tracked.result;
}

/**
 * Leaves the promise of a handler that has not answered to the garbage collector. Whatever the handler awaits holds it: once
 * the promise is gone, nothing can answer the request any more, and the request counts as finished.
 */
export function keepWeakly(tracker: RequestTracker, tracked: TrackedRequest): void {
  if (!(tracked.result instanceof WeakRef)) tracked.result = new WeakRef(tracked.result as object);
  else if (tracked.result.deref() === undefined) tracker.leave(tracked);
}

/**
 * The time in milliseconds for which an app counts as at work after its client has gone away, at most. If a part of the
 * response was sent, it has most likely just stopped: a site with many visitors always has some who leave in the middle of a
 * page or a download, and a command would always wait for them.
 */
const AT_WORK_MS = { unsent: 60_000, begun: 10_000 };

/**
 * Counts a request whose client has gone away for as long as the app may be at work: until it is done, until the garbage
 * collector takes what the app needs for that, or for some time, since many an app just stops then.
 *
 * @param response Whether a part of the response was sent.
 * @param target What the app writes its response to. Nothing else must hold it.
 * @param isDone Whether the app is done with it.
 */
export function countWhileAtWork<Target extends object>(
  tracker: RequestTracker,
  tracked: TrackedRequest,
  response: keyof typeof AT_WORK_MS,
  target: Target,
  isDone: (target: Target) => boolean = () => false,
): void {
  const left = new WeakRef(target);
  // Nothing here must hold the target, and the request may hold the connection.
  const { method, url, originalUrl } = tracked.request;
  tracked.request = { method, url, originalUrl };
  const deadline = performance.now() + AT_WORK_MS[response];
  tracked.host = undefined;
  tracked.result = left;
  tracked.look = () => {
    const target = left.deref();
    if (target === undefined || isDone(target) || performance.now() > deadline) tracker.leave(tracked);
  };
}

/** Finds out how far a request has come on a host that reports its end by itself: whether it has become an event stream. */
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

/** Calls the handler where nothing reports the end of the response: the request is finished when the handler has returned. */
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
