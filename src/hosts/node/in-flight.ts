import type { NamedRequest, RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";
import { isEventStream, keepWeakly, resultOf } from "../common/in-flight.ts";

/** A request and a response, by the members that tell whether they are over: of http, http2, and other runtimes. */
interface Exchange {
  readonly req: NamedRequest & { readonly upgrade?: boolean; readonly socket?: { readonly destroyed?: boolean } };
  readonly res: {
    on?(event: "close", listener: () => void): unknown;
    getHeader?(name: string): unknown;
    readonly destroyed?: boolean;
    readonly headersSent?: boolean;
    readonly writableEnded?: boolean;
    readonly writableFinished?: boolean;
    readonly stream?: { readonly destroyed?: boolean };
    readonly _header?: string | null;
  };
}

/** The upgrades that `guardUpgrade` counts, each by its request. */
const upgrades = new WeakMap<object, RequestTracker>();

/** Counts an upgrade among the streams until its socket is closed. Returns `false` if it is counted already. */
export function followUpgrade(
  tracker: RequestTracker,
  req: NamedRequest & object,
  socket: { readonly destroyed?: boolean; once(event: "close", listener: () => void): unknown },
  isInForce: boolean,
): boolean {
  if (upgrades.get(req) === tracker) return false;
  upgrades.set(req, tracker);
  const look = (tracked: TrackedRequest) => socket.destroyed && tracker.leave(tracked);
  // The socket may stay open for days: it must not keep the whole request.
  const { method, url } = req;
  const tracked = tracker.enter({ method, url }, isInForce, look);
  tracker.markAsStream(tracked, "upgrade");
  socket.once("close", () => tracker.leave(tracked));
  return true;
}

/** Lets a request in and counts it until its response is closed and its handler has returned. */
export type Follow = <Result>(exchange: object, isInForce: boolean, letIn: () => Result) => Result;

/** Makes the function that counts requests. */
export function createFollow(tracker: RequestTracker): Follow {
  const look = (tracked: TrackedRequest) => lookAtResponse(tracker, tracked);
  return (exchange, isInForce, letIn) => {
    const { req, res } = exchange as Exchange;
    // A framework may ask its middleware about an upgrade that guardUpgrade() has let in.
    if (req.upgrade && upgrades.get(req) === tracker) return letIn();
    const tracked = tracker.enter(req, isInForce, look);
    tracked.host = exchange;
    res.on?.("close", () => isPromise(resultOf(tracked)) || close(tracker, tracked));
    const result = letIn();
    if (isPromise(result)) followPromise(tracker, tracked, result);
    // If the client went away while something was awaited before, no event reports it again.
    else if (isOver(exchange as Exchange)) close(tracker, tracked);
    return result;
  };
}

/** Keeps a request counted until its handler has returned, even if the client goes away. */
function followPromise(tracker: RequestTracker, tracked: TrackedRequest, result: PromiseLike<unknown>): void {
  tracked.result = result;
  const settle = () => {
    tracked.result = undefined;
    if (isOver(tracked.host as Exchange)) tracker.leave(tracked);
  };
  result.then(settle, settle);
}

/** The time in milliseconds for which a handler counts as at work after its client has gone away. */
const AT_WORK_MS = 60_000;

/**
 * Takes note that a response is closed. If nothing of it was sent, the client has gone away, and the handler may still be at
 * work: it counts as such until it answers, the garbage collector takes the response, or a minute has passed, since many
 * handlers never answer then.
 */
function close(tracker: RequestTracker, tracked: TrackedRequest): void {
  const exchange = tracked.host as Exchange | undefined;
  if (exchange === undefined) return;
  const { req, res } = exchange;
  const isAtWork = tracked.kind === "request" && tracked.result === null && !req.upgrade && res.headersSent === false &&
    res.writableEnded === false;
  if (!isAtWork) return tracker.leave(tracked);
  // Nothing here must hold the response, and the request of Express holds it.
  const { method, url, originalUrl } = req;
  tracked.request = { method, url, originalUrl };
  tracked.host = undefined;
  tracked.result = new WeakRef(res);
  const deadline = performance.now() + AT_WORK_MS;
  tracked.look = () => {
    const left = (tracked.result as WeakRef<Exchange["res"]>).deref();
    if (left === undefined || left.writableEnded || performance.now() > deadline) tracker.leave(tracked);
  };
}

function lookAtResponse(tracker: RequestTracker, tracked: TrackedRequest): void {
  const { req, res } = tracked.host as Exchange;
  if (!isOver({ req, res })) {
    if (tracked.kind !== "request") return;
    // An app is asked about a WebSocket, with a response that the site has made itself.
    if (req.upgrade) tracker.markAsStream(tracked, "upgrade");
    else if (isEventStream(res.getHeader?.("content-type") ?? sentContentType(res))) {
      tracker.markAsStream(tracked, "event-stream");
    }
  } else if (tracked.result instanceof WeakRef || isPromise(tracked.result)) {
    keepWeakly(tracker, tracked);
  } else {
    close(tracker, tracked);
  }
}

/**
 * Whether a response was sent or cannot be sent any more. Up to Node 22, and in Deno, a response that waits for an earlier
 * one on the same connection is not closed with the connection.
 */
function isOver({ req, res }: Exchange): boolean {
  return res.destroyed === true || res.writableFinished === true || res.stream?.destroyed === true ||
    req.socket?.destroyed === true;
}

/** The `Content-Type` that `writeHead` got: Node keeps it only in the text that it has sent. */
function sentContentType({ _header }: Exchange["res"]): string | undefined {
  return typeof _header === "string" ? /^content-type:(.*)$/im.exec(_header)?.[1] : undefined;
}
