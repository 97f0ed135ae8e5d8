/**
 * The gate as middleware of Astro, and an integration that puts it before all other middleware.
 *
 * ```ts no-eval
 * // src/maintenance.ts
 * import type { MiddlewareHandler } from "astro";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/astro";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const maintenance = maintenanceMode({ state: liveState(fileStore("maintenance.json")) });
 * export const onRequest: MiddlewareHandler = maintenanceMiddleware(maintenance);
 * ```
 *
 * ```js no-eval
 * // astro.config.mjs
 * import node from "@astrojs/node";
 * import { defineConfig } from "astro/config";
 * import { maintenanceIntegration } from "maintenancemode/astro";
 *
 * export default defineConfig({
 *   output: "server",
 *   adapter: node({ mode: "standalone" }),
 *   integrations: [maintenanceIntegration({ entrypoint: "./src/maintenance.ts" })],
 * });
 * ```
 *
 * @module maintenancemode/astro
 */
import type { Maintenance } from "../gate/maintenance.ts";
import { createGuard, type FetchOptions } from "../hosts/fetch.ts";
import { invalidOption } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { letInBy } from "./common/let-in.ts";

export {
  type AstroLogger,
  type AstroSetup,
  type MaintenanceIntegration,
  maintenanceIntegration,
  type MaintenanceIntegrationOptions,
} from "./astro/integration.ts";
export type { FetchOptions };

/** The context of Astro's middleware, by the members that are read: its `APIContext`. */
export interface AstroContext {
  /** The request. */
  readonly request: Request;
  /** Whether the page is made during the build. */
  readonly isPrerendered: boolean;
  /** The client's address, as the adapter finds it. */
  readonly clientAddress: string;
}

/** Where Astro keeps the state of a request, which is the same after a rewrite. */
const FETCH_STATE: unique symbol = Symbol.for("astro.fetchState") as never;

/** Options of {@link maintenanceMiddleware}, where `Context` is Astro's own context. */
export interface AstroMiddlewareOptions<Context = AstroContext> extends FetchOptions<[context: Context]> {
  /**
   * Finds the address of the far end of the socket.
   *
   * With `security.allowedDomains`, Astro takes the first entry of `X-Forwarded-For` for the client's address, and clients can
   * write that entry. The gate takes such an address for unknown. If a proxy of yours replaces the whole field, pass
   * `(_request, context) => context.clientAddress`.
   *
   * @default context.clientAddress, unless `X-Forwarded-For` begins with it
   */
  peerIp?: (request: Request, context: Context) => string | undefined;
}

/**
 * Makes middleware of the gate.
 *
 * With a live state, requests are counted until their response has been sent. Pages that are made during the build pass: Astro
 * calls its middleware for them as well.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns The middleware, to be exported as `onRequest`. Registered twice with the same gate, the first one decides.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session
 * ```ts no-eval
 * import { sequence } from "astro:middleware";
 * import { maintenanceMiddleware } from "maintenancemode/astro";
 * import { findUser } from "./user.ts";
 * import { maintenance } from "./maintenance.ts";
 *
 * export const onRequest = sequence(
 *   findUser,
 *   maintenanceMiddleware(maintenance, { isStaff: (_request, context) => context.locals.user?.isStaff === true }),
 * );
 * ```
 */
export function maintenanceMiddleware<Context extends AstroContext = AstroContext>(
  maintenance: Maintenance,
  options: AstroMiddlewareOptions<Context> = {},
): (context: Context, next: () => Promise<Response>) => Promise<Response> {
  const guard = createGuard<Context>(maintenance, options);
  const letIn = letInBy(maintenance);
  const hasOwnPeerIp = ownOf(options).peerIp !== undefined;
  return async (context, next) => {
    if (context?.isPrerendered === undefined || typeof next !== "function") {
      const hint = 'export it as "onRequest" of src/middleware.ts, or give it to sequence()';
      throw invalidOption("call the middleware", "context", "the context of Astro 5 or newer", context, hint);
    }
    const { request, isPrerendered } = context;
    // Astro calls again for a rewrite, with another request, and for an error page, with another state. The locals would be
    // the same in both, but a server may give the same to all requests.
    const { [FETCH_STATE]: state = request } = context as { readonly [FETCH_STATE]?: object };
    if (isPrerendered || letIn.has(request) || letIn.has(state)) return next();
    return await guard(request, {
      host: context,
      ...hasOwnPeerIp ? {} : { peerIp: () => findAddress(context) },
      next: () => {
        letIn.add(request);
        letIn.add(state);
        return next();
      },
    });
  };
}

/** The address of the peer, unless a client may have written it: see {@link AstroMiddlewareOptions.peerIp}. */
function findAddress({ request, clientAddress }: AstroContext): string | undefined {
  const forwarded = request.headers.get("x-forwarded-for")?.split(",")[0]?.trim();
  return forwarded === clientAddress ? undefined : clientAddress;
}
