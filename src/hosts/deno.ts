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
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { closableApp, createClosable } from "./common/closable.ts";
import type { CloseStreams, CloseStreamsOption } from "./common/close-streams.ts";
import { type ContextFrom, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { socketOf } from "./common/deno-socket.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { type AddedFields, addFields } from "./common/fields.ts";
import { followHandler, lookAtResult, resultOf } from "./common/in-flight.ts";
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

/** The second argument of a handler for `Deno.serve`, by the members that are read: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** The far end of the socket. On a Unix socket, there is no `hostname`, and the client has no address. */
  readonly remoteAddr: object & { readonly hostname?: string };
  /** Settles when the response has been sent or cannot be sent. */
  readonly completed?: Promise<unknown>;
}

/**
 * Puts the gate in front of a handler for `Deno.serve`. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param handler The app: a handler for `Deno.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open streams.
 * @returns A handler for `Deno.serve`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://docs.deno.com/api/deno/~/Deno.serve | Deno.serve}
 */
export function withMaintenance<Info extends DenoServeInfo, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, info: Info) => Result>,
  options: HostOptions<Info> & CloseStreamsOption<Info> = {},
): (request: Request, info: Info) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const app = closableApp(toHandler(handler), createClosable(guard, options, { socketOf, keep: keepPeer }));
  const { tracker } = guard;
  if (tracker === undefined) {
    return (request, info) => {
      refuseNode(info);
      return guard(request, info, (_, fields) => addFields(app(request, info), fields, request), toResponse);
    };
  }

  const look = (tracked: TrackedRequest) =>
    isForgotten(tracked) ? tracker.leave(tracked) : lookAtResult(tracker, tracked);
  const enter = (request: Request, info: Info, isInForce: boolean, fields: AddedFields | undefined): Result => {
    const tracked = tracker.enter(request, isInForce, look);
    // A test that calls the handler itself may have no info.
    const letIn = () => addFields(app(request, info), fields, request);
    if (info?.completed === undefined) return followHandler(tracker, tracked, letIn);
    const finish = () => finishRequest(tracker, tracked);
    info.completed.then(finish, finish);
    const result = letIn();
    tracked.result = result;
    return result;
  };
  return (request, info) => {
    refuseNode(info);
    return guard(request, info, (isInForce, fields) => enter(request, info, isInForce, fields), toResponse);
  };
}

/**
 * What `Deno.serve` knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, the second argument of the handler, and options as for {@link withMaintenance}. An object of
 * options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFrom<DenoServeInfo, ClientIpOptions> = createContextFrom<
  DenoServeInfo,
  ClientIpOptions
>(findPeer);

function findPeer(_request: Request, info: DenoServeInfo): string | undefined {
  try {
    // A test that calls the handler itself may have no info.
    return info?.remoteAddr?.hostname;
  } catch {
    return peers.get(info);
  }
}

/** The addresses of the peers of WebSockets, which Deno forgets. */
const peers = new WeakMap<DenoServeInfo, string | undefined>();

function keepPeer<Info extends DenoServeInfo>(request: Request, info: Info): Info {
  if (info !== undefined) peers.set(info, findPeer(request, info));
  return info;
}

/** Whether Deno has dropped the method and the URL: of a request that ended in this turn, if nobody has read them before. */
function isForgotten({ request }: TrackedRequest): boolean {
  try {
    return request.method === undefined || request.url === undefined;
  } catch {
    return true;
  }
}

/**
 * Notes that a request is finished, unless it has become a WebSocket: for Deno, the request ends when that begins. For Deno,
 * a request also ends when Deno itself holds all of the body, as text or bytes, which it then sends.
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
  // A socket that could not be opened never closes.
  socket.addEventListener("error", leave);
}

const CLOSED = 3;
