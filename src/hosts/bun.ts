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
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { closableApp, createClosable } from "./common/closable.ts";
import type { CloseStreams, CloseStreamsOption } from "./common/close-streams.ts";
import { type ContextFrom, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { type AddedFields, addFields } from "./common/fields.ts";
import { contentTypeOf, followHandler, isEventStream, keepWeakly, resultOf } from "./common/in-flight.ts";
import { refuseNode } from "./common/wrong-host.ts";

export type {
  CloseStreams,
  CloseStreamsOption,
  ContextFrom,
  GuardedResult,
  HandlerOrRouter,
  HostOptions,
  StaffOptions,
};

/** The server that `Bun.serve` passes to a handler, by the members that are used. */
export interface BunServer {
  /** The far end of the socket; `null` on a Unix socket and for a copy of the request. */
  requestIP(request: Request): { readonly address: string } | null;
  /** How many WebSockets are open. */
  readonly pendingWebSockets?: number;
}

/**
 * Puts the gate in front of a `fetch` handler for `Bun.serve`. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param handler The app: a `fetch` handler for `Bun.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open event streams. The
 * WebSockets of `server.upgrade()` belong to the app, and the gate cannot close them.
 * @returns A `fetch` handler for `Bun.serve`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://bun.com/docs/api/http | Bun.serve}
 */
export function withMaintenance<Server extends BunServer, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, server: Server) => Result>,
  options: HostOptions<Server> & CloseStreamsOption<Server> = {},
): (request: Request, server: Server) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const app = closableApp(toHandler(handler), createClosable(guard, options));
  const { tracker } = guard;
  if (tracker === undefined) {
    return (request, server) => {
      refuseNode(server);
      return guard(request, server, (_, fields) => addFields(app(request, server), fields, request), toResponse);
    };
  }

  const { Bun } = globalThis as { Bun?: BunGlobal };
  const look = Bun && createLook(tracker, Bun);
  const enter = (
    request: Request,
    server: Server,
    isInForce: boolean,
    fields: AddedFields | undefined,
  ): Result => {
    const letIn = () => addFields(app(request, server), fields, request);
    // A test that calls the handler itself may have no server, and not run in Bun.
    if (server === undefined || look === undefined) {
      return followHandler(tracker, tracker.enter(request, isInForce, () => {}), letIn);
    }
    const tracked = tracker.enter(request, isInForce, look);
    tracked.host = server;
    const result = letIn();
    tracked.result = result;
    return result;
  };
  return (request, server) => {
    refuseNode(server);
    return guard(request, server, (isInForce, fields) => enter(request, server, isInForce, fields), toResponse);
  };
}

/**
 * What `Bun.serve` knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, the second argument of the handler, and options as for {@link withMaintenance}. An object of
 * options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFrom<BunServer, ClientIpOptions> = createContextFrom<BunServer, ClientIpOptions>(
  findPeer,
);

function findPeer(request: Request, server: BunServer): string | undefined {
  // A test that calls the handler itself may have no server.
  return server?.requestIP(request)?.address;
}

/** The `Bun` global, by the member that is used: it tells synchronously whether a promise has settled, and its value. */
interface BunGlobal {
  readonly peek: ((promise: unknown) => unknown) & { status(promise: unknown): "pending" | "fulfilled" | "rejected" };
}

/**
 * Makes the function that finds out how far a request has come. Bun does not tell when it has sent a response, but it forgets
 * the client's address when a request is over. It never knows one on a Unix socket or for a copy of the request: these count
 * until the handler has answered.
 */
function createLook(tracker: RequestTracker, { peek }: BunGlobal): TrackedRequest["look"] {
  return (tracked) => {
    const request = tracked.request as Request;
    const server = tracked.host as BunServer;
    const result = resultOf(tracked);
    const isReturned = peek.status(result) !== "pending";
    if (server.requestIP(request) !== null) {
      // Bun has taken the header fields out of the Response, unless the app has read one. "Accept" has to do instead.
      const contentType = contentTypeOf(peek(result)) ?? request.headers.get("accept");
      if (isReturned && isEventStream(contentType)) tracker.markAsStream(tracked, "event-stream");
    } else if (!isReturned) {
      keepWeakly(tracker, tracked);
    } else if (!isUpgrade(request, peek(result)) || !followUpgrade(tracker, tracked, request, server)) {
      tracker.leave(tracked);
    }
  };
}

/** Whether the app may have called `server.upgrade()` before it returned this: some apps return an empty Response then. */
function isUpgrade(request: Request, response: unknown): boolean {
  const { status } = (response ?? {}) as Partial<Response>;
  return response !== null && (status === undefined || status < 300) &&
    request.headers.get("upgrade")?.toLowerCase() === "websocket";
}

/** The number of noted WebSockets of a server. */
const upgrades = new WeakMap<BunServer, number>();

/** Notes a WebSocket until it is closed. It may be one only if the server has more of them than are noted. */
function followUpgrade(tracker: RequestTracker, tracked: TrackedRequest, request: Request, server: BunServer): boolean {
  const isMore = (difference: number) => (upgrades.get(server) ?? 0) + difference <= (server.pendingWebSockets ?? 0);
  // Bun aborts the signal of a request that has become a WebSocket when the socket is closed.
  if (request.signal.aborted || !isMore(1)) return false;
  const note = (difference: number) => upgrades.set(server, (upgrades.get(server) ?? 0) + difference);
  const end = () => {
    if (tracked.isOpen) note(-1);
    tracker.leave(tracked);
  };
  note(1);
  tracker.markAsStream(tracked, "upgrade");
  request.signal.addEventListener("abort", end);
  // A request that only looked like a WebSocket would stay noted: it goes when more are noted than the server has.
  tracked.look = () => isMore(0) || end();
  return true;
}
