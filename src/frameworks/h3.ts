/**
 * The gate as middleware of h3 2 and h3 1.
 *
 * ```ts no-eval
 * import { H3, serve } from "h3";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/h3";
 *
 * const app = new H3();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })));
 * app.get("/", () => "Hello");
 * serve(app, { port: 3000 });
 * ```
 *
 * @module maintenancemode/h3
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { HostOptions } from "../hosts/connect.ts";
import { createMiddleware, type MaintenanceMiddleware } from "./h3/middleware.ts";
import type { NodeExchange, ServerRequest } from "./h3/types.ts";

export { guardUpgrade, type GuardUpgradeOptions } from "../hosts/connect.ts";
export type { HostOptions, MaintenanceMiddleware, NodeExchange, ServerRequest };

/**
 * Makes middleware of the gate, for `app.use()` of h3 2 and h3 1.
 *
 * Register it before the routes and middleware that it is to guard. It leaves the bodies of requests alone, and changes nothing
 * of the app's responses but header fields: those that `admit` of the state and the option `announce` ask for,
 * `Maintenance-Mode` while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says.
 * Registered twice, it does nothing the second time.
 *
 * With a live state, requests that are let in are counted: on Node until their response has been sent, elsewhere until the
 * body has been read or given up.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address. `isStaff` gets the event of h3.
 * @returns The middleware.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session of h3
 * ```ts no-eval
 * import { H3, useSession } from "h3";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenanceMiddleware } from "maintenancemode/h3";
 *
 * const password = process.env.SESSION_SECRET;
 * const app = new H3();
 * app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), {
 *   isStaff: async (_request, event) => (await useSession(event, { password })).data.isStaff === true,
 * }));
 * ```
 */
export function maintenanceMiddleware<Event extends object>(
  maintenance: Maintenance,
  options: HostOptions<Event> = {},
): MaintenanceMiddleware<Event> {
  return createMiddleware(maintenance, options);
}
