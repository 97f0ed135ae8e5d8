/**
 * The gate in front of a Node server: of a fetch handler, over `@whatwg-node/server`, or as middleware.
 *
 * ```ts
 * import { createServer } from "node:http";
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/node";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * createServer(withMaintenance(maintenance, () => new Response("Hello"))).listen(3000);
 * ```
 *
 * @module maintenancemode/node
 */
import { Request as NodeFetchRequest } from "@whatwg-node/fetch";
import { createServerAdapter, Response as NodeFetchResponse, sendNodeResponse } from "@whatwg-node/server";
import { received } from "../util/received.ts";
import { isPromise } from "../util/promise.ts";
import { type Answer, isAnswer } from "../answer/response.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { MaintenanceContext } from "../types/context.ts";
import {
  createGuard,
  type HandlerOrRouter,
  type HostOptions,
  readContextOnce,
  type StaffOptions,
  toHandler,
} from "./common/guard.ts";
import { type AddedFields, addFields, addNodeFields } from "./common/fields.ts";
import { createFollow } from "./common/node-in-flight.ts";
import { type Sendable, sendAnswer } from "./common/node-answer.ts";

export type { HandlerOrRouter, HostOptions, StaffOptions };

/** The request of a Node server, by the members that are read: `http.IncomingMessage` and its kin. */
export interface NodeRequest {
  /** The method. */
  readonly method?: string | undefined;
  /** The request target. */
  readonly url?: string | undefined;
  /** The header fields by their lower-case names. */
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  /** The connection. */
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** The response of a Node server, by the methods that are called: `http.ServerResponse` and its kin. */
export interface NodeResponse {
  /** Sends the status and the header fields. */
  // deno-lint-ignore no-explicit-any -- The overloads of http and http2 have no other type in common.
  writeHead(...args: any[]): unknown;
  /** Sends the body. */
  // deno-lint-ignore no-explicit-any -- As above.
  end(...args: any[]): unknown;
}

/** What a Node server knows about a request: its own request and response. */
export interface NodeInfo {
  /** The request. */
  readonly req: NodeRequest;
  /** The response. */
  readonly res: NodeResponse;
}

/**
 * Puts the gate in front of a fetch handler and makes both a listener for `http.createServer`, over
 * `@whatwg-node/server`. Nothing is added to the app's responses but the header fields that `admit` of the state and the
 * option `announce` ask for.
 *
 * @param maintenance The gate.
 * @param handler The app: a function from a `Request` to a `Response`, which gets `{ req, res }` as its second argument,
 * or an object with such a method `fetch`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A listener for the `request` event of a Node server.
 * @throws {TypeError} If an argument is not valid.
 */
export function withMaintenance<Info extends NodeInfo = NodeInfo>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, info: Info) => Response | Promise<Response>>,
  options: HostOptions<Info> = {},
): (req: Info["req"], res: Info["res"]) => void {
  const guard = createGuard(maintenance, options, findPeer);
  const app = toHandler(handler);
  const follow = guard.tracker && createFollow(guard.tracker);
  const sent = new NodeFetchResponse(null);
  const adapter = createServerAdapter<Info>((request, info) => {
    const pass = (isInForce: boolean, fields: AddedFields | undefined) => {
      const letIn = () => addFields(askApp(app, request, info), fields);
      return follow === undefined ? letIn() : follow(info, isInForce, letIn);
    };
    const answer = (verdict: Answer | Response) => {
      if (!isAnswer(verdict)) return verdict;
      // The adapter sends nothing where a response has ended. Where something that compresses it ends it later, the adapter
      // must not come to that: it gets a promise that never settles, a new one each time, so that nothing piles up on it.
      return sendAnswer(verdict, info.res, guard.report) ? sent : new Promise<never>(() => {});
    };
    // Where the host or the target could move the path, the app may read another one than the gate: no rule holds then.
    return guard(isPlain(info.req) ? request : requestOf(info.req), info, pass, answer);
  });
  return (req, res) => void adapter(req as never, res as never);
}

/**
 * The gate as middleware for Connect, Express and, through `@fastify/middie`, Fastify.
 *
 * Register it before what it is to guard. It does not touch the body of requests that it lets through, and adds nothing
 * to the app's responses but the header fields that `admit` of the state and the option `announce` ask for.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns Middleware that answers or calls `next()`.
 * @throws {TypeError} If an argument is not valid.
 * @example Express
 * ```ts no-eval
 * import express from "express";
 * import { maintenanceMode } from "maintenancemode";
 * import { middleware } from "maintenancemode/node";
 *
 * const app = express();
 * app.use(middleware(maintenanceMode({ enabled: true })));
 * ```
 */
export function middleware<Info extends NodeInfo = NodeInfo>(
  maintenance: Maintenance,
  options: HostOptions<Info> = {},
): (req: Info["req"], res: Info["res"], next: (error?: unknown) => void) => void {
  const guard = createGuard(maintenance, options, findPeer);
  const follow = guard.tracker && createFollow(guard.tracker);
  return (req, res, next) => {
    if (typeof next !== "function") {
      throw new TypeError(
        `Cannot call middleware: "next" must be a function, received ${
          received(next)
        }: register it with app.use(), or ` +
          "use withMaintenance() for http.createServer()",
      );
    }
    const pass = (isInForce: boolean, fields?: AddedFields) => {
      if (fields !== undefined) addNodeFields(res, fields);
      return follow === undefined ? next() : follow({ req, res }, isInForce, next);
    };
    if (guard.isIdle()) return pass(false);
    const answer = (verdict: Answer | Response) => void sendVerdict(verdict, req, res, guard.report);
    void guard(requestOf(req), { req, res } as Info, pass, answer);
  };
}

