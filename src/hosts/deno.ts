/**
 * The gate in front of a `Deno.serve` handler.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/deno";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * Deno.serve(withMaintenance(maintenance, () => new Response("Hello")));
 * ```
 *
 * @module maintenancemode/deno
 */
import type { RequestTracker, TrackedRequest } from "../counting/in-flight.ts";
import { isPromise } from "../util/promise.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { MaintenanceContext } from "../types/context.ts";
import {
  createGuard,
  type Guarded,
  type HandlerOrRouter,
  type HostOptions,
  readContextOnce,
  type StaffOptions,
  toHandler,
  toResponse,
} from "./common/guard.ts";
import { type AddedFields, addFields } from "./common/fields.ts";
import { followHandler, lookAtResult, resultOf } from "./common/in-flight.ts";

export type { Guarded, HandlerOrRouter, HostOptions, StaffOptions };

/** What `Deno.serve` tells a handler about a request, by the members that are read: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** The far end of the socket. A Unix socket has no `hostname`, and its client no address. */
  readonly remoteAddr: object & { readonly hostname?: string };
  /** Settles when the response was sent or cannot be sent. */
  readonly completed?: Promise<unknown>;
}

/**
 * Puts the gate in front of a handler for `Deno.serve`. Nothing is added to the app's responses but the header fields
 * that `admit` of the state and the option `announce` ask for.
 *
 * @param maintenance The gate.
 * @param handler The app: a handler for `Deno.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A handler for `Deno.serve`.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://docs.deno.com/api/deno/~/Deno.serve | Deno.serve}
 */
export function withMaintenance<Info extends DenoServeInfo, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, info: Info) => Result>,
  options: HostOptions<Info> = {},
): (request: Request, info: Info) => Guarded<Result> {
  const guard = createGuard(maintenance, options, findPeer);
  const app = toHandler(handler);
  const { tracker } = guard;
  if (tracker === undefined) {
    return (request, info) => guard(request, info, (_, fields) => addFields(app(request, info), fields), toResponse);
  }

  const look = (tracked: TrackedRequest) =>
    isForgotten(tracked) ? tracker.leave(tracked) : lookAtResult(tracker, tracked);
  const enter = (request: Request, info: Info, isInForce: boolean, fields: AddedFields | undefined): Result => {
    const tracked = tracker.enter(request, isInForce, look);
    // Without a server, as in a test that calls the handler itself, there is no info.
    const letIn = () => addFields(app(request, info), fields);
    if (info?.completed === undefined) return followHandler(tracker, tracked, letIn);
    const land = () => finishRequest(tracker, tracked);
    info.completed.then(land, land);
    const result = letIn();
    tracked.result = result;
    return result;
  };
  return (request, info) =>
    guard(request, info, (isInForce, fields) => enter(request, info, isInForce, fields), toResponse);
}

/**
 * What `Deno.serve` knows about a request: the second argument of the gate, for composing by hand.
 *
 * @param request The request.
 * @param hostInfo The second argument of the handler.
 * @param options As for {@link withMaintenance}; the object is read once and must not change.
 * @returns The context; a promise of it if `isStaff` is given.
 * @throws {TypeError} If an option is not valid.
 */
export function contextFrom<Info extends DenoServeInfo>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info> & { isStaff?: never },
): MaintenanceContext;
/** The same with `isStaff`, which may take a while to answer. */
export function contextFrom<Info extends DenoServeInfo>(
  request: Request,
  hostInfo: Info,
  options: HostOptions<Info>,
): Promise<MaintenanceContext>;
/** The same where it is not known whether `isStaff` is given. */
export function contextFrom<Info extends DenoServeInfo>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info>,
): MaintenanceContext | Promise<MaintenanceContext>;
export function contextFrom<Info extends DenoServeInfo>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info>,
): MaintenanceContext | Promise<MaintenanceContext> {
  return readContextOnce(request, hostInfo, options, findPeer);
}

function findPeer(_request: Request, info: DenoServeInfo): string | undefined {
  // Without a server, as in a test that calls the handler itself, there is no info.
  return info?.remoteAddr?.hostname;
}

/** Whether Deno knows no more what to call a request: one that ended in this turn, of which nobody has read that before. */
function isForgotten({ request }: TrackedRequest): boolean {
  try {
    return request.method === undefined || request.url === undefined;
  } catch {
    return true;
  }
}

/**
 * Notes that a request is finished, unless it has become a WebSocket: to Deno, a request ends where that begins. It also
 * ends where Deno itself has all of the body, as text or bytes, and goes on to send it.
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
  // One that could not be opened is never closed.
  socket.addEventListener("error", leave);
}

const CLOSED = 3;

/**
 * The WebSocket that belongs to a response of `Deno.upgradeWebSocket`, which carries it along under a symbol. If it did
 * so no more, the request would be finished where the WebSocket begins.
 */
function socketOf(response: unknown): WebSocket | undefined {
  if ((response as Response | null | undefined)?.status !== 101) return undefined;
  const values = Object.getOwnPropertySymbols(response).map((symbol) => (response as Record<symbol, unknown>)[symbol]);
  return values.find((value) => value instanceof WebSocket);
}
