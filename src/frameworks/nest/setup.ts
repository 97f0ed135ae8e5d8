import type { Maintenance } from "../../gate/maintenance.ts";
import {
  guardUpgrade,
  type GuardUpgradeOptions,
  maintenanceMiddleware,
  type Middleware,
  type MiddlewareOptions,
  type NodeInfo,
  type NodeRequest,
  type NodeResponse,
  type UpgradeServer,
} from "../../hosts/connect.ts";
import { invalidOption } from "../../util/errors.ts";
import { warnOfPlace } from "../express/place.ts";

/** Options of `MaintenanceModule`. */
export interface MaintenanceModuleOptions<
  Req extends NodeRequest = NodeRequest,
  Res extends NodeResponse = NodeResponse,
> extends MiddlewareOptions<NodeInfo<Req, Res>> {
  /** The gate. */
  maintenance: Maintenance;
  /**
   * The live state of the gate, which the app closes when it shuts down: at `app.close()`, and at a signal if the app has
   * called `app.enableShutdownHooks()`.
   *
   * @default nobody closes it
   */
  state?: { close(): unknown };
  /**
   * Options of `guardUpgrade`, which the module calls for the app's server. `isStaff` gets `{ req, socket }` there: middleware
   * such as a session has not run. `false` leaves upgrades to the app.
   *
   * @default `trustProxy` and `forwardedHeader` of the module
   */
  upgrade?: GuardUpgradeOptions | false;
}

/** What one app makes of the options. */
export interface Setup {
  readonly maintenance: Maintenance;
  readonly middleware: Middleware;
  guardServer(server: UpgradeServer): void;
  close(): unknown;
}

/**
 * Checks the options of the module.
 *
 * @throws {OptionError} If one is not valid.
 */
export function createSetup<Req extends NodeRequest, Res extends NodeResponse>(
  options: MaintenanceModuleOptions<Req, Res>,
): Setup {
  if (typeof options !== "object" || options === null) {
    throw invalidOption("make MaintenanceModule", "options", "an object such as { maintenance, state }", options);
  }
  const { maintenance, state, upgrade = {}, ...middlewareOptions } = options;
  if (state !== undefined && typeof state?.close !== "function") {
    throw invalidOption("make MaintenanceModule", "state", "a live state that liveState() returned", state);
  }
  const { trustProxy, forwardedHeader } = middlewareOptions;
  const middleware = warnOfPlace(maintenance, maintenanceMiddleware(maintenance, middlewareOptions), {
    gate: "MaintenanceModule",
    putBefore: "Call app.use(app.get(MAINTENANCE_MIDDLEWARE)) before it",
  });
  return {
    maintenance,
    middleware: middleware as Middleware,
    guardServer(server) {
      if (upgrade === false) return;
      guardUpgrade(server, maintenance, {
        ...trustProxy && { trustProxy },
        ...forwardedHeader !== undefined && { forwardedHeader },
        ...upgrade,
      });
    },
    close: () => state?.close(),
  };
}
