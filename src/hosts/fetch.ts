/**
 * The gate in front of a fetch handler, or in the middleware of a router, on a host without an entry point of its own.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/fetch";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const handler = withMaintenance(maintenance, (_request: Request, _peer: string) => new Response("Hello"), {
 *   peerIp: (_request, peer) => peer,
 * });
 *
 * (await handler(new Request("https://example.com/"), "192.0.2.1")).status; // 503
 * ```
 *
 * @module maintenancemode/fetch
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import { createClosable } from "./common/closable.ts";
import { socketOf } from "./common/deno-socket.ts";
import { addFields } from "./common/fields.ts";
import { createGuard as createHostGuard } from "./common/guard.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { contextFrom, type FetchContextFrom } from "./fetch/context.ts";
import { createFollow } from "./fetch/in-flight.ts";
import { type FetchOptions, OWN_OPTIONS, peerFinder, type PeerIp, withArgs } from "./fetch/options.ts";
import { noteSent } from "./fetch/sent-target.ts";

export { contextFrom };
export type { FetchContextFrom, FetchOptions, GuardedResult, HandlerOrRouter, PeerIp, WaitUntil };

/** One request for a {@link RequestGuard}. */
export interface GuardedRequest<Host, Result> {
  /** Lets the request through. Its result is what the guard returns, with the header fields that the gate adds. */
  readonly next: (request: Request) => Result;
  /** The address of the far end of the socket, or a function that finds it, in place of the option `peerIp`. */
  readonly peerIp?: PeerIp;
  /**
   * Whatever the host knows about the request: the second argument of `isStaff` and of the option `peerIp`. If the request of
   * a Node server is in it, as in `{ req }`, the guard looks at the target that the client has sent as well.
   */
  readonly host?: Host;
  /**
   * Settles when the response has been sent or cannot be sent any more. Without it, the request counts until the body of the
   * response has been read to its end or given up, which costs a little more.
   */
  readonly finished?: PromiseLike<unknown> | undefined;
  /** Keeps a promise going beyond the request, on a host that would stop it there. */
  readonly waitUntil?: WaitUntil | undefined;
}

/** The gate in front of requests: answers, or lets a request through and counts it. */
export type RequestGuard<Host> = <Result>(
  request: Request,
  call: GuardedRequest<Host, Result>,
) => GuardedResult<Result>;

/** What the guard knows about one request. */
interface Call {
  readonly args: readonly unknown[];
  readonly peerIp: PeerIp;
  readonly waitUntil?: WaitUntil | undefined;
}

/**
 * Makes the function that adapters for frameworks are made of.
 *
 * With a live state, requests that are let in are counted until `finished` settles and `next` has returned.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @returns The function. It answers or calls `next` in the same turn, unless it has to wait for `isStaff` or for the store:
 * `await` takes both.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Middleware of Hono
 * ```ts no-eval
 * import { Hono } from "hono";
 * import { maintenanceMode } from "maintenancemode";
 * import { createGuard } from "maintenancemode/fetch";
 *
 * const guard = createGuard(maintenanceMode({ enabled: true }));
 * const app = new Hono();
 * app.use(async (c, next) => {
 *   const answer = await guard(c.req.raw, { next: () => next().then(() => c.res), host: c });
 *   c.res = undefined; // otherwise Hono would merge the two
 *   c.res = answer;
 * });
 * ```
 */
export function createGuard<Host = unknown>(
  maintenance: Maintenance,
  options: FetchOptions<[host: Host]> = {},
): RequestGuard<Host> {
  const ask = askOf(maintenance, options);
  return (request, { next, peerIp, host, finished, waitUntil }) => {
    // Often it rejects when the client goes away, also where nothing waits for it.
    finished?.then(undefined, () => {});
    return ask(request, { args: [host], peerIp, waitUntil }, () => next(request), finished);
  };
}

/**
 * Puts the gate in front of a fetch handler. Adds nothing to the app's responses but the header fields that `admit` of the
 * state and the option `announce` ask for. With a live state, requests are counted until the bodies of their responses have
 * been read.
 *
 * @param maintenance The gate.
 * @param handler The app: a function from a `Request`, and whatever else the host passes on, to a `Response`, or an object
 * with such a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @returns A handler with the same arguments.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function withMaintenance<Args extends readonly unknown[], Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, ...args: Args) => Result>,
  options: FetchOptions<Args> = {},
): (request: Request, ...args: Args) => GuardedResult<Result> {
  const ask = askOf(maintenance, options);
  const app = toHandler<[Request, ...Args], Result>(handler);
  return (request, ...args) => ask(request, { args, peerIp: undefined }, () => app(request, ...args), undefined);
}

/** Asks the gate about a request, and lets it through or answers. */
type Ask = <Result>(
  request: Request,
  call: Call,
  letIn: () => Result,
  finished: PromiseLike<unknown> | undefined,
) => GuardedResult<Result>;

function askOf<Args extends readonly unknown[]>(maintenance: Maintenance, options: FetchOptions<Args>): Ask {
  const findPeer = peerFinder(options, (error) => guard.report(error, "peerIp"));
  const ownOptions = withArgs<Call, Args>(options, ({ args }) => args as Args);
  const guard = createHostGuard<Call>(
    maintenance,
    ownOptions,
    (request, { args, peerIp }) => {
      // The gate asks for the address right before it decides, and never while everybody may pass.
      noteSent(request, args);
      return findPeer(request, args as Args, peerIp);
    },
    ({ waitUntil }) => waitUntil,
    { ownOptions: OWN_OPTIONS, counts: "requests", createHint: createProxyHint },
  );
  const closable = createClosable(guard, ownOptions, {
    socketOf,
    keep(request, call) {
      const peer = findPeer(request, call.args as Args, call.peerIp);
      return { ...call, peerIp: () => peer };
    },
  });
  const follow = guard.tracker && createFollow(guard.tracker);
  return (request, call, letIn, finished) => {
    type Result = ReturnType<typeof letIn>;
    return guard(request, call, (inForce, fields): Result => {
      const answer = () => addFields(letIn(), fields, request);
      const next = closable === undefined ? answer : () => closable(request, call, answer);
      return follow === undefined ? next() : follow(request, inForce, next, finished);
    }, toResponse);
  };
}
