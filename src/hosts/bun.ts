/**
 * The gate in front of a `Bun.serve` handler.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/bun";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * Bun.serve({ fetch: withMaintenance(maintenance, () => new Response("Hello")) });
 * ```
 *
 * @module maintenancemode/bun
 */
import type { RequestTracker, TrackedRequest } from "../counting/in-flight.ts";
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
import { contentTypeOf, followHandler, isEventStream, keepWeakly, resultOf } from "./common/in-flight.ts";

export type { Guarded, HandlerOrRouter, HostOptions, StaffOptions };

/** The server that `Bun.serve` passes to a handler, by the members that are used. */
export interface BunServer {
  /** The far end of the socket, or `null` on a Unix socket and for a copy of the request. */
  requestIP(request: Request): { readonly address: string } | null;
  /** How many WebSockets are open. */
  readonly pendingWebSockets?: number;
}

/**
 * Puts the gate in front of a `fetch` handler for `Bun.serve`. Nothing is added to the app's responses but the header fields
 * that `admit` of the state and the option `announce` ask for.
 *
 * @param maintenance The gate.
 * @param handler The app: a `fetch` handler for `Bun.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A `fetch` handler for `Bun.serve`.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://bun.com/docs/api/http | Bun.serve}
 */
export function withMaintenance<Server extends BunServer, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, server: Server) => Result>,
  options: HostOptions<Server> = {},
): (request: Request, server: Server) => Guarded<Result> {
  const guard = createGuard(maintenance, options, findPeer);
  const app = toHandler(handler);
  const { tracker } = guard;
  if (tracker === undefined) {
    return (request, server) =>
      guard(request, server, (_, fields) => addFields(app(request, server), fields), toResponse);
  }

  const { Bun } = globalThis as { Bun?: BunGlobal };
  const look = Bun && createLook(tracker, Bun);
  const enter = (
    request: Request,
    server: Server,
    isInForce: boolean,
    fields: AddedFields | undefined,
  ): Result => {
    const letIn = () => addFields(app(request, server), fields);
    // In a test that calls the handler itself, there may be no server, nor Bun.
    if (server === undefined || look === undefined) {
      return followHandler(tracker, tracker.enter(request, isInForce, () => {}), letIn);
    }
    const tracked = tracker.enter(request, isInForce, look);
    tracked.host = server;
    const result = letIn();
    tracked.result = result;
    return result;
  };
  return (request, server) =>
    guard(request, server, (isInForce, fields) => enter(request, server, isInForce, fields), toResponse);
}

/**
 * What `Bun.serve` knows about a request: the second argument of the gate, for composing by hand.
 *
 * @param request The request.
 * @param hostInfo The second argument of the handler.
 * @param options As for {@link withMaintenance}; the object is read once and must not change.
 * @returns The context; a promise of it if `isStaff` is given.
 * @throws {TypeError} If an option is not valid.
 */
export function contextFrom<Server extends BunServer>(
  request: Request,
  hostInfo: Server,
  options?: HostOptions<Server> & { isStaff?: never },
): MaintenanceContext;
/** The same with `isStaff`, which may take a while to answer. */
export function contextFrom<Server extends BunServer>(
  request: Request,
  hostInfo: Server,
  options: HostOptions<Server>,
): Promise<MaintenanceContext>;
/** The same where it is not known whether `isStaff` is given. */
export function contextFrom<Server extends BunServer>(
  request: Request,
  hostInfo: Server,
  options?: HostOptions<Server>,
): MaintenanceContext | Promise<MaintenanceContext>;
export function contextFrom<Server extends BunServer>(
  request: Request,
  hostInfo: Server,
  options?: HostOptions<Server>,
): MaintenanceContext | Promise<MaintenanceContext> {
  return readContextOnce(request, hostInfo, options, findPeer);
}

function findPeer(request: Request, server: BunServer): string | undefined {
  // Without a server, as in a test that calls the handler itself, there is nobody to ask.
  return server?.requestIP(request)?.address;
}

/** What is used of the `Bun` global: what a promise was resolved to, and whether it was. */
interface BunGlobal {
  readonly peek: ((promise: unknown) => unknown) & { status(promise: unknown): "pending" | "fulfilled" | "rejected" };
}

/**
 * Makes what looks what has become of a request. Bun does not tell when a response was sent, but it forgets the client's
 * address of a request that is over. Over a Unix socket, and of a copy of the request, it knows none from the start: these
 * count for as long as the handler takes.
 */
function createLook(tracker: RequestTracker, { peek }: BunGlobal): TrackedRequest["look"] {
  return (tracked) => {
    const request = tracked.request as Request;
    const server = tracked.host as BunServer;
    const result = resultOf(tracked);
    const isReturned = peek.status(result) !== "pending";
    if (server.requestIP(request) !== null) {
      // Bun has taken the header fields out of the Response, unless the app has read one: what was asked for has to do.
      const contentType = contentTypeOf(peek(result)) ?? request.headers.get("accept");
      if (isReturned && isEventStream(contentType)) tracker.markAsStream(tracked, "event-stream");
    } else if (!isReturned) {
      keepWeakly(tracker, tracked);
    } else if (!isUpgrade(request, peek(result)) || !followUpgrade(tracker, tracked, request, server)) {
      tracker.leave(tracked);
    }
  };
}

/** Whether an app that has returned this may have called `server.upgrade()`: some return an empty Response then. */
function isUpgrade(request: Request, response: unknown): boolean {
  const { status } = (response ?? {}) as Partial<Response>;
  return response !== null && (status === undefined || status < 300) &&
    request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** How many WebSockets of a server are noted. */
const upgrades = new WeakMap<BunServer, number>();

/** Notes a WebSocket until it is closed; tells whether it can be one, since the server has one more than are noted. */
function followUpgrade(tracker: RequestTracker, tracked: TrackedRequest, request: Request, server: BunServer): boolean {
  const isMore = (difference: number) => (upgrades.get(server) ?? 0) + difference <= (server.pendingWebSockets ?? 0);
  // The signal of a request that has become a WebSocket is aborted when that is closed.
  if (request.signal.aborted || !isMore(1)) return false;
  const note = (difference: number) => upgrades.set(server, (upgrades.get(server) ?? 0) + difference);
  const end = () => {
    if (tracked.isOpen) note(-1);
    tracker.leave(tracked);
  };
  note(1);
  tracker.markAsStream(tracked, "upgrade");
  request.signal.addEventListener("abort", end);
  // A request that only looked as if it were one would stay; it goes when it is one too many.
  tracked.look = () => isMore(0) || end();
  return true;
}
