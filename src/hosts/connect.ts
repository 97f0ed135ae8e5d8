/**
 * The gate as middleware `(req, res, next)`: for Connect, Express, Fastify with `@fastify/middie`, and everything else that
 * takes such functions.
 *
 * ```ts no-eval
 * import express from "express";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/connect";
 *
 * const app = express();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
 * ```
 *
 * @module maintenancemode/connect
 */
import { type Answer, isAnswer } from "../answer/response.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import { invalidOption } from "../util/errors.ts";
import type { HostOptions, StaffOptions } from "./common/context.ts";
import type { AddedFields } from "./common/fields.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type CloseStreamsOption, createStreamWatch } from "./common/close-streams.ts";
import { addNodeFields } from "./node/fields.ts";
import { createFollow, watchEventStream } from "./node/in-flight.ts";
import { findPeer, type NodeInfo, type NodeRequest, type NodeResponse } from "./node/info.ts";
import { gateRequest, realRequest } from "./node/request.ts";
import { withRealRequests } from "./node/real-requests.ts";
import { rewriteOf } from "./node/request-url.ts";
import { sendAnswer } from "./node/send-answer.ts";
import { sendResponse } from "./node/send-response.ts";

export { guardUpgrade, type GuardUpgradeOptions, type UpgradeInfo, type UpgradeServer } from "./node/upgrade.ts";
export type { UpgradeSocket } from "./node/raw-response.ts";
export type { CloseStreams, CloseStreamsOption } from "./common/close-streams.ts";
export type { HostOptions, NodeInfo, NodeRequest, NodeResponse, StaffOptions };

/** Options of {@link maintenanceMiddleware}. */
export interface MiddlewareOptions<Info = NodeInfo> extends HostOptions<Info>, CloseStreamsOption<Info> {}

/** Middleware as Connect and Express take it. */
export type Middleware<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse> = (
  req: Req,
  res: Res,
  next: (error?: unknown) => void,
) => void;

/** The gate that has let a request in. */
const LET_IN_BY = Symbol("maintenancemode.let-in-by");

/** A request that a gate may have let in. */
interface LetInRequest extends NodeRequest {
  [LET_IN_BY]?: Maintenance;
}

/**
 * Makes middleware of the gate.
 *
 * Register it before the routes that it is to guard. A request that the same gate has let in before passes at once: where
 * the gate is registered twice, nothing is counted twice. It leaves the bodies of requests alone, and changes nothing of the
 * app's responses but header fields: those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode`
 * while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says. The
 * functions of the options get each request as a `Request` without its body.
 *
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open event
 * streams.
 * @returns Middleware that answers or calls `next()`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Express, with staff by a session
 * ```ts no-eval
 * import express from "express";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/connect";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const app = express();
 * app.use(maintenanceMiddleware(maintenance, {
 *   isStaff: (request) => request.headers.get("cookie")?.includes("staff=1") === true,
 * }));
 * ```
 */
export function maintenanceMiddleware<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(
  maintenance: Maintenance,
  options: MiddlewareOptions<NodeInfo<Req, Res>> = {},
): Middleware<Req, Res> {
  const guard = createGuard(maintenance, withRealRequests(options), findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const watch = createStreamWatch(guard, options);
  const follow = guard.tracker && createFollow(guard.tracker);
  return (req, res, next) => {
    if (typeof next !== "function") {
      const hint = "register it with app.use(), or use withMaintenance() for http.createServer()";
      throw invalidOption("call the middleware", "next", "a function", next, hint);
    }
    const letIn: LetInRequest = req;
    // Where the URL was rewritten since, the gate has to see the new one.
    if (letIn[LET_IN_BY] === maintenance && rewriteOf(req) === undefined) return next();
    const info = { req, res };
    const asked = () => {
      const request = gateRequest(req);
      return guard.handsOutRequests ? realRequest(request) : request;
    };
    const pass = (isInForce: boolean, fields?: AddedFields) => {
      letIn[LET_IN_BY] = maintenance;
      if (watch !== undefined) watchEventStream(watch, asked(), info);
      if (fields !== undefined) addNodeFields(res, fields);
      return follow === undefined ? next() : follow(info, isInForce, next);
    };
    if (guard.isIdle()) return pass(false);
    const answer = (verdict: Answer | Response) => {
      if (isAnswer(verdict)) sendAnswer(verdict, res, guard.report);
      else void sendResponse(verdict, req.method, res, guard.report);
    };
    void guard(asked(), info, pass, answer);
  };
}
