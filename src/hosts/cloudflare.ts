/**
 * The gate in front of the `fetch` handler of a Cloudflare Worker.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/cloudflare";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export default { fetch: withMaintenance(maintenance, () => new Response("Hello")) };
 * ```
 *
 * @module maintenancemode/cloudflare
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { type ContextFromRequest, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { createGuard } from "./common/guard.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { addFields } from "./common/fields.ts";
import { refuseNode } from "./common/wrong-host.ts";

export type { ContextFromRequest, GuardedResult, HandlerOrRouter, HostOptions, StaffOptions };

/** The second and third argument of a Worker's `fetch`. */
export interface CloudflareInfo<Env = unknown, Context = unknown> {
  /** The bindings of the Worker. */
  readonly env: Env;
  /** The execution context, with `waitUntil`. */
  readonly ctx: Context;
}

/**
 * Puts the gate in front of the `fetch` handler of a Worker. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * Cloudflare writes the client's address to `CF-Connecting-IP`. The gate takes it for the peer: if that is a proxy of yours
 * in front of Cloudflare, name it in `trustProxy`, and the gate believes what it says about the client behind it.
 *
 * @param maintenance The gate.
 * @param handler The app: a `fetch` handler, or an object with one. It gets the same `Request`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A `fetch` handler.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/ | Fetch handler}
 */
export function withMaintenance<Incoming extends Request, Env, Context, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Incoming, env: Env, ctx: Context) => Result>,
  options: HostOptions<CloudflareInfo<Env, Context>> = {},
): (request: Incoming, env: Env, ctx: Context) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, findWaitUntil);
  const app = toHandler(handler);
  return (request, env, ctx) => {
    refuseNode(env);
    return guard(request, { env, ctx }, (_, fields) => addFields(app(request, env, ctx), fields, request), toResponse);
  };
}

/**
 * What Cloudflare knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, the other arguments of the handler as `{ env, ctx }`, and options as for {@link withMaintenance}. The
 * request alone will do if `isStaff` needs no more. An object of options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFromRequest<CloudflareInfo | undefined, ClientIpOptions> = createContextFrom<
  CloudflareInfo | undefined,
  ClientIpOptions
>(findPeer);

function findPeer(request: Request): string | undefined {
  return request.headers.get("cf-connecting-ip") ?? undefined;
}

function findWaitUntil({ ctx }: CloudflareInfo): WaitUntil | undefined {
  // A test that calls the handler itself may have no context.
  const { waitUntil } = (ctx ?? {}) as { waitUntil?: WaitUntil };
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(ctx, promise) : undefined;
}
