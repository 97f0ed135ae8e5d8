/**
 * The gate in front of a `Bun.serve` handler.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/bun";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * Bun.serve({ fetch: withMaintenance(maintenance, () => new Response("Hello")) });
 * ```
 *
 * @module maintenancemode/bun
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { closableApp, createClosable } from "./common/closable.ts";
import type { CloseStreams, CloseStreamsOption } from "./common/close-streams.ts";
import { type ContextFrom, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type GuardedResult, type HandlerOrRouter, toHandler, toResponse } from "./common/handler.ts";
import { addFields } from "./common/fields.ts";
import { refuseNode } from "./common/wrong-host.ts";
import { createFollow } from "./bun/in-flight.ts";
import type { BunServer } from "./bun/server.ts";

export type {
  BunServer,
  CloseStreams,
  CloseStreamsOption,
  ContextFrom,
  GuardedResult,
  HandlerOrRouter,
  HostOptions,
  StaffOptions,
};

/**
 * Puts the gate in front of a `fetch` handler for `Bun.serve`. Changes nothing of the app's responses but header fields:
 * those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those
 * for caches where a visitor was let in, as `admittedCaching` says.
 *
 * @param maintenance The gate.
 * @param handler The app: a `fetch` handler for `Bun.serve`, or an object with a method `fetch`. It gets the same `Request`.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open event streams. The
 * WebSockets of `server.upgrade()` belong to the app, and the gate cannot close them.
 * @returns A `fetch` handler for `Bun.serve`.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://bun.com/docs/api/http | Bun.serve}
 */
export function withMaintenance<Server extends BunServer, Result>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, server: Server) => Result>,
  options: HostOptions<Server> & CloseStreamsOption<Server> = {},
): (request: Request, server: Server) => GuardedResult<Result> {
  const guard = createGuard(maintenance, options, findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const app = closableApp(toHandler(handler), createClosable(guard, options));
  const follow = guard.tracker && createFollow(guard.tracker);
  return (request, server) => {
    refuseNode(server);
    return guard(request, server, (inForce, fields): Result => {
      const letIn = () => addFields(app(request, server), fields, request);
      return follow === undefined ? letIn() : follow(request, server, inForce, letIn);
    }, toResponse);
  };
}

/**
 * What `Bun.serve` knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, the second argument of the handler, and options as for {@link withMaintenance}. An object of
 * options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFrom<BunServer, ClientIpOptions> = createContextFrom<BunServer, ClientIpOptions>(
  findPeer,
);

function findPeer(request: Request, server: BunServer): string | undefined {
  // A test that calls the handler itself may have no server.
  return server?.requestIP(request)?.address;
}
