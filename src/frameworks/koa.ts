/**
 * The gate as middleware for Koa 2 and 3.
 *
 * ```ts no-eval
 * import Koa from "koa";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/koa";
 *
 * const app = new Koa();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
 * ```
 *
 * @module maintenancemode/koa
 */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { Maintenance } from "../gate/maintenance.ts";
import type { MiddlewareOptions } from "../hosts/connect.ts";
import { createNodeGuard } from "../hosts/node/guard.ts";
import type { NodeRequest, NodeResponse } from "../hosts/node/info.ts";
import { type AnswerParts, partsOf } from "../hosts/node/parts.ts";
import { invalidOption } from "../util/errors.ts";

export { guardUpgrade, type GuardUpgradeOptions, type UpgradeInfo, type UpgradeServer } from "../hosts/connect.ts";
export type { CloseStreams, CloseStreamsOption, HostOptions, StaffOptions, UpgradeSocket } from "../hosts/connect.ts";
export type { MiddlewareOptions, NodeRequest, NodeResponse };

/** The context of Koa, by the members that are used: `Koa.Context` and its kin. */
export interface KoaContext {
  /** Node's request. */
  readonly req: NodeRequest;
  /** Node's response. */
  readonly res: NodeResponse;
  /** The target of the request as it came. Middleware such as `koa-mount` changes that of `req`. */
  readonly originalUrl: string;
  /** The status of the response. */
  status: number;
  /** The body of the response. */
  body: unknown;
  /** Sets a header field. */
  // deno-lint-ignore no-explicit-any -- The overloads of Koa 2 and 3 have no other type in common.
  set(...args: any[]): void;
  /** Adds a value to a header field. */
  // deno-lint-ignore no-explicit-any -- As above.
  append(...args: any[]): void;
}

/**
 * A context with whatever middleware has put there, which is as much as Koa's own types know of it. Name the type of yours to
 * have `isStaff` checked: `isStaff: (_request, ctx: Koa.ParameterizedContext<State>) => …`.
 */
export interface LooseKoaContext extends KoaContext {
  /** What middleware has put there. */
  // deno-lint-ignore no-explicit-any -- As in the types of Koa.
  [name: string]: any;
}

/**
 * Makes Koa middleware of the gate.
 *
 * Register it behind the session, if `isStaff` reads that, and before everything that it is to guard. It answers through the
 * context, so that middleware in front of it, such as a logger, sees the answer. It leaves the bodies of requests alone. Of
 * the app's responses it changes only header fields, also of those that Koa makes of an error. A request counts until its
 * response is closed. One that the same gate has let in before passes at once: where the gate is registered twice, nothing
 * is counted twice.
 *
 * @param maintenance The gate.
 * @param options Who is staff, by the context of the app: `isStaff: (request, ctx) => …`. Which proxies to believe about the
 * client's address: `app.proxy` means nothing to the gate. What becomes of open event streams.
 * @returns The middleware.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by koa-session
 * ```ts no-eval
 * import Koa from "koa";
 * import session from "koa-session";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/koa";
 *
 * const app = new Koa({ keys: ["a secret"] });
 * app.use(session(app));
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), {
 *   isStaff: (_request, ctx) => ctx.session?.isStaff === true,
 * }));
 * ```
 */
export function maintenanceMiddleware<Context extends KoaContext = LooseKoaContext>(
  maintenance: Maintenance,
  options: MiddlewareOptions<Context> = {},
): (ctx: Context, next: () => Promise<unknown>) => Promise<unknown> | void {
  const guard = createNodeGuard<Context>(maintenance, options);
  return (ctx, next) => {
    const req: RoutedRequest | undefined = ctx.req;
    if (req === undefined || typeof next !== "function") throw notKoa(ctx);
    // As other frameworks note it, for the gate to look at the whole path.
    if (req.originalUrl === undefined && req.url !== ctx.originalUrl) req.originalUrl = ctx.originalUrl;
    return guard(ctx, next, (verdict) => send(ctx, partsOf(verdict, req)));
  };
}

/** A request whose target a framework may have changed. */
interface RoutedRequest extends NodeRequest {
  originalUrl?: string;
}

function send(ctx: KoaContext, { status, fields, body }: AnswerParts): void {
  // Koa takes a body away with the fields that describe it, and sets another status.
  if (body === null) ctx.body = null;
  ctx.status = status;
  for (const [name, value] of Object.entries(fields)) {
    // Middleware in front may have set cookies.
    if (name === "set-cookie") ctx.append(name, value);
    else ctx.set(name, value);
  }
  if (typeof body === "string") ctx.body = body;
  else if (body instanceof Uint8Array) ctx.body = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  else if (body !== null) ctx.body = Readable.fromWeb(body as never);
}

function notKoa(ctx: unknown): Error {
  const hint = 'register it with app.use(), or import the middleware of "maintenancemode/express"';
  return invalidOption("call the middleware", "ctx", "the context of Koa, with next behind it", ctx, hint);
}
