/**
 * The gate in a Service Worker: it answers in place of the network. And a stand-in for an origin that cannot be reached,
 * which needs no gate.
 *
 * A Service Worker does not know the address of the client, since it runs in it: `internalIps` lets nobody through here.
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
import type { MaintenanceContext } from "../types/context.ts";
import { createGuard, readContextOnce, type StaffOptions, toHandler, toResponse } from "./common/guard.ts";

export { offlineFallback, type OfflineFallbackOptions, unregister } from "./service-worker/offline-fallback.ts";
export type { FallbackAnswers } from "./service-worker/fallback-answers.ts";
export type { StaffOptions };

/** The event of a request, by the members that are used: `FetchEvent`. */
export interface FetchEventObject {
  /** The request. */
  readonly request: Request;
  /** Answers it. */
  respondWith(response: Response | PromiseLike<Response>): void;
}

/** What a listener for `fetch` events may return: an answer, or nothing after calling `respondWith` or leaving it be. */
export type ListenerResult = Response | PromiseLike<Response> | undefined | void;

/**
 * Puts the gate in front of a listener for `fetch` events.
 *
 * Requests that pass go to the listener, which may call `event.respondWith` or return the answer; without a listener, or
 * if it does neither, the browser fetches as if there were no Service Worker. Nothing is added to responses here: neither
 * the cookie of `admit` of the state, since nobody has an address, nor the field of the option `announce`.
 *
 * @param maintenance The gate.
 * @param handler The listener for requests that pass.
 * @param options Who is staff.
 * @returns A listener for `fetch` events.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://w3c.github.io/ServiceWorker/#fetchevent-interface | FetchEvent}
 */
export function withMaintenance<FetchEvent extends FetchEventObject>(
  maintenance: Maintenance,
  handler?: (event: FetchEvent) => ListenerResult,
  options: StaffOptions<FetchEvent> = {},
): (event: object) => void {
  const guard = createGuard(maintenance, options, undefined);
  const listener = handler === undefined ? undefined : toHandler(handler);
  // The types of the DOM alone know no FetchEvent: to them, a listener takes any Event.
  return (given) => {
    const event = given as FetchEvent;
    let isOver = false;
    const pass = () => isOver ? passLater(event, listener) : listener?.(event);
    const answer = guard(event.request, event, pass, toResponse);
    isOver = true;
    // Whether anything is to be answered has to be said before the event is over.
    if (answer) event.respondWith(answer as Response | Promise<Response>);
  };
}

/** Lets a request through after the event is over: what the listener answers, or what the network does. */
async function passLater<FetchEvent extends FetchEventObject>(
  event: FetchEvent,
  listener: ((event: FetchEvent) => ListenerResult) | undefined,
): Promise<Response> {
  let answer: ListenerResult;
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
 * What a Service Worker knows about a request, for composing by hand: nothing of the client's address.
 *
 * @param request The request.
 * @param hostInfo The event, if `isStaff` needs it.
 * @param options As for {@link withMaintenance}; the object is read once and must not change.
 * @returns The context; a promise of it if `isStaff` is given.
 * @throws {TypeError} If an option is not valid.
 */
export function contextFrom<FetchEvent extends FetchEventObject>(
  request: Request,
  hostInfo?: FetchEvent,
  options?: StaffOptions<FetchEvent> & { isStaff?: never },
): MaintenanceContext;
/** The same with `isStaff`, which may take a while to answer. */
export function contextFrom<FetchEvent extends FetchEventObject>(
  request: Request,
  hostInfo: FetchEvent,
  options: StaffOptions<FetchEvent>,
): Promise<MaintenanceContext>;
/** The same where it is not known whether `isStaff` is given. */
export function contextFrom<FetchEvent extends FetchEventObject>(
  request: Request,
  hostInfo: FetchEvent,
  options?: StaffOptions<FetchEvent>,
): MaintenanceContext | Promise<MaintenanceContext>;
export function contextFrom<FetchEvent extends FetchEventObject>(
  request: Request,
  hostInfo?: FetchEvent,
  options?: StaffOptions<FetchEvent>,
): MaintenanceContext | Promise<MaintenanceContext> {
  return readContextOnce(request, hostInfo as FetchEvent, options, undefined);
}
