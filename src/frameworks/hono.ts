/**
 * The gate as middleware of Hono, in every runtime that Hono knows.
 *
 * ```ts no-eval
 * import { Hono } from "hono";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/hono";
 *
 * const app = new Hono();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
 * app.get("/", (c) => c.text("Hello"));
 * ```
 *
 * @module maintenancemode/hono
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import { CACHING } from "../hosts/common/fields.ts";
import type { FetchOptions } from "../hosts/fetch/options.ts";
import { createRuntimeGuard } from "../hosts/runtimes/guard.ts";
import { invalidOption } from "../util/errors.ts";

/** Hono's context of a request, by the members that are used. */
export interface HonoContext {
  /** Hono's request, with the `Request` that came. */
  readonly req: { readonly raw: Request };
  /** What the server has passed on beside the request. */
  // deno-lint-ignore no-explicit-any -- Each app says what it has there.
  readonly env: any;
  /** Whether there is a response. */
  readonly finalized: boolean;
  /** What Workers and their kin pass on to keep a promise going. Elsewhere, Hono throws. */
  readonly executionCtx: object;
  /** The response. Set anew, it gets fields of the one from before, unless that was taken away. */
  res: Response | undefined;
}

/** A context of an app of which nothing is known: TypeScript does not tell middleware of which app it becomes a part. */
export interface AnyHonoContext extends HonoContext {
  /** Reads what `c.set()` has set. */
  // deno-lint-ignore no-explicit-any -- Each app says what it has there.
  get(key: string): any;
  /** All that `c.set()` has set. */
  // deno-lint-ignore no-explicit-any -- As above.
  readonly var: any;
}

/** Options of {@link maintenanceMiddleware}. */
export interface HonoOptions<Context extends HonoContext = AnyHonoContext> extends FetchOptions<[c: Context]> {}

/**
 * Makes middleware of the gate.
 *
 * Register it with `app.use()` before the routes that it is to guard. Hono calls it for unknown URLs as well. It changes
 * nothing of the app's responses but header fields: those that `admit` of the state and the option `announce` ask for,
 * `Maintenance-Mode` while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says.
 *
 * It finds the address of the far end of the socket in `c.env`, on the servers of Node, Deno and Bun, in Workers, in AWS Lambda
 * and on Netlify. On another platform, give `peerIp`.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * The functions get the `Request` and Hono's context. Name its type there to have its variables and bindings checked.
 * @returns Middleware that answers or calls `next()`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example With staff by a variable that earlier middleware has set
 * ```ts no-eval
 * import { type Context, Hono } from "hono";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/hono";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * type Env = { Variables: { user: string } };
 *
 * const app = new Hono<Env>();
 * app.use(maintenanceMiddleware(maintenance, { isStaff: (_request, c: Context<Env>) => c.get("user") === "staff" }));
 * ```
 */
export function maintenanceMiddleware<Context extends HonoContext = AnyHonoContext>(
  maintenance: Maintenance,
  options: HonoOptions<Context> = {},
): (c: Context, next: () => Promise<void>) => Promise<void> {
  const guard = createRuntimeGuard<Context, [c: Context]>(maintenance, options, {
    passedOf: ({ env }) => env,
    waitUntilOf: findWaitUntil,
    argsOf: (c) => [c],
  });
  return (c, next) => {
    const request = requestOf(c);
    const respond = () => next().then(() => c.finalized ? c.res : undefined);
    // What comes of it is the response that Hono has already.
    if (guard.isIdle()) return guard.pass(request, c, respond) as Promise<never>;
    return Promise.resolve(guard(request, c, respond)).then((response) => put(c, response));
  };
}

function requestOf(c: HonoContext | undefined): Request {
  const request = c?.req?.raw;
  if (request !== undefined) return request;
  const hint = "register it with app.use() of Hono; for other frameworks, import from their own entry point";
  throw invalidOption("call the middleware", "c", "Hono's context", c, hint);
}

/** Makes a response that of a request, unless it is that already. */
function put(c: HonoContext, response: Response | undefined): void {
  if (response === undefined || c.finalized && response === c.res) return;
  const answer = c.finalized ? response : withFormerFields(response, c.res!.headers);
  // Hono would let the fields of the former response overwrite those of the new one.
  c.res = undefined;
  c.res = answer;
}

/**
 * Gives an answer of the gate the fields that earlier middleware has set for whatever response comes. The app knows better which
 * origins may read it. All else is the answer's own, and above all what caches do with it.
 */
function withFormerFields(answer: Response, former: Headers): Response {
  const added = [...former].filter(([name]) =>
    ADDED.test(name) || name !== "content-type" && !CACHING.test(name) && !answer.headers.has(name)
  );
  if (added.length === 0) return answer;
  const { headers } = answer = new Response(answer.body, answer);
  for (const [name, value] of added) {
    if (name.startsWith("access-control-")) headers.set(name, value);
    else headers.append(name, value);
  }
  return answer;
}

const ADDED = /^(?:access-control-.+|set-cookie|vary)$/;

function findWaitUntil(c: HonoContext): WaitUntil | undefined {
  try {
    const { executionCtx } = c as { executionCtx: { waitUntil?: WaitUntil } };
    return typeof executionCtx.waitUntil === "function" ? (promise) => executionCtx.waitUntil?.(promise) : undefined;
  } catch {
    // Hono throws where there is none.
    return undefined;
  }
}
