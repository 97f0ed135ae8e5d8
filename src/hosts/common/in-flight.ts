import type { Flight, Flights } from "../../counting/in-flight.ts";
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
export function resultOf(flight: Flight): unknown {
  return flight.result instanceof WeakRef ? flight.result.deref() : flight.result;
}

/**
 * Leaves the promise of a handler that has not answered to the garbage collector. What the handler waits for holds it;
 * once it is gone, the request cannot be answered any more, and nothing of it is going on.
 */
export function keepWeakly(flights: Flights, flight: Flight): void {
  if (!(flight.result instanceof WeakRef)) flight.result = new WeakRef(flight.result as object);
  else if (flight.result.deref() === undefined) flights.leave(flight);
}

/** Looks what a handler has made of a request whose end the host tells of by itself. */
export function lookAtResult(flights: Flights, flight: Flight): void {
  const { result } = flight;
  if (result instanceof WeakRef) return keepWeakly(flights, flight);
  if (!isPromise(result)) {
    if (isEventStream(contentTypeOf(result))) flights.setApart(flight, "event-stream");
    return;
  }
  const settle = (response: unknown) => {
    flight.result = response;
    lookAtResult(flights, flight);
  };
  result.then(settle, () => flight.result = undefined);
  keepWeakly(flights, flight);
}

/** Calls the handler where nothing is known of the response: the request is finished when the handler has returned. */
export function followHandler<Result>(flights: Flights, flight: Flight, handler: () => Result): Result {
  const leave = () => flights.leave(flight);
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
