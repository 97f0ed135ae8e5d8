/**
 * The gate in front of a `Deno.serve` handler.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/deno";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * Deno.serve(withMaintenance(maintenance, () => new Response("Hello")));
 * ```
 *
 * @module maintenancemode/deno
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { closableApp, createClosable } from "./common/closable.ts";
import type { CloseStreams, CloseStreamsOption } from "./common/close-streams.ts";
import { type ContextFrom, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { socketOf } from "./common/deno-socket.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { addFields } from "./common/fields.ts";
import { refuseNode } from "./common/wrong-host.ts";
import { createFollow } from "./deno/in-flight.ts";
import { type DenoServeInfo, findPeer, keepPeer } from "./deno/info.ts";

export type {
  CloseStreams,
  CloseStreamsOption,
  ContextFrom,
  DenoServeInfo,
  GuardedResult,
  HandlerOrRouter,
  HostOptions,
  StaffOptions,
};

/**
 * Puts the gate in front of a handler for `Deno.serve`. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param handler The app: a handler for `Deno.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open streams.
 * @returns A handler for `Deno.serve`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://docs.deno.com/api/deno/~/Deno.serve | Deno.serve}
 */
export function withMaintenance<Info extends DenoServeInfo, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, info: Info) => Result>,
  options: HostOptions<Info> & CloseStreamsOption<Info> = {},
): (request: Request, info: Info) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const app = closableApp(toHandler(handler), createClosable(guard, options, { socketOf, keep: keepPeer }));
  const follow = guard.tracker && createFollow(guard.tracker);
  return (request, info) => {
    refuseNode(info);
    return guard(request, info, (inForce, fields): Result => {
      const letIn = () => addFields(app(request, info), fields, request);
      return follow === undefined ? letIn() : follow(request, info, inForce, letIn);
    }, toResponse);
  };
}

/**
 * What `Deno.serve` knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, the second argument of the handler, and options as for {@link withMaintenance}. An object of
 * options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFrom<DenoServeInfo, ClientIpOptions> = createContextFrom<
  DenoServeInfo,
  ClientIpOptions
>(findPeer);
