/**
 * The gate as a plugin of srvx, in every runtime that srvx knows.
 *
 * ```ts no-eval
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/srvx";
 * import { serve } from "srvx";
 *
 * serve({
 *   plugins: [maintenancePlugin(maintenanceMode({ enabled: true }))],
 *   fetch: () => new Response("Hello"),
 * });
 * ```
 *
 * @module maintenancemode/srvx
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { FetchOptions } from "../hosts/fetch/options.ts";
import { createRuntimeGuard } from "../hosts/runtimes/guard.ts";
import { invalidOption } from "../util/errors.ts";

/** Options of {@link maintenanceMiddleware}, where `Incoming` is srvx's request. */
export interface SrvxOptions<Incoming extends Request = Request>
  extends Omit<FetchOptions<[request: Incoming]>, "isStaff" | "peerIp"> {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say. Only `true` counts.
   *
   * The gate asks only if the answer makes a difference: not while maintenance is off, and not about a request that passes
   * for another reason. If the function throws or rejects, the visitor is not staff, and the gate's `onError` gets the error.
   *
   * @default nobody is staff
   */
  isStaff?: (request: Incoming) => boolean | Promise<boolean>;
}

/** A server of srvx, by the members that are used. */
export interface SrvxServer<Incoming extends Request = Request> {
  /** Its options. */
  readonly options: { middleware?: SrvxMiddleware<Incoming>[] };
}

/** Middleware of srvx. */
export type SrvxMiddleware<Incoming extends Request = Request> = (
  request: Incoming,
  next: () => Response | Promise<Response>,
) => Response | Promise<Response>;

/**
 * Makes a plugin of the gate, which puts {@link maintenanceMiddleware} before all middleware that is there.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address. srvx's own `trustProxy` holds as well.
 * @returns A plugin, for `plugins` of `serve()`. Name it last, so that it comes before the middleware of the others.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function maintenancePlugin<Incoming extends Request = Request>(
  maintenance: Maintenance,
  options: SrvxOptions<Incoming> = {},
): (server: SrvxServer<Incoming>) => void {
  const middleware = maintenanceMiddleware(maintenance, options);
  return (server) => {
    const list = server?.options?.middleware;
    if (!Array.isArray(list)) throw misused("server", "a server of srvx 1", server);
    list.unshift(middleware);
  };
}

/**
 * Makes middleware of the gate.
 *
 * It is for all requests: srvx has no routes. It changes nothing of the app's responses but header fields: those that `admit`
 * of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those for caches where a
 * visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address. srvx's own `trustProxy` holds as well.
 * @returns Middleware, for `middleware` of `serve()`: the first to be called.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function maintenanceMiddleware<Incoming extends Request = Request>(
  maintenance: Maintenance,
  options: SrvxOptions<Incoming> = {},
): SrvxMiddleware<Incoming> {
  const withIp: FetchOptions<[request: Incoming]> = {
    // As srvx finds it, by its own "trustProxy".
    peerIp: (_request, { ip }: Incoming & { ip?: string }) => ip,
    ...options as object,
  };
  const guard = createRuntimeGuard<Incoming, [request: Incoming]>(maintenance, withIp, {
    passedOf: () => undefined,
    waitUntilOf: ({ waitUntil }: Incoming & { waitUntil?: WaitUntil }) => waitUntil,
    argsOf: (request) => [request],
  });
  return (request, next) => {
    if (typeof next !== "function") throw misused("next", "a function", next);
    return guard.isIdle() ? guard.pass(request, request, next) : guard(request, request, next);
  };
}

function misused(name: string, expected: string, received: unknown): Error {
  const hint = "name maintenancePlugin() among the plugins of serve(), or maintenanceMiddleware() in its middleware";
  return invalidOption("put the gate into srvx", name, expected, received, hint);
}