/**
 * What a Node server knows about a request: the second argument of the gate, for composing by hand.
 *
 * @param request The request.
 * @param hostInfo Node's own request, and its response if `isStaff` needs it.
 * @param options As for {@link withMaintenance}; the object is read once and must not change.
 * @returns The context; a promise of it if `isStaff` is given.
 * @throws {TypeError} If an option is not valid.
 */
export function contextFrom<Info extends Pick<NodeInfo, "req">>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info> & { isStaff?: never },
): MaintenanceContext;
/** The same with `isStaff`, which may take a while to answer. */
export function contextFrom<Info extends Pick<NodeInfo, "req">>(
  request: Request,
  hostInfo: Info,
  options: HostOptions<Info>,
): Promise<MaintenanceContext>;
/** The same where it is not known whether `isStaff` is given. */
export function contextFrom<Info extends Pick<NodeInfo, "req">>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info>,
): MaintenanceContext | Promise<MaintenanceContext>;
export function contextFrom<Info extends Pick<NodeInfo, "req">>(
  request: Request,
  hostInfo: Info,
  options?: HostOptions<Info>,
): MaintenanceContext | Promise<MaintenanceContext> {
  return readContextOnce(request, hostInfo, options, findPeer);
}

function findPeer(_request: Request, { req }: Pick<NodeInfo, "req">): string | undefined {
  return req.socket.remoteAddress;
}

/** A name or an IPv6 address with an optional port, and nothing that would end the host in a URL. */
const PLAIN_HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** The host as the client wrote it. An empty field says no more than none: RFC 9110 section 7.2. */
function hostOf({ headers }: NodeRequest): string {
  // In the order of @whatwg-node/server, so that both take the same one.
  return String(headers[":authority"] || headers.host || "localhost");
}

/** Whether the URL of a request is no more than its host and its target put together. */
function isPlain(req: NodeRequest): boolean {
  return req.url?.startsWith("/") === true && PLAIN_HOST.test(hostOf(req));
}

/** A target with dot segments, backslashes or anything that is not ASCII, space and control characters among it. */
const MOVABLE = /^[^?#]*(?:[^\x21-\x5b\x5d-\x7e]|\/(?:\.|%2e){1,2}(?:[/?#]|$))/i;

const COLON = 58;

/** Put behind a path, keeps it from matching any rule of `ignoreUrls`, and makes it match all `urls` of a state. */
const DOUBT = "%00";

/**
 * The request as the gate is asked about it, without its body. The path is the one that routers see in the target: a
 * client that writes `Host: x/health?` must not move it.
 */
function requestOf(req: NodeRequest): Request {
  // Express cuts the path at which a middleware is mounted off `url`.
  const target = (req as { originalUrl?: string }).originalUrl ?? req.url ?? "/";
  const host = hostOf(req);
  const isPlainHost = PLAIN_HOST.test(host);
  const scheme = (req.socket as { encrypted?: boolean }).encrypted ? "https" : "http";
  // Of a path that the URL parser would change, and of the other forms of a target (RFC 9112 section 3.2), routers make
  // this or that.
  const path = target.startsWith("/") && !MOVABLE.test(target)
    ? isPlainHost ? target : target.replace(/(?=[?#]|$)/, DOUBT)
    : `/${encodeURIComponent(target)}${DOUBT}`;
  const fields: Record<string, string> = {};
  // Not "for … in", which would read what somebody has put on Object.prototype.
  for (const name of Object.keys(req.headers)) {
    const value = req.headers[name];
    // The names of HTTP/2's pseudo-header fields are no names of header fields.
    if (value !== undefined && name.charCodeAt(0) !== COLON) {
      fields[name] = typeof value === "string" ? value : `${value}`;
    }
  }
  const method = req.method ?? "GET";
  try {
    return new NodeFetchRequest(`${scheme}://${isPlainHost ? host : "localhost"}${path}`, {
      method,
      headers: fields,
    });
  } catch {
    // Where the runtime has a Request of its own, that refuses hosts such as "a:99999" and methods such as TRACE.
    const request = new NodeFetchRequest(`${scheme}://localhost${path}`, { headers: fields });
    return Object.defineProperty(request, "method", { value: method });
  }
}

/** Asks the app. An error of its is logged and answered without what it says, as `Deno.serve` and `Bun.serve` do. */
function askApp<Info>(
  app: (request: Request, info: Info) => Response | Promise<Response>,
  request: Request,
  info: Info,
): Response | Promise<Response> {
  const fail = (error: unknown): Response => {
    console.error(error);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return new NodeFetchResponse("Internal Server Error", { status: 500, headers });
  };
  try {
    const response = app(request, info);
    // A router may have a promise of its own kind.
    return isPromise(response) ? Promise.resolve(response).catch(fail) : response;
  } catch (error) {
    return fail(error);
  }
}

/** Sends what a guard answers with. If that fails, the connection is closed: the app is not asked instead. */
async function sendVerdict(
  verdict: Answer | Response,
  req: object,
  res: Sendable,
  report: (error: unknown) => void,
): Promise<void> {
  if (isAnswer(verdict)) return void sendAnswer(verdict, res, report);
  if (res.headersSent) return;
  try {
    await sendNodeResponse(verdict, res as never, req as never, false);
  } catch (error) {
    report(error);
    res.destroy?.();
  }
}
