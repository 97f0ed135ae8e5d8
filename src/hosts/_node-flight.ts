import type { Flight, Flights, NamedRequest } from "../core/flights.ts";
import { isPromise } from "../core/promise.ts";
import { isEventStream, keepWeakly, resultOf } from "./_flight.ts";

/** What is read of a request and a response to learn whether they are over: of http, http2, and other runtimes. */
interface Exchange {
  readonly req: NamedRequest & { readonly upgrade?: boolean; readonly socket?: { readonly destroyed?: boolean } };
  readonly res: {
    on?(event: "close", listener: () => void): unknown;
    getHeader?(name: string): unknown;
    readonly destroyed?: boolean;
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
    res.on?.("close", () => isPromise(resultOf(flight)) || flights.leave(flight));
    const result = letIn();
    if (isPromise(result)) followPromise(flights, flight, result);
    // If the client went away while something was awaited before, that is not told again.
    else if (isOver(exchange as Exchange)) flights.leave(flight);
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
    flights.leave(flight);
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
