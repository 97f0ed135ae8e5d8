/**
 * The gate in front of functions and routing middleware of Vercel.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/vercel";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export default { fetch: withMaintenance(maintenance, () => new Response("Hello")) };
 * ```
 *
 * @module maintenancemode/vercel
 */
import type { WaitUntil } from "../gate/live.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { HostOptions, StaffOptions } from "../hosts/common/context.ts";
import { addFields } from "../hosts/common/fields.ts";
import { createGuard } from "../hosts/common/guard.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "../hosts/common/handler.ts";
import { refuseNode } from "../hosts/common/wrong-host.ts";

export type { GuardedResult, HandlerOrRouter, HostOptions, StaffOptions };

/**
 * Puts the gate in front of a function of Vercel: `export default { fetch }`, `export const GET`, or routing middleware. Changes
 * nothing of the app's responses but header fields: those that `admit` of the state and the option `announce` ask for,
 * `Maintenance-Mode` while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says.
 *
 * Vercel writes the client's address to `X-Vercel-Forwarded-For` and `X-Real-IP`. Take this helper on Vercel alone: elsewhere,
 * clients can write these fields themselves, and get in as `internalIps`.
 *
 * Vercel stops a function between two requests, so give a live state `perRequest: true`. Nothing counts the requests: `--wait`
 * does not wait for them.
 *
 * @param maintenance The gate.
 * @param handler The app: a function, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, and which proxies in front of Vercel to believe about the client's address. `isStaff` gets
 * the second argument of the function.
 * @returns A function with the same arguments.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://vercel.com/docs/headers/request-headers | Request headers}
 */
export function withMaintenance<Incoming extends Request, Context, Rest extends readonly unknown[], Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Incoming, context: Context, ...rest: Rest) => Result>,
  options: HostOptions<Context> = {},
): (request: Incoming, context: Context, ...rest: Rest) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, findWaitUntil);
  const app = toHandler<[Incoming, Context, ...Rest], Result>(handler);
  return (request, context, ...rest) => {
    refuseNode(context);
    return guard(request, context, (_, fields) => addFields(app(request, context, ...rest), fields), toResponse);
  };
}

function findPeer({ headers }: Request): string | undefined {
  return headers.get("x-vercel-forwarded-for") ?? headers.get("x-real-ip") ?? undefined;
}

/** Where Vercel keeps what belongs to the request at work; `waitUntil()` of `@vercel/functions` looks there. */
const REQUEST_CONTEXT = Symbol.for("@vercel/request-context");

function findWaitUntil(context: unknown): WaitUntil | undefined {
  const { [REQUEST_CONTEXT]: kept } = globalThis as { [REQUEST_CONTEXT]?: { get?(): unknown } };
  const holder = (context ?? kept?.get?.() ?? {}) as { waitUntil?: unknown };
  const { waitUntil } = holder;
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(holder, promise) : undefined;
}
