/**
 * The gate as middleware of Express 5 and 4.
 *
 * ```ts no-eval
 * import express from "express";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/express";
 *
 * const app = express();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
 * app.get("/", (_req, res) => void res.send("Hello"));
 * app.listen(3000);
 * ```
 *
 * @module maintenancemode/express
 */
import type { Maintenance } from "../gate/maintenance.ts";
import {
  maintenanceMiddleware as connectMiddleware,
  type Middleware,
  type MiddlewareOptions,
  type NodeInfo,
  type NodeRequest,
  type NodeResponse,
} from "../hosts/connect.ts";
import { warnOfPlace } from "./express/place.ts";

export { guardUpgrade } from "../hosts/connect.ts";
export type {
  CloseStreams,
  CloseStreamsOption,
  GuardUpgradeOptions,
  HostOptions,
  StaffOptions,
  UpgradeInfo,
  UpgradeServer,
  UpgradeSocket,
} from "../hosts/connect.ts";
export type { Middleware, MiddlewareOptions, NodeInfo, NodeRequest, NodeResponse };

/**
 * Makes middleware of the gate: that of `maintenancemode/connect`, which also says on the console, once, where it stands in
 * the wrong place: behind routes, or mounted at a part of the site.
 *
 * Register it behind the middleware that `isStaff` needs, such as a session, and before everything that it is to guard. In
 * `app.use(maintenanceMiddleware(…))`, `isStaff` gets Express's own request and response with their types. Elsewhere, name
 * them: `maintenanceMiddleware<express.Request>(…)`.
 *
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open event
 * streams.
 * @returns Middleware that answers or calls `next()`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session
 * ```ts no-eval
 * import express from "express";
 * import session from "express-session";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/express";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const app = express();
 * app.use(session({ secret: "a secret", resave: false, saveUninitialized: false }));
 * app.use(maintenanceMiddleware(maintenance, {
 *   isStaff: (_request, { req }) => req.session.isStaff === true,
 * }));
 * ```
 */
export function maintenanceMiddleware<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(
  maintenance: Maintenance,
  options: MiddlewareOptions<NodeInfo<Req, Res>> = {},
): Middleware<Req, Res> {
  return warnOfPlace(maintenance, connectMiddleware(maintenance, options), {
    gate: "maintenanceMiddleware()",
    putBefore: "Register maintenanceMiddleware() before it",
  });
}
