/**
 * The gate in a Service Worker, where it answers in place of the network. And a fallback for an origin that cannot be reached,
 * which needs no gate.
 *
 * A Service Worker runs in the client and does not know its address: `internalIps` lets nobody through here.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/service-worker";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * addEventListener("fetch", withMaintenance(maintenance));
 * ```
 *
 * ```ts
 * import { offlineFallback } from "maintenancemode/service-worker";
 *
 * offlineFallback();
 * ```
 *
 * @module maintenancemode/service-worker
 */
import type { Maintenance } from "../gate/maintenance.ts";
import { type ContextFromRequest, createContextFrom, type StaffOptions } from "./common/context.ts";
import { createGuard } from "./common/guard.ts";
import { toHandler, toResponse } from "./common/handler.ts";

export { offlineFallback, type OfflineFallbackOptions, unregister } from "./service-worker/offline-fallback.ts";
export type { FallbackAnswers } from "./service-worker/fallback-answers.ts";
export type { ContextFromRequest, StaffOptions };

/** A `fetch` event, by the members that are used: `FetchEvent`. */
export interface FetchEventLike {
  /** The request. */
  readonly request: Request;
  /** Answers it. */
  respondWith(response: Response | PromiseLike<Response>): void;
}

/** The result of a listener for `fetch` events: an answer, or nothing if it has called `respondWith` or does not answer. */
export type FetchListenerResult = Response | PromiseLike<Response> | undefined | void;

/**
 * Puts the gate in front of a listener for `fetch` events.
 *
 * Requests that pass go to the listener, which may call `event.respondWith` or return the answer. If it does neither, and
 * without a listener, the browser fetches as if there were no Service Worker. Responses get no fields here: neither the cookie
 * of `admit` of the state, since nobody has an address, nor the field of the option `announce`.
 *
 * @param maintenance The gate.
 * @param handler The listener for requests that pass.
 * @param options Who is staff.
 * @returns A listener for `fetch` events.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://w3c.github.io/ServiceWorker/#fetchevent-interface | FetchEvent}
 */
export function withMaintenance<FetchEvent extends FetchEventLike>(
  maintenance: Maintenance,
  handler?: (event: FetchEvent) => FetchListenerResult,
  options: StaffOptions<FetchEvent> = {},
): (event: object) => void {
  const guard = createGuard(maintenance, options, undefined);
  const listener = handler === undefined ? undefined : toHandler(handler);
  // Without the types of Service Workers, a listener takes any Event.
  return (given) => {
    const event = given as FetchEvent;
    let isOver = false;
    const pass = () => isOver ? passLater(event, listener) : listener?.(event);
    const answer = guard(event.request, event, pass, toResponse);
    isOver = true;
    // respondWith() works only until the event is over.
    if (answer) event.respondWith(answer as Response | Promise<Response>);
  };
}

/** Lets a request through after the event is over, and gives the answer of the listener or of the network. */
async function passLater<FetchEvent extends FetchEventLike>(
  event: FetchEvent,
  listener: ((event: FetchEvent) => FetchListenerResult) | undefined,
): Promise<Response> {
  let answer: FetchListenerResult;
  const later = new Proxy(event, {
    get(target, name) {
      if (name === "respondWith") return (response: Response | PromiseLike<Response>) => answer = response;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const returned = listener?.(later);
  return await (returned ?? answer) ?? await fetch(event.request);
}

/**
 * What a Service Worker knows about a request, for asking the gate by hand: nothing about the client's address.
 *
 * Takes the request, the event, and options as for {@link withMaintenance}. The request alone will do if `isStaff` needs no
 * more. An object of options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFromRequest<FetchEventLike | undefined, unknown> = createContextFrom<
  FetchEventLike | undefined,
  unknown
>(undefined);
