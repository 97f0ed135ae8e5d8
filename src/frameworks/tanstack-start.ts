/**
 * The gate as request middleware of TanStack Start.
 *
 * ```ts no-eval
 * // src/start.ts
 * import { createCsrfMiddleware, createMiddleware, createStart } from "@tanstack/react-start";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/tanstack-start";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 *
 * export const startInstance = createStart(() => ({
 *   requestMiddleware: [createMiddleware().server(maintenanceMiddleware(maintenance)), createCsrfMiddleware({ filter: ({ handlerType }) => handlerType === "serverFn" })],
 * }));
 * ```
 *
 * @module maintenancemode/tanstack-start
 */
import type { Maintenance } from "../gate/maintenance.ts";
import { createGuard, type FetchOptions } from "../hosts/fetch.ts";
import { OptionError } from "../util/errors.ts";
import { letInBy } from "./common/let-in.ts";

/** The parts that are read of what TanStack Start gives to request middleware. */
export interface MiddlewareArgs {
  /** The request. */
  readonly request: Request;
  /** What earlier middleware has set. */
  readonly context: unknown;
  /** Calls the rest of the middleware and the app. */
  readonly next: () => unknown;
}

/** Options of {@link maintenanceMiddleware}. Both functions get TanStack Start's own arguments after the request. */
export type MiddlewareOptions<Args extends MiddlewareArgs = MiddlewareArgs> = FetchOptions<[args: Args]>;

/** What `next()` of TanStack Start gives. */
export type NextResult<Args extends MiddlewareArgs> = Awaited<ReturnType<Args["next"]>>;

/**
 * Makes the function for `createMiddleware().server()` of the gate. Put that into `requestMiddleware` of `src/start.ts`, before
 * all other but the middleware that finds the session, if `isStaff` looks at that.
 *
 * With a live state, requests are counted until the bodies of their responses have been read.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * `peerIp` is by default the address that the servers of Nitro and srvx put on the request.
 * @returns The function. It answers or calls `next()`. Behind itself, it does nothing.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session
 * ```ts no-eval
 * import { createMiddleware } from "@tanstack/react-start";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/tanstack-start";
 * import { sessionMiddleware } from "./session.ts";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const gate = createMiddleware().middleware([sessionMiddleware]).server(
 *   maintenanceMiddleware(maintenance, { isStaff: (_request, { context }) => context.session.isStaff }),
 * );
 * ```
 */
export function maintenanceMiddleware<Args extends MiddlewareArgs = MiddlewareArgs>(
  maintenance: Maintenance,
  options: MiddlewareOptions<Args> = {},
): (args: Args) => Promise<NextResult<Args> | Response> {
  const guard = createGuard<Args>(maintenance, Array.isArray(options) ? options : { peerIp: addressOf, ...options });
  const letIn = letInBy(maintenance);
  return async (args): Promise<NextResult<Args> | Response> => {
    const { request, next } = checkArgs(args);
    if (letIn.has(request)) return await next() as NextResult<Args>;
    let passed: { readonly response: Response } | undefined;
    const response = await guard(request, {
      next: async () => {
        letIn.add(request);
        passed = await next() as { readonly response: Response };
        return passed.response;
      },
      host: args,
    });
    if (passed === undefined) return response;
    return (response === passed.response ? passed : { ...passed, response }) as NextResult<Args>;
  };
}

/** The address of the far end of the socket, where the server is one of srvx, as that of Nitro is. */
function addressOf(request: Request & { readonly ip?: unknown }): string | undefined {
  const { ip } = request;
  return typeof ip === "string" ? ip : undefined;
}

function checkArgs<Args extends MiddlewareArgs>(args: Args): Args {
  if (args?.request !== undefined && typeof args.next === "function") return args;
  const expected = "the arguments of request middleware of TanStack Start";
  const hint =
    'write createMiddleware().server(maintenanceMiddleware(maintenance)), for "requestMiddleware" of src/start.ts';
  throw new OptionError(
    "call the middleware",
    { path: "args", expected, received: "others", hint },
    `maintenanceMiddleware() takes ${expected}: ${hint}`,
  );
}
