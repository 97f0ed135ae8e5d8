/**
 * The gate as a plugin for Fastify 4 and 5.
 *
 * ```ts no-eval
 * import Fastify from "fastify";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/fastify";
 *
 * const app = Fastify();
 * await app.register(maintenancePlugin(maintenanceMode({ enabled: true })));
 * ```
 *
 * @module maintenancemode/fastify
 */
import { Buffer } from "node:buffer";
import { Readable } from "node:stream";
import type { Maintenance } from "../gate/maintenance.ts";
import type { MiddlewareOptions } from "../hosts/connect.ts";
import type { AddedFields } from "../hosts/common/fields.ts";
import { addNodeFields } from "../hosts/node/fields.ts";
import { createNodeGuard } from "../hosts/node/guard.ts";
import type { NodeInfo, NodeRequest, NodeResponse } from "../hosts/node/info.ts";
import { type AnswerParts, partsOf } from "../hosts/node/parts.ts";
import { OptionError } from "../util/errors.ts";

export { guardUpgrade, type GuardUpgradeOptions, type UpgradeInfo, type UpgradeServer } from "../hosts/connect.ts";
export type { CloseStreams, CloseStreamsOption, HostOptions, StaffOptions, UpgradeSocket } from "../hosts/connect.ts";
export type { MiddlewareOptions, NodeInfo, NodeRequest, NodeResponse };

/** The request of Fastify, by the member that is used: `FastifyRequest`. */
export interface FastifyRequestLike {
  /** Node's request. */
  readonly raw: NodeRequest;
}

/** The reply of Fastify, by the members that are used: `FastifyReply`. */
export interface FastifyReplyLike {
  /** Node's response. */
  readonly raw: NodeResponse;
  /** Whether the app has answered. */
  readonly sent: boolean;
  /** Sets the status. */
  // deno-lint-ignore no-explicit-any -- The generics of Fastify have no other type in common.
  code(...args: any[]): unknown;
  /** Sets a header field. Cookies go beside those that are there. */
  // deno-lint-ignore no-explicit-any -- As above.
  header(...args: any[]): unknown;
  /** Sets what makes a text of the body. */
  // deno-lint-ignore no-explicit-any -- As above.
  serializer(...args: any[]): { send(...args: any[]): unknown };
  /** Sends the response. */
  // deno-lint-ignore no-explicit-any -- As above.
  send(...args: any[]): unknown;
}

/** What Fastify knows about a request: the second argument of `isStaff`. */
export interface FastifyInfo<Request = FastifyRequestLike, Reply = FastifyReplyLike> {
  /** Fastify's request, with the session and all else that hooks before the gate have put there. */
  readonly request: Request;
  /** Fastify's reply. */
  readonly reply: Reply;
}

/** An instance of Fastify, by the members that are used: `FastifyInstance`. */
export interface FastifyInstanceLike<Request, Reply> {
  /** Adds a hook. */
  // deno-lint-ignore no-explicit-any -- As above.
  addHook(name: any, hook: any): unknown;
  /** Tells the routes, with their hooks. */
  // deno-lint-ignore no-explicit-any -- As above.
  printRoutes(options?: any): string;
  /** Handles errors. It tells the types of the request and the reply. */
  errorHandler(error: never, request: Request, reply: Reply): void;
}

/** A plugin for `app.register()`. */
export type MaintenancePlugin<Request, Reply> = (
  instance: FastifyInstanceLike<Request, Reply>,
  options: unknown,
  done: (error?: Error) => void,
) => void;

/**
 * Makes a Fastify plugin of the gate.
 *
 * It asks the gate in an `onRequest` hook. Register it behind the plugins that `isStaff` reads, such as `@fastify/session`.
 * It guards all routes, also those that were declared before, and unknown URLs. It breaks out of its own context, as with
 * `fastify-plugin`: registered inside another plugin, it guards the routes of that one alone.
 *
 * It answers through `reply`, so that logging and the hooks `onSend` and `onResponse` see the answer. It leaves the bodies of
 * requests alone, and changes nothing of the app's responses but header fields. A request counts until its response is
 * closed, also where the app calls `reply.hijack()`; registered twice, it counts nothing twice. The routes of `@fastify/websocket` are guarded and counted as well.
 *
 * @param maintenance The gate.
 * @param options Who is staff, by Fastify's own request: `isStaff: (_request, { request }) => …`. Which proxies to believe
 * about the client's address: Fastify's `trustProxy` means nothing to the gate. What becomes of open event streams.
 * @returns The plugin.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by @fastify/session
 * ```ts no-eval
 * import cookie from "@fastify/cookie";
 * import session from "@fastify/session";
 * import Fastify from "fastify";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/fastify";
 *
 * const app = Fastify();
 * await app.register(cookie);
 * await app.register(session, { secret: "a secret with at least 32 characters" });
 * await app.register(maintenancePlugin(maintenanceMode({ enabled: true }), {
 *   isStaff: (_request, { request }) => request.session.get("isStaff") === true,
 * }));
 * ```
 */
