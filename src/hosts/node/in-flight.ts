import type { InForce, NamedRequest, RequestTracker, TrackedRequest } from "../../counting/in-flight.ts";
import type { WatchStream } from "../common/close-streams.ts";
import { isPromise } from "../../util/promise.ts";
import { countWhileAtWork, isEventStream, keepWeakly, resultOf } from "../common/in-flight.ts";

/** A request and a response, by the members that tell whether they are over: of http, http2, and other runtimes. */
interface Exchange {
  readonly req: NamedRequest & {
    readonly upgrade?: boolean;
    readonly socket?: { readonly destroyed?: boolean; readonly bytesWritten?: number };
    destroy?(error: Error): unknown;
  };
  readonly res: {
    on?(event: "close" | "error", listener: () => void): unknown;
    // deno-lint-ignore no-explicit-any -- The overloads of http and http2 have no other type in common.
    end?(...args: any[]): unknown;
    getHeader?(name: string): unknown;
    readonly destroyed?: boolean;
    readonly headersSent?: boolean;
    readonly writableEnded?: boolean;
    readonly writableFinished?: boolean;
    readonly stream?: { readonly destroyed?: boolean; readonly aborted?: boolean };
    readonly _header?: string | null;
  };
}

/** Closes the response to a request when maintenance begins, if it is an event stream by then. */
export function watchEventStream<Info>(watch: WatchStream<Info>, request: Request, info: Info & object): void {
  const { req, res } = info as unknown as Exchange;
  const end = () => {
    // The app may still write until it hears that the response is closed.
    res.on?.("error", () => {});
    // As if the client had gone away: adapters of fetch handlers give a body up at nothing else.
    res.end?.(() => req.destroy?.(new Error("The event stream was closed for maintenance")));
  };
  res.on?.("close", watch(request, info, end, () => isEventStream(contentTypeOfSent(res))));
}

/**
 * Who counts a request already; the same for every copy of this package in a process. A property costs a request less than an
 * entry in a `WeakMap`.
 */
const COUNTED_BY: unique symbol = Symbol.for("maintenancemode.counted-by") as never;

/** A request that may be counted already: by `guardUpgrade`, or by middleware in front. */
interface CountedRequest {
  [COUNTED_BY]?: RequestTracker;
}

/** Whether a request of a Node server is counted already. */
export function isCounted(tracker: RequestTracker, req: object): boolean {
  return (req as CountedRequest)[COUNTED_BY] === tracker;
}

/** Counts an upgrade among the streams until its socket is closed. Returns `false` if it is counted already. */
export function followUpgrade(
  tracker: RequestTracker,
  req: NamedRequest & object,
  socket: { readonly destroyed?: boolean; once(event: "close", listener: () => void): unknown },
  inForce: InForce,
): boolean {
  if (isCounted(tracker, req)) return false;
  (req as CountedRequest)[COUNTED_BY] = tracker;
  const look = (tracked: TrackedRequest) => socket.destroyed && tracker.leave(tracked);
  // The socket may stay open for days: it must not keep the whole request.
  const { method, url } = req;
  const tracked = tracker.enter({ method, url }, inForce, look);
  tracker.markAsStream(tracked, "upgrade");
  socket.once("close", () => tracker.leave(tracked));
  return true;
}

/** Lets a request in and counts it until its response is closed and its handler has returned. */
export type Follow = <Result>(exchange: object, inForce: InForce, letIn: () => Result) => Result;

/** Makes the function that counts requests. */
export function createFollow(tracker: RequestTracker): Follow {
  const look = (tracked: TrackedRequest) => lookAtResponse(tracker, tracked);
  return (exchange, inForce, letIn) => {
    const { req, res } = exchange as Exchange;
    // A framework may ask its middleware twice, and about an upgrade that guardUpgrade() has let in.
    if (isCounted(tracker, req)) return letIn();
    (req as CountedRequest)[COUNTED_BY] = tracker;
    const tracked = tracker.enter(req, inForce, look);
    tracked.host = exchange;
    res.on?.("close", () => isPromise(resultOf(tracked)) || close(tracker, tracked));
    const result = letIn();
    if (isPromise(result)) {
      followPromise(tracker, tracked, result);
    } else {
      if (result !== undefined) tracked.result = result;
      keepSentBody(tracked, result);
      // If the client went away while something was awaited before, no event reports it again.
      if (isOver(exchange as Exchange)) close(tracker, tracked);
    }
    return result;
  };
}

