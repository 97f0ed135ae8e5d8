/**
 * The gate as a plugin of Nitro 3 and Nitro 2.
 *
 * ```ts no-eval
 * // plugins/maintenance.ts
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/nitro";
 *
 * export default maintenancePlugin(maintenanceMode({ enabled: true }));
 * ```
 *
 * @module maintenancemode/nitro
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { HostOptions } from "../hosts/connect.ts";
import { createMiddleware } from "./h3/middleware.ts";
import { guardNitro, type NitroApp, type NitroEvent } from "./h3/nitro.ts";
import type { NodeExchange, ServerRequest } from "./h3/types.ts";

export type { HostOptions, NitroApp, NitroEvent, NodeExchange, ServerRequest };

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
 * import { maintenancePlugin } from "maintenancemode/nitro";
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