export function maintenancePlugin<
  Request extends FastifyRequestLike = FastifyRequestLike,
  Reply extends FastifyReplyLike = FastifyReplyLike,
>(
  maintenance: Maintenance,
  options: MiddlewareOptions<FastifyInfo<Request, Reply>> = {},
): MaintenancePlugin<Request, Reply> {
  refuseInstance(maintenance);
  const guard = createNodeGuard<FastifyInfo<Request, Reply> & NodeInfo>(maintenance, options, addReplyFields);
  const maintenanceGate = (request: Request, reply: Reply, done: (error?: unknown) => void) => {
    const req = request.raw;
    const info = { req, res: reply.raw, request, reply };
    void guard(info, done, (verdict) => {
      // While isStaff was awaited, a time limit may have answered.
      if (reply.sent) return;
      try {
        send(reply, req.method, partsOf(verdict, req));
      } catch (error) {
        guard.report(error);
        done(error);
      }
    });
  };
  const plugin: MaintenancePlugin<Request, Reply> = (instance, _options, done) => {
    instance.addHook("onRequest", maintenanceGate);
    instance.addHook("onReady", (done: () => void) => {
      warnIfIdle(instance, maintenanceGate.name);
      done();
    });
    done();
  };
  return Object.assign(plugin, {
    // The properties that fastify-plugin sets.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: NAME,
    [Symbol.for("plugin-meta")]: { name: NAME, fastify: "4.x || 5.x" },
  });
}

const NAME = "maintenancemode";

/** Refuses the call that Fastify makes where this function itself was registered. */
function refuseInstance(maintenance: unknown): void {
  if (typeof (maintenance as { addHook?: unknown } | null | undefined)?.addHook !== "function") return;
  throw new OptionError("make the plugin", {
    path: "maintenance",
    expected: "a gate that maintenanceMode() returned",
    received: "an instance of Fastify",
    hint: "call it yourself: app.register(maintenancePlugin(maintenance, options))",
  });
}

/** Sends an answer. */
function send(reply: FastifyReplyLike, method: string | undefined, { status, fields, body }: AnswerParts): void {
  reply.code(status);
  for (const [name, value] of Object.entries(fields)) reply.header(name, value);
  // The hook of Fastify's own routes for HEAD sets the length that it sees, but leaves streams alone.
  if (method === "HEAD") reply.send(Readable.from([]));
  else if (body === null) reply.send();
  else if (typeof body === "string") reply.serializer(asItIs).send(body);
  else if (body instanceof Uint8Array) reply.send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  else reply.send(Readable.fromWeb(body as never));
}

/** Keeps Fastify from adding a charset to JSON in a text, and from giving it to a serializer of the app. */
const asItIs = (body: unknown): unknown => body;

/** Adds header fields to Fastify's reply, and to Node's response for an app that calls `reply.hijack()`. */
function addReplyFields({ res, reply }: FastifyInfo & NodeInfo, fields: AddedFields): void {
  addNodeFields(res, fields);
  for (const [name, value] of fields) {
    // With its own cookies, Fastify replaces those of Node's response.
    if (name === "set-cookie") reply.header(name, value);
  }
}

/** Warns if the plugin stands in a context that has no routes: whoever put it there most likely meant the whole app. */
function warnIfIdle(instance: FastifyInstanceLike<never, never>, hook: string): void {
  const isRoot = Object.getPrototypeOf(instance) === Object.prototype;
  if (isRoot || instance.printRoutes({ includeHooks: true }).includes(hook)) return;
  console.warn(
    "maintenancemode: the plugin guards no route: it was registered inside another plugin, which has no routes. Register it " +
      'on the app itself, or wrap the plugin around it with "fastify-plugin".',
  );
}