/** Keeps a request counted until its handler has returned, even if the client goes away. */
function followPromise(tracker: RequestTracker, tracked: TrackedRequest, result: PromiseLike<unknown>): void {
  tracked.result = result;
  const settle = (response: unknown) => {
    tracked.result = response;
    keepSentBody(tracked, response);
    if (isOver(tracked.host as Exchange)) tracker.leave(tracked);
  };
  result.then(settle, () => settle(undefined));
}

/** Keeps the body that a Response of srvx hands to the server, and forgets. */
function keepSentBody(tracked: TrackedRequest, response: unknown): void {
  const light = (response ?? {}) as { _toNodeResponse?(): object };
  const { _toNodeResponse: send } = light;
  if (typeof send !== "function") return;
  light._toNodeResponse = () => tracked.result = send.call(light);
}

/**
 * Takes note that a response is closed. If it had not ended, the client has gone away, and the app may still be at work: a
 * handler that has not called `end()`, or the source of a body. It counts as {@link countWhileAtWork} says.
 */
function close(tracker: RequestTracker, tracked: TrackedRequest): void {
  const exchange = tracked.host as Exchange | undefined;
  if (exchange === undefined) return;
  const { req, res } = exchange;
  // Over HTTP/2, an app may write to the stream itself.
  const isCutOff = res.writableEnded === false && res.stream?.aborted !== false;
  if (!isCutOff) return tracker.leave(tracked);
  const isRequest = tracked.kind === "request" && !req.upgrade && !isEventStream(contentTypeOfSent(res));
  // A handler of Node returns nothing: what it writes to is the response itself.
  const target = isRequest ? bodyOf(tracked.result, res) : null;
  if (target === null || target !== res && isWhole(exchange)) return tracker.leave(tracked);
  const response = res.headersSent ? "begun" : "unsent";
  countWhileAtWork(tracker, tracked, response, target, (target) => (target as Exchange["res"]).writableEnded === true);
  if (target === res) noteEnd(res, () => tracker.leave(tracked));
}

/**
 * Whether the whole body went out, as its `Content-Length` says: a client may close the connection at the last byte, before the
 * server hears that the body of a file has ended. It tells so only for the first response on a connection: such clients use one
 * for each.
 */
function isWhole({ req, res }: Exchange): boolean {
  const { _header: head } = res;
  const [, length] = /^content-length: *(\d+)/im.exec(head ?? "") ?? [];
  return length !== undefined && req.socket?.bytesWritten === head!.length + Number(length);
}

/** Calls a function when the app ends a response that is closed: no event reports that, and over HTTP/2 no property. */
function noteEnd(res: Exchange["res"], onEnd: () => void): void {
  const { end } = res;
  res.end = (...args) => {
    onEnd();
    return end?.apply(res, args);
  };
}

/** What an app writes its response to: the body of the Response that it has returned, or the response of the server. */
function bodyOf(result: unknown, res: object): object | null {
  const kept = keptBodyOf(result);
  if (kept !== undefined) return kept instanceof ReadableStream ? kept : null;
  // A handler of Node may return anything, such as the timer that will answer.
  const body = (result as Partial<Response> | null | undefined)?.body;
  return body === undefined ? res : body;
}

/**
 * The body that a Response of `@hono/node-server` keeps for the server, until somebody asks for it: then it makes a real
 * Response, which throws while the body is being sent.
 */
function keptBodyOf(result: unknown): unknown {
  if (typeof result !== "object" || result === null) return undefined;
  const cache = Object.getOwnPropertySymbols(result).find(({ description }) => description === "cache");
  const kept: unknown = cache && (result as Record<symbol, unknown>)[cache];
  return Array.isArray(kept) ? kept[1] : undefined;
}

function lookAtResponse(tracker: RequestTracker, tracked: TrackedRequest): void {
  const { req, res } = tracked.host as Exchange;
  if (!isOver({ req, res })) {
    if (tracked.kind !== "request") return;
    // An app is asked about a WebSocket, with a response that the site has made itself.
    if (req.upgrade) tracker.markAsStream(tracked, "upgrade");
    else if (isEventStream(contentTypeOfSent(res))) tracker.markAsStream(tracked, "event-stream");
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

/** The `Content-Type` of a response. Node keeps one that `writeHead` got only in the text that it has sent. */
function contentTypeOfSent(res: Exchange["res"]): unknown {
  const type = res.getHeader?.("content-type");
  if (type !== undefined || typeof res._header !== "string") return type;
  return /^content-type:(.*)$/im.exec(res._header)?.[1];
}
