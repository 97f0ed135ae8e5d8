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
import { type AddedFields, addNodeFields } from "./common/fields.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { createFollow } from "./node/in-flight.ts";
import { findPeer, type NodeInfo, type NodeRequest, type NodeResponse } from "./node/info.ts";
import { gateRequest, realRequest } from "./node/request.ts";
import { sendAnswer } from "./node/send-answer.ts";
import { sendResponse } from "./node/send-response.ts";

export type { HostOptions, NodeInfo, NodeRequest, NodeResponse, StaffOptions };

/**
 * Makes middleware of the gate.
 *
 * Register it before the routes that it is to guard. It leaves the bodies of requests alone, and adds nothing to the app's
 * responses but the header fields that `admit` of the state and the option `announce` ask for. The functions of the options
 * get each request as a `Request` without its body.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address.
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
export function maintenanceMiddleware<Info extends NodeInfo = NodeInfo>(
  maintenance: Maintenance,
  options: HostOptions<Info> = {},
): (req: Info["req"], res: Info["res"], next: (error?: unknown) => void) => void {
  const guard = createGuard(maintenance, withRealRequests(options), findPeer, undefined, createProxyHint);
  const follow = guard.tracker && createFollow(guard.tracker);
  return (req, res, next) => {
    if (typeof next !== "function") {
      const hint = "register it with app.use(), or use withMaintenance() for http.createServer()";
      throw invalidOption("call the middleware", "next", "a function", next, hint);
    }
    const pass = (isInForce: boolean, fields?: AddedFields) => {
      if (fields !== undefined) addNodeFields(res, fields);
      return follow === undefined ? next() : follow({ req, res }, isInForce, next);
    };
    if (guard.isIdle()) return pass(false);
    const answer = (verdict: Answer | Response) => {
      if (isAnswer(verdict)) sendAnswer(verdict, res, guard.report);
      else void sendResponse(verdict, req.method, res, guard.report);
    };
    const request = gateRequest(req);
    void guard(guard.handsOutRequests ? realRequest(request) : request, { req, res } as Info, pass, answer);
  };
}

/** The options with an `isStaff` that gets a real `Request`. */
function withRealRequests<Info>(options: HostOptions<Info>): HostOptions<Info> {
  // What is wrong with the options is found later.
  const isStaff = (options as HostOptions<Info> | null)?.isStaff;
  if (typeof isStaff !== "function") return options;
  return { ...options, isStaff: (request, hostInfo) => isStaff(realRequest(request), hostInfo) };
}
