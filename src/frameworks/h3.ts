/**
 * The gate for h3 2, h3 1 and Nitro.
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
import { guardNitro, type NitroApp, type NitroEvent } from "./h3/nitro.ts";
import type { NodeExchange, ServerRequest } from "./h3/types.ts";

export { guardUpgrade, type GuardUpgradeOptions } from "../hosts/connect.ts";
export type { HostOptions, MaintenanceMiddleware, NitroApp, NitroEvent, NodeExchange, ServerRequest };

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

/** A plugin of Nitro. */
export interface MaintenancePlugin {
  /** Puts the gate in front of an app. */
  (nitroApp: NitroApp): void;
  /** The gate. */
  readonly maintenance: Maintenance;
}

/**
 * Makes a plugin of Nitro 3 or Nitro 2, which Nuxt 4 is made of. Export it from a file in the folder `plugins` of the server.
 *
 * The gate stands in front of everything that the server answers: routes, middleware, public assets, prerendered pages and the
 * rules of routes. What Nitro asks of itself while it answers a request passes. In Nitro 2, WebSockets have the gate in front
 * as well.
 *
 * A build that renders pages asks the gate as well, unless you export
 * `import.meta.prerender ? () => {} : maintenancePlugin(maintenance)`.
 *
 * @param maintenance The gate.
 * @param options Who is staff, and which proxies to believe about the client's address. `isStaff` gets the event of h3 in
 * Nitro 2, and a {@link NitroEvent} in Nitro 3.
 * @returns The plugin.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example plugins/maintenance.ts
 * ```ts no-eval
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/h3";
 *
 * export default maintenancePlugin(maintenanceMode({ enabled: true, ignoreUrls: ["/health"] }));
 * ```
 */
export function maintenancePlugin<Event extends object = NitroEvent>(
  maintenance: Maintenance,
  options: HostOptions<Event> = {},
): MaintenancePlugin {
  // What is wrong with the options is said where they are.
  createMiddleware(maintenance, options);
  const plugin = (nitroApp: NitroApp) => guardNitro(nitroApp, maintenance, options);
  return Object.assign(plugin, { maintenance });
}
