import { internalsOf } from "../../gate/internals.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { HostOptions } from "../../hosts/common/context.ts";
import { type AddedFields, addFields } from "../../hosts/common/fields.ts";
import { createGuard } from "../../hosts/common/guard.ts";
import { toResponse } from "../../hosts/common/handler.ts";
import { checkFunction } from "../../util/errors.ts";
import { ownOf } from "../../util/own.ts";
import { registration } from "./registration.ts";

/** The request of `proxy.ts`, by some members of `NextRequest`. */
export interface ProxyRequest extends Request {
  /** The cookies. */
  readonly cookies: {
    /** The cookie of a name. */
    get(name: string): { readonly name: string; readonly value: string } | undefined;
    /** Whether there is a cookie of a name. */
    has(name: string): boolean;
  };
  /** The URL, without what Next adds to it. */
  readonly nextUrl: { readonly pathname: string; readonly search: string; readonly searchParams: URLSearchParams };
}

/** The second argument of `proxy.ts`, by the member of `NextFetchEvent` that is called. */
export interface ProxyEvent {
  /** Keeps a promise going beyond the request. */
  waitUntil(promise: Promise<unknown>): void;
}

/** The app's own function of `proxy.ts`: of next-auth, or next-intl, say. */
export type ProxyHandler<Req, Event> = (
  request: Req,
  event: Event,
  // deno-lint-ignore no-explicit-any -- Libraries type their functions as they like. What is no Response lets Next go on.
) => any;

/** What `proxy.ts` exports. */
export type NextProxyFunction<Req, Event> = (request: Req, event: Event) => Promise<Response | undefined>;

/** Options of {@link maintenanceProxy}. */
export interface ProxyOptions<Req, Event> extends Omit<HostOptions<Event>, "isStaff"> {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say. Only `true` counts.
   *
   * The gate asks only if the answer makes a difference: not while maintenance is off, and not about a request that passes
   * for another reason. If the function throws or rejects, the visitor is not staff, and the gate's `onError` gets the error.
   *
   * @default nobody is staff
   */
  isStaff?: (request: Req, event: Event) => boolean | Promise<boolean>;
  /**
   * Finds the address of the far end of the socket, which Next does not tell. The gate asks while maintenance is on. If the
   * function throws, the address is unknown, and the gate's `onError` gets the first such error.
   *
   * Never return what a header field says, unless a proxy of yours writes it: clients write what they like, and would get in
   * as `internalIps`. Next sets `X-Forwarded-For` only where the client has not sent it. Where every request comes from a
   * proxy on the same machine, as with `next start --hostname 127.0.0.1`, return `"127.0.0.1"` and set `trustProxy`.
   *
   * @default the address is unknown
   */
  peerIp?: (request: Req, event: Event) => string | undefined;
}

/**
 * Makes the function that `proxy.ts` exports, or `middleware.ts` up to Next 15.
 *
 * In the process of {@link registerMaintenance} it lets everything through to the handler: the gate has decided already.
 * Elsewhere it asks the gate itself, and waits for the store before. It never learns when a response was sent, so it counts
 * nothing: with a live state, `--wait` fails and names the process.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @param handler The app's own function. The gate calls it for requests that pass, and adds its header fields to what it
 * returns.
 * @returns The function.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example proxy.ts, with staff by a cookie
 * ```ts no-eval
 * import { maintenanceProxy } from "maintenancemode/next";
 * import { maintenance } from "./maintenance";
 * import { isStaffSession } from "./session";
 *
 * export const proxy = maintenanceProxy(maintenance, {
 *   isStaff: (request) => isStaffSession(request.cookies.get("session")?.value),
 * });
 * ```
 */
export function maintenanceProxy<
  Req extends ProxyRequest = ProxyRequest,
  Event extends ProxyEvent = ProxyEvent,
>(
  maintenance: Maintenance,
  options: ProxyOptions<Req, Event> = {},
  handler?: ProxyHandler<Req, Event>,
): NextProxyFunction<Req, Event> {
  const { peerIp } = ownOf(options);
  if (peerIp !== undefined) checkFunction(TASK, "peerIp", peerIp);
  if (handler !== undefined) checkFunction(TASK, "handler", handler);
  const internals = internalsOf(maintenance, TASK);
  let wasReported = false;
  const findPeer = (request: Request, event: Event): string | undefined => {
    try {
      return peerIp?.(request as Req, event);
    } catch (error) {
      // Each request would bring one.
      if (!wasReported) guard.report(error, "peerIp");
      wasReported = true;
      return undefined;
    }
  };
  const guard = createGuard<Event>(
    maintenance,
    options as HostOptions<Event>,
    findPeer,
    (event) => event?.waitUntil?.bind(event),
    // It says by itself what it counts.
    { ownOptions: ["peerIp"], counts: "streams" },
  );
  let wasWarned = false;

  /** Whether `instrumentation.ts` has put this gate in front of the server already. */
  function isGated(): boolean {
    const { gate, hasSeen } = registration();
    if (gate === undefined || !hasSeen) return false;
    if (gate.internals === internals) return true;
    if (!wasWarned) {
      console.warn(
        "maintenancemode: proxy.ts has another gate than the one that instrumentation.ts has registered. " +
          "Make the gate once for each process, and keep it on globalThis.",
      );
    }
    wasWarned = true;
    return false;
  }

  return async (request, event) => {
    const next = async () => await handler?.(request, event) as Response | undefined ?? undefined;
    if (isGated()) return next();
    const pass = async (_inForce: unknown, fields: AddedFields | undefined) => {
      internals.live?.noteCounting("by-hand");
      const response = await next();
      return fields === undefined ? response : addFields(response ?? goOn(), fields);
    };
    return await guard(request, event, pass, toResponse);
  };
}

const TASK = "put the gate into the proxy of Next";

/** What `NextResponse.next()` returns. */
function goOn(): Response {
  return new Response(null, { headers: { "x-middleware-next": "1" } });
}
