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

/** The server that `Bun.serve` passes to a handler, by the one method that is called. */
export interface BunServer {
  /** The far end of the socket, or `null` on a Unix socket and for a copy of the request. */
  requestIP(request: Request): { readonly address: string } | null;
}

/**
 * Puts the gate in front of a `fetch` handler for `Bun.serve`.
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
  return (request, server) => guarded(guard(request, server), () => app(request, server));
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
