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
import type { Maintenance, MaintenanceContext } from "../core/types.ts";
import {
  createGuard,
  type Guarded,
  guarded,
  type HandlerOrRouter,
  type HostOptions,
  readContextOnce,
  type StaffOptions,
  toHandler,
} from "./_guard.ts";

export type { Guarded, HandlerOrRouter, HostOptions, StaffOptions };

/** What `Deno.serve` tells a handler about a request, by the members that are read: `Deno.ServeHandlerInfo`. */
export interface DenoServeInfo {
  /** The far end of the socket. A Unix socket has no `hostname`, and its client no address. */
  readonly remoteAddr: object & { readonly hostname?: string };
}

/**
 * Puts the gate in front of a handler for `Deno.serve`.
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
  return (request, info) => guarded(guard(request, info), () => app(request, info));
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
