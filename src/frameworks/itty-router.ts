/**
 * The gate in front of a router of itty-router, in every runtime that it knows.
 *
 * ```ts no-eval
 * import { AutoRouter } from "itty-router";
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/itty-router";
 *
 * const router = AutoRouter().get("/", () => "Hello");
 * export default withMaintenance(maintenanceMode({ enabled: true }), router);
 * ```
 *
 * @module maintenancemode/itty-router
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { FetchOptions } from "../hosts/fetch/options.ts";
import { createRuntimeGuard } from "../hosts/runtimes/guard.ts";
import { invalidOption } from "../util/errors.ts";

/** A router of itty-router, by the members that are used. */
export interface IttyRouter<Incoming, Args extends readonly unknown[], Result> {
  /** Handles a request. */
  // deno-lint-ignore no-explicit-any -- The router takes whatever the server passes on.
  fetch(request: any, ...args: any[]): Promise<Result>;
  /** What runs before its routes. It tells the types of what the server passes on. */
  // deno-lint-ignore no-explicit-any -- A handler may return anything.
  before?: ((request: Incoming, ...args: Args) => any)[] | undefined;
}

/** A request with whatever itty-router and its middleware put on it. */
// deno-lint-ignore no-explicit-any -- As itty-router types it.
export type AnyIttyRequest = Request & Record<string, any>;

/** Options of {@link withMaintenance}. */
export interface IttyOptions<Incoming, Args extends readonly unknown[]>
  extends Omit<FetchOptions<Args>, "isStaff" | "peerIp"> {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say. Only `true` counts. It gets the request
   * before the router does, so nothing of `before` has run yet: call `withCookies(request)` in it, say.
   *
   * The gate asks only if the answer makes a difference: not while maintenance is off, and not about a request that passes
   * for another reason. If the function throws or rejects, the visitor is not staff, and the gate's `onError` gets the error.
   *
   * @default nobody is staff
   */
  isStaff?: (request: Incoming, ...args: Args) => boolean | Promise<boolean>;
  /**
   * Finds the address of the far end of the socket. Never return what a header field says, unless a proxy of yours writes it.
   *
   * @default what the server has passed on, in Node, Deno, Bun and Workers
   */
  peerIp?: (request: Incoming, ...args: Args) => string | undefined;
}

/** A router with the gate in front: what a server takes. */
export interface GuardedRouter<Args extends readonly unknown[], Result> {
  /** Handles a request. It needs no `this`. */
  fetch(this: void, request: Request, ...args: Args): Promise<Result | Response>;
}

/**
 * Puts the gate in front of a router: of all its routes, of unknown URLs, and of what `before` does. It changes nothing of the
 * router's responses but header fields: those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode`
 * while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param router The router: of `AutoRouter()`, `Router()` or `IttyRouter()`. It gets the same request.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @returns An object with a method `fetch`, to export or to give to a server in the router's place.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
// deno-lint-ignore no-explicit-any -- Behind a route, itty-router's types tell nothing of its arguments.
export function withMaintenance<Incoming = AnyIttyRequest, Args extends readonly unknown[] = any[], Result = unknown>(
  maintenance: Maintenance,
  router: IttyRouter<Incoming, Args, Result>,
  options: IttyOptions<Incoming, Args> = {},
): GuardedRouter<Args, Result> {
  const guard = createRuntimeGuard<Args, Args>(maintenance, options as FetchOptions<Args>, {
    passedOf: ([passed]) => passed,
    waitUntilOf: findWaitUntil,
    argsOf: (args) => args,
  });
  if (typeof router?.fetch !== "function") {
    throw invalidOption("put the gate in front of the router", "router", "a router of itty-router", router);
  }
  return {
    async fetch(request, ...args) {
      const next = () => router.fetch(request, ...args);
      return await (guard.isIdle() ? guard.pass(request, args, next) : guard(request, args, next));
    },
  };
}

/** Finds `waitUntil` where a server passes it on: among the things of the server, or, in Workers, behind them. */
function findWaitUntil(args: readonly unknown[]): WaitUntil | undefined {
  for (const arg of args) {
    const { waitUntil } = (arg ?? {}) as { waitUntil?: WaitUntil };
    if (typeof waitUntil === "function") return (promise) => waitUntil.call(arg, promise);
  }
  return undefined;
}
