/**
 * The gate as SvelteKit's server hook `handle`.
 *
 * ```ts no-eval
 * // src/hooks.server.ts
 * import type { Handle } from "@sveltejs/kit/hooks";
 * import { maintenanceHandle } from "maintenancemode/sveltekit";
 * import { maintenance } from "./lib/server/maintenance.ts";
 *
 * export const handle: Handle = maintenanceHandle(maintenance);
 * ```
 *
 * @module maintenancemode/sveltekit
 */
import { internalsOf } from "../gate/internals.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import { TASK } from "../hosts/common/context.ts";
import { createGuard, type FetchOptions } from "../hosts/fetch.ts";
import { isCounted } from "../hosts/node/in-flight.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { letInBy } from "./common/let-in.ts";
import { gatedRequest, isFromClient, toClientAnswer } from "./sveltekit/client-requests.ts";
import type { HandleInput, SvelteKitEvent } from "./sveltekit/event.ts";
import { withoutKnownBody } from "./sveltekit/not-modified.ts";
import { createOwnPage } from "./sveltekit/own-page.ts";

export type { FetchOptions, HandleInput, SvelteKitEvent };

/** Options of {@link maintenanceHandle}, where `Event` is the app's own `RequestEvent`. */
export interface MaintenanceHandleOptions<Event = SvelteKitEvent> extends FetchOptions<[event: Event]> {
  /**
   * Finds the address of the far end of the socket.
   *
   * @default event.getClientAddress(). If that throws, the address is unknown.
   */
  peerIp?: (request: Request, event: Event) => string | undefined;
  /**
   * The path of a page of the app that visitors see in place of the built-in one, in the app's own layout: `"/maintenance"`.
   * It is sent with the status and the header fields of the gate. If it cannot be rendered, visitors see the built-in one.
   *
   * Set `export const csr = false` in the page's `+page.ts`: it appears at URLs that are not its own.
   *
   * @default the page of the gate
   */
  page?: string;
}

/**
 * Makes the hook `handle`.
 *
 * Put it behind handles that find the user, and before all others: `sequence(user, maintenanceHandle(maintenance, …), rest)`.
 * With a live state, requests are counted until their response has been sent. What the app asks of itself with `event.fetch`
 * passes with the request that it belongs to.
 *
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and the page that visitors see.
 * @returns The handle. Registered twice with the same gate, the first one decides.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example Staff by a session
 * ```ts no-eval
 * import { sequence } from "@sveltejs/kit/hooks";
 * import { maintenanceHandle } from "maintenancemode/sveltekit";
 * import { maintenance } from "./lib/server/maintenance.ts";
 * import { findUser } from "./lib/server/user.ts";
 *
 * export const handle = sequence(
 *   findUser,
 *   maintenanceHandle(maintenance, { isStaff: (_request, event) => event.locals.user?.isStaff === true }),
 * );
 * ```
 */
export function maintenanceHandle<Event extends SvelteKitEvent = SvelteKitEvent>(
  maintenance: Maintenance,
  options: MaintenanceHandleOptions<Event> = {},
): (input: HandleInput<Event>) => Promise<Response> {
  const { live, report } = internalsOf(maintenance, TASK);
  const { page, peerIp = findAddress, ...others } = checkOptions(options);
  const letIn = letInBy(maintenance);
  const guard = createGuard<Event>(maintenance, { ...others, peerIp });
  const showOwnPage = page === undefined ? undefined : createOwnPage(page, report);
  return async ({ event, resolve }) => {
    if (typeof resolve !== "function") {
      const hint = 'export it as "handle" of src/hooks.server.ts, or give it to sequence()';
      throw invalidOption("call the handle", "resolve", "a function", resolve, hint);
    }
    const { request, isSubRequest, platform } = event;
    const { req } = (platform ?? {}) as { readonly req?: object };
    const isIn = isSubRequest || letIn.has(request) || req && live?.tracker && isCounted(live.tracker, req);
    if (isIn) return resolve(event);

    let isLetIn = false;
    const answer = await guard(gatedRequest(event), {
      host: event,
      next: async () => {
        isLetIn = true;
        letIn.add(request);
        return withoutKnownBody(request, await resolve(event));
      },
    });
    if (isLetIn) return answer;
    if (isFromClient(event)) return toClientAnswer(answer);
    return showOwnPage?.(answer, event) ?? answer;
  };
}

function findAddress(_request: Request, event: SvelteKitEvent): string {
  return event.getClientAddress();
}

/** Checks what belongs to this adapter alone: `createGuard` checks the rest. */
function checkOptions<Event>(options: MaintenanceHandleOptions<Event>): MaintenanceHandleOptions<Event> {
  checkNames(TASK, options, ["isStaff", "trustProxy", "forwardedHeader", "peerIp", "page"]);
  const { page } = options;
  if (page !== undefined && (typeof page !== "string" || !/^\/(?!\/)/.test(page))) {
    throw invalidOption(TASK, "page", 'a path of the app such as "/maintenance"', page);
  }
  return options;
}
