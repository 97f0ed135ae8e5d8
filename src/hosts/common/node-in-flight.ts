import type { Flight, Flights, NamedRequest } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";
import { isEventStream, keepWeakly, resultOf } from "./in-flight.ts";

/** What is read of a request and a response to learn whether they are over: of http, http2, and other runtimes. */
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

/** Lets a request in and notes it until it is finished: until its response is closed, and its handler has returned. */
export type Follow = <Result>(exchange: object, isInForce: boolean, letIn: () => Result) => Result;

/** Makes what notes requests. */
export function createFollow(flights: Flights): Follow {
  const look = (flight: Flight) => lookAtResponse(flights, flight);
  return (exchange, isInForce, letIn) => {
    const { req, res } = exchange as Exchange;
    const flight = flights.enter(req, isInForce, look);
    flight.host = exchange;
    res.on?.("close", () => isPromise(resultOf(flight)) || close(flights, flight));
    const result = letIn();
    if (isPromise(result)) followPromise(flights, flight, result);
    // If the client went away while something was awaited before, that is not told again.
    else if (isOver(exchange as Exchange)) close(flights, flight);
    return result;
  };
}

/** Notes that a request is not finished before its handler is, even if the client has gone away. */
function followPromise(flights: Flights, flight: Flight, result: PromiseLike<unknown>): void {
  flight.result = result;
  const settle = () => {
    flight.result = undefined;
    if (isOver(flight.host as Exchange)) flights.leave(flight);
  };
  result.then(settle, settle);
}

/** For how many milliseconds a handler whose client has gone away is taken to be at work. */
const AT_WORK_MS = 60_000;

/**
 * Notes that a response is closed. If nothing of it was sent, the client has gone away, and what is to answer may still be
 * at work and not know: it is until it answers, has let go of the response, or a minute has passed, since many never answer.
 */
function close(flights: Flights, flight: Flight): void {
  const exchange = flight.host as Exchange | undefined;
  if (exchange === undefined) return;
  const { req, res } = exchange;
  const isAtWork = flight.kind === "request" && flight.result === null && !req.upgrade && res.headersSent === false &&
    res.writableEnded === false;
  if (!isAtWork) return flights.leave(flight);
  // Nothing here must hold the response: the request of Express does.
  const { method, url, originalUrl } = req;
  flight.request = { method, url, originalUrl };
  flight.host = undefined;
  flight.result = new WeakRef(res);
  const deadline = performance.now() + AT_WORK_MS;
  flight.look = () => {
    const left = (flight.result as WeakRef<Exchange["res"]>).deref();
    if (left === undefined || left.writableEnded || performance.now() > deadline) flights.leave(flight);
  };
}

function lookAtResponse(flights: Flights, flight: Flight): void {
  const { req, res } = flight.host as Exchange;
  if (!isOver({ req, res })) {
    if (flight.kind !== "request") return;
    // A WebSocket that an app is asked about, with a response of its own making.
    if (req.upgrade) flights.setApart(flight, "upgrade");
    else if (isEventStream(res.getHeader?.("content-type") ?? sentContentType(res))) {
      flights.setApart(flight, "event-stream");
    }
  } else if (flight.result instanceof WeakRef || isPromise(flight.result)) {
    keepWeakly(flights, flight);
  } else {
    close(flights, flight);
  }
}

/**
 * Whether a response was sent or cannot be sent any more. Up to Node 22, and in Deno, a response that waits for another
 * one on the same connection is not closed when the connection is.
 */
function isOver({ req, res }: Exchange): boolean {
  return res.destroyed === true || res.writableFinished === true || res.stream?.destroyed === true ||
    req.socket?.destroyed === true;
}

/** The `Content-Type` that was given to `writeHead`, which Node keeps in no other way than as it was sent. */
function sentContentType({ _header }: Exchange["res"]): string | undefined {
  return typeof _header === "string" ? /^content-type:(.*)$/im.exec(_header)?.[1] : undefined;
}
