/**
 * The gate in front of functions and edge functions of Netlify.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/netlify";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export default withMaintenance(maintenance, () => new Response("Hello"));
 * ```
 *
 * @module maintenancemode/netlify
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { HostOptions, StaffOptions } from "../hosts/common/context.ts";
import { addFields } from "../hosts/common/fields.ts";
import { createGuard } from "../hosts/common/guard.ts";
import { type GuardedResult, toHandler, toResponse } from "../hosts/common/handler.ts";
import { refuseNode } from "../hosts/common/wrong-host.ts";

export type { GuardedResult, HostOptions, StaffOptions };

/** The parts that are read of the second argument of a function. */
export interface NetlifyContext {
  /** The address of the client, as Netlify has seen it. */
  readonly ip?: string;
  /** Keeps a promise going beyond the request. */
  readonly waitUntil?: WaitUntil;
}

/**
 * Puts the gate in front of a function or an edge function of Netlify. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * The client's address is `context.ip`. An edge function for the path `/*` closes the whole site, with its files: give
 * `(_request, context) => context.next()` as its handler. If it returned `undefined`, the gate could add no field.
 *
 * Netlify stops a function between two requests, so give a live state `perRequest: true`. Nothing counts the requests:
 * `--wait` does not wait for them.
 *
 * @param maintenance The gate.
 * @param handler The function. It gets the same `Request`.
 * @param options Who is staff, and which proxies in front of Netlify to believe about the client's address. `isStaff` gets
 * the context.
 * @returns A function with the same arguments.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://docs.netlify.com/build/functions/api/ | Functions API}
 */
export function withMaintenance<Incoming extends Request, Context extends NetlifyContext, Result>(
  maintenance: Maintenance,
  handler: (request: Incoming, context: Context) => Result,
  options: HostOptions<Context> = {},
): (request: Incoming, context: Context) => GuardedResult<Result> {
  const guard = createGuard<Context>(maintenance, options, findPeer, findWaitUntil);
  const app = toHandler<[Incoming, Context], Result>(handler);
  return (request, context) => {
    refuseNode(context);
    return guard(request, context, (_, fields) => addFields(app(request, context), fields), toResponse);
  };
}

function findPeer(_request: Request, context: NetlifyContext): string | undefined {
  // A test that calls the function itself may give no context.
  return (context as NetlifyContext | undefined)?.ip;
}

function findWaitUntil(context: NetlifyContext): WaitUntil | undefined {
  const { waitUntil } = (context ?? {}) as NetlifyContext;
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(context, promise) : undefined;
}
