import type { WaitUntil } from "../../gate/live.ts";
import type { BunServer } from "../bun/server.ts";
import { type DenoServeInfo, findPeer as findDenoPeer } from "../deno/info.ts";
import type { NodeRequest } from "../node/info.ts";

/** The request of a Node server, and its response. A WebSocket may be asked for without a response. */
export interface NodeExchange {
  /** The request. */
  readonly req: NodeRequest & object;
  /** The response. */
  readonly res?: object | undefined;
}

/** What the server knows about a request. The shape is that of `request.runtime` in srvx. */
export interface Runtime {
  /** On a Node server. */
  readonly node?: NodeExchange | undefined;
  /** In Deno. */
  readonly deno?: { readonly info?: DenoServeInfo } | undefined;
  /** In Bun. */
  readonly bun?: { readonly server?: BunServer } | undefined;
}

/** A request, by what a server may have put on it. */
interface ServerRequest {
  readonly runtime?: Runtime;
  readonly ip?: unknown;
  readonly waitUntil?: WaitUntil;
}

/** What a server may pass on beside a request, by all the names that servers have for it. */
interface Passed {
  readonly incoming?: NodeExchange["req"];
  readonly outgoing?: object;
  readonly req?: NodeExchange["req"];
  readonly res?: object;
  readonly remoteAddr?: DenoServeInfo["remoteAddr"];
  readonly requestIP?: unknown;
  readonly server?: { readonly requestIP?: unknown };
  readonly event?: LambdaEvent;
  readonly requestContext?: unknown;
  readonly context?: { readonly ip?: unknown };
}

/** An event of AWS Lambda or of Lambda@Edge, by the members that tell the client's address. */
interface LambdaEvent {
  readonly requestContext?: {
    readonly http?: { readonly sourceIp?: string };
    readonly identity?: { readonly sourceIp?: string };
  };
  readonly Records?: readonly { readonly cf?: { readonly request?: { readonly clientIp?: string } } }[];
}

/** Whether this is Cloudflare's runtime. Anywhere else, clients could write what Cloudflare writes about them. */
export function isCloudflare(): boolean {
  const { navigator } = globalThis as { navigator?: { readonly userAgent?: unknown } };
  return navigator?.userAgent === "Cloudflare-Workers";
}

const NOTHING: Runtime = {};

/**
 * Finds out what the server knows about a request.
 *
 * @param passed What the server has passed on beside the request: `env` of Hono, say. Not to be asked in Workers, where people
 * choose the names in there.
 */
export function findRuntime(request: Request, passed: unknown): Runtime {
  const { runtime } = request as ServerRequest;
  if (runtime !== undefined) return runtime;
  if (typeof passed !== "object" || passed === null) return NOTHING;
  const { incoming, outgoing, req, res, remoteAddr, server } = passed as Passed;
  // Hono has no response where somebody asks for a WebSocket.
  if (incoming?.socket !== undefined) return { node: { req: incoming, res: outgoing } };
  if (req?.socket !== undefined && res !== undefined) return { node: { req, res } };
  if (remoteAddr !== undefined) return { deno: { info: passed as DenoServeInfo } };
  if (isBunServer(passed)) return { bun: { server: passed } };
  return isBunServer(server) ? { bun: { server } } : NOTHING;
}

function isBunServer(value: object | undefined): value is BunServer {
  return typeof (value as BunServer | undefined)?.requestIP === "function" && "Bun" in globalThis;
}

/** Finds the address of the far end of the socket, or what the platform says about it, but nothing that clients write. */
export function findPeer(request: Request, { node, deno, bun }: Runtime, passed: unknown): string | undefined {
  if (node !== undefined) return node.req.socket.remoteAddress;
  if (deno !== undefined) return deno.info && findDenoPeer(request, deno.info);
  if (bun !== undefined) return bun.server?.requestIP(request)?.address;
  const { runtime, ip } = request as ServerRequest;
  if (runtime !== undefined) return textOf(ip);
  const { event, context } = (passed ?? {}) as Passed;
  const { requestContext } = event ?? {};
  const address = requestContext?.http?.sourceIp ?? requestContext?.identity?.sourceIp ??
    event?.Records?.[0]?.cf?.request?.clientIp ?? context?.ip;
  return textOf(address);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
