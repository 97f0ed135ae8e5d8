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
import { addFields } from "./common/fields.ts";

export type { Guarded, HandlerOrRouter, HostOptions, StaffOptions };

/** What the platform tells a Worker about a request beside the request: the second and third argument of `fetch`. */
export interface CloudflareInfo<Env = unknown, Context = unknown> {
  /** The bindings of the Worker. */
  readonly env: Env;
  /** The execution context, with `waitUntil`. */
  readonly ctx: Context;
}

/**
 * Puts the gate in front of the `fetch` handler of a Worker. Nothing is added to the app's responses but the header
 * fields that `admit` of the state and the option `announce` ask for.
 *
 * The client's address is what the platform writes to `CF-Connecting-IP`. It takes the place of the peer: with
 * `trustProxy`, a proxy in front of Cloudflare can be believed about the address behind it.
 *
 * @param maintenance The gate.
 * @param handler The app: a `fetch` handler, or an object with one. It gets the same `Request`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A `fetch` handler.
 * @throws {TypeError} If an argument is not valid.
 * @see {@link https://developers.cloudflare.com/workers/runtime-apis/handlers/fetch/ | Fetch handler}
 */
export function withMaintenance<Incoming extends Request, Env, Context, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Incoming, env: Env, ctx: Context) => Result>,
  options: HostOptions<CloudflareInfo<Env, Context>> = {},
): (request: Incoming, env: Env, ctx: Context) => Guarded<Result> {
  const guard = createGuard(maintenance, options, findPeer, findWaitUntil);
  const app = toHandler(handler);
  return (request, env, ctx) =>
    guard(request, { env, ctx }, (_, fields) => addFields(app(request, env, ctx), fields), toResponse);
}

/**
 * What the platform knows about a request: the second argument of the gate, for composing by hand.
 *
 * @param request The request.
 * @param hostInfo The second and third argument of the handler, or nothing if `isStaff` does not need them.
 * @param options As for {@link withMaintenance}; the object is read once and must not change.
 * @returns The context; a promise of it if `isStaff` is given.
 * @throws {TypeError} If an option is not valid.
 */
export function contextFrom<Env, Context>(
  request: Request,
  hostInfo?: CloudflareInfo<Env, Context>,
  options?: HostOptions<CloudflareInfo<Env, Context>> & { isStaff?: never },
): MaintenanceContext;
/** The same with `isStaff`, which may take a while to answer. */
export function contextFrom<Env, Context>(
  request: Request,
  hostInfo: CloudflareInfo<Env, Context>,
  options: HostOptions<CloudflareInfo<Env, Context>>,
): Promise<MaintenanceContext>;
/** The same where it is not known whether `isStaff` is given. */
export function contextFrom<Env, Context>(
  request: Request,
  hostInfo: CloudflareInfo<Env, Context>,
  options?: HostOptions<CloudflareInfo<Env, Context>>,
): MaintenanceContext | Promise<MaintenanceContext>;
export function contextFrom<Env, Context>(
  request: Request,
  hostInfo?: CloudflareInfo<Env, Context>,
  options?: HostOptions<CloudflareInfo<Env, Context>>,
): MaintenanceContext | Promise<MaintenanceContext> {
  return readContextOnce(request, hostInfo as CloudflareInfo<Env, Context>, options, findPeer);
}

function findPeer(request: Request): string | undefined {
  return request.headers.get("cf-connecting-ip") ?? undefined;
}

function findWaitUntil({ ctx }: CloudflareInfo): WaitUntil | undefined {
  // Without a context, as in a test that calls the handler itself, nothing ends with the request.
  const { waitUntil } = (ctx ?? {}) as { waitUntil?: WaitUntil };
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(ctx, promise) : undefined;
}
