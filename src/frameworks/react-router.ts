/**
 * The gate as server middleware of React Router in framework mode.
 *
 * ```ts no-eval
 * // app/root.tsx
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/react-router";
 * import type { Route } from "./+types/root";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export const middleware: Route.MiddlewareFunction[] = [maintenanceMiddleware(maintenance)];
 * ```
 *
 * @module maintenancemode/react-router
 */
import type { Maintenance } from "../gate/maintenance.ts";
import { createGuard, type FetchOptions } from "../hosts/fetch.ts";
import { OptionError } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { letInBy } from "./common/let-in.ts";

/** The parts of a router's context that are read: `context.get(sessionContext)`. */
export interface RouterContextReader {
  /** Reads what earlier middleware has set. */
  get<Value>(context: { defaultValue?: Value }): Value;
}

/** The parts that are read of what React Router gives to middleware. */
export interface MiddlewareArgs {
  /** The request. */
  readonly request: Request;
  /** The location that the visitor goes to, without what React Router adds to it. */
  readonly url: URL;
  /** What earlier middleware has set, and `getLoadContext` of the server. */
  readonly context: RouterContextReader;
}

/** Options of {@link maintenanceMiddleware}. Both functions get React Router's own arguments after the request. */
export type MiddlewareOptions<Args extends MiddlewareArgs = MiddlewareArgs> = FetchOptions<[args: Args]>;

/**
 * Makes middleware of the gate, for `middleware` of `app/root.tsx`. Put it behind the middleware that finds the session, if
 * `isStaff` looks at that, and before all other.
 *
 * If the site closes while somebody has a page open, the next navigation inside that page loads the document anew and ends
 * in the maintenance page.
 *
 * React Router tells middleware no address. `peerIp` gets it from `getLoadContext` of a server of your own.
 *
 * With a live state, requests are counted until the bodies of their responses have been read.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @returns Middleware that answers or calls `next()`. Behind itself, it does nothing.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session
 * ```ts no-eval
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/react-router";
 * import type { Route } from "./+types/root";
 * import { sessionContext, sessionMiddleware } from "./session.server";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export const middleware: Route.MiddlewareFunction[] = [
 *   sessionMiddleware,
 *   maintenanceMiddleware(maintenance, {
 *     isStaff: (_request, { context }) => context.get(sessionContext).get("isStaff") === true,
 *   }),
 * ];
 * ```
 */
export function maintenanceMiddleware<Args extends MiddlewareArgs = MiddlewareArgs>(
  maintenance: Maintenance,
  options: MiddlewareOptions<Args> = {},
): (args: Args, next: () => Promise<Response>) => Promise<Response> {
  const guard = createGuard<Args>(maintenance, withOriginal(options));
  const letIn = letInBy(maintenance);
  return async (args, next) => {
    const { request, url } = checkArgs(args, next);
    if (letIn.has(request)) return await next();
    const isData = isDataRequest(request);
    // What is said about "/shop" holds for "/shop.data", with which React Router asks for the data of that page.
    const asked = isData ? new Request(url, { method: request.method, headers: request.headers }) : request;
    let isIn = false;
    const response = await guard(asked, {
      next: () => {
        isIn = true;
        letIn.add(request);
        return next();
      },
      host: args,
      // React Router drops the body of a response to HEAD, and nothing ever reads it.
      ...(request.method === "HEAD" && { finished: Promise.resolve() }),
    });
    return isData && !isIn ? answerData(response, asked) : response;
  };
}

/** The options with functions that get the request that came, also where the gate is asked about another one. */
function withOriginal<Args extends MiddlewareArgs>(options: MiddlewareOptions<Args>): MiddlewareOptions<Args> {
  const { isStaff, peerIp } = ownOf(options);
  return {
    ...options,
    ...(typeof isStaff === "function" && { isStaff: (_, args) => isStaff(args.request, args) }),
    ...(typeof peerIp === "function" && { peerIp: (_, args) => peerIp(args.request, args) }),
  };
}

function isDataRequest({ url }: Request): boolean {
  return url.split("?", 1)[0]!.endsWith(".data");
}

/**
 * Makes React Router's client load a document: the page, or what the gate sends visitors to. The client would show the text of
 * an answer with the status 503 inside the app.
 *
 * Who writes while the site is read-only gets the answer itself, for the `ErrorBoundary`: the document would load as if
 * everything were saved.
 */
function answerData(answer: Response, { method, url }: Request): Response {
  const headers = new Headers(answer.headers);
  const isRedirect = headers.has("location");
  if (!isRedirect) {
    if (method !== "GET" && headers.get("maintenance-mode") === "read-only") return answer;
    for (const name of ["content-type", "content-length", "content-encoding"]) headers.delete(name);
    const { pathname, search } = new URL(url);
    headers.set("location", pathname + search);
  }
  headers.set("x-remix-reload-document", "true");
  return new Response(null, { status: isRedirect ? answer.status : 302, headers });
}

function checkArgs(args: MiddlewareArgs, next: unknown): MiddlewareArgs {
  if (args?.url instanceof URL && args.request !== undefined && typeof next === "function") return args;
  const hint =
    'put it into "export const middleware" of app/root.tsx, with React Router 8 or newer; for Express there is ' +
    "maintenancemode/express";
  const expected = "the arguments of React Router's middleware";
  throw new OptionError(
    "call the middleware",
    { path: "args", expected, received: "others", hint },
    `maintenanceMiddleware() takes ${expected}: ${hint}`,
  );
}
