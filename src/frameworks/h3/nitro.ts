import type { Maintenance } from "../../gate/maintenance.ts";
import { addFields } from "../../hosts/common/fields.ts";
import type { HostOptions } from "../../hosts/connect.ts";
import { invalidOption } from "../../util/errors.ts";
import { createDoor } from "./door.ts";
import { createMiddleware, isFirstLook } from "./middleware.ts";
import { guardCrossws, type WebSocketApp } from "./sockets.ts";
import type { Event1, ServerRequest } from "./types.ts";

/** The app of Nitro, by the members that are used. */
export interface NitroApp {
  /** Handles a request, in Nitro 3. */
  // deno-lint-ignore no-explicit-any -- Nitro's own type has overloads.
  fetch?: any;
  /** The app of h3 1, in Nitro 2. */
  // deno-lint-ignore no-explicit-any -- The types of h3 1 and 2 have nothing in common.
  h3App?: any;
}

/** What `isStaff` gets in Nitro 3: the gate stands before the app, where h3 has not made its event yet. */
export interface NitroEvent {
  /** The request, for the functions of h3 that take an event: `getCookie`, `getRequestIP`, `getSession`. */
  readonly req: ServerRequest;
  /** The context that the app's event will have. */
  readonly context: Record<string, unknown>;
  /** What is set here gets lost. */
  readonly res: { readonly headers: Headers };
}

interface Nitro2App extends WebSocketApp {
  readonly stack: { unshift(layer: { route: string; handler: unknown }): unknown };
}

/** Puts the gate in front of an app of Nitro. */
export function guardNitro<Event extends object>(
  nitroApp: NitroApp,
  maintenance: Maintenance,
  options: HostOptions<Event>,
): void {
  const { h3App } = nitroApp ?? {};
  if (Array.isArray(h3App?.stack)) return guardNitro2(h3App, maintenance, options);
  if (typeof nitroApp?.fetch !== "function") {
    const hint = 'call maintenancePlugin() in a file of the folder "plugins" and export what it returns';
    throw invalidOption("call the plugin", "nitroApp", "the app of Nitro 2 or 3", nitroApp, hint);
  }
  const door = createDoor<Event>(maintenance, options);
  const { fetch } = nitroApp;
  nitroApp.fetch = (request: ServerRequest, ...rest: unknown[]): unknown => {
    // Nitro asks itself by the path alone while it answers a request, which the gate has let in.
    if (!(request instanceof Request) || !isFirstLook(request, maintenance)) return fetch(request, ...rest);
    return door(request, eventOf(request) as unknown as Event, (fields) => addFields(fetch(request, ...rest), fields));
  };
}

function eventOf(request: ServerRequest): NitroEvent {
  const holder = request as { context?: Record<string, unknown> };
  return {
    req: request,
    res: { headers: new Headers() },
    get context() {
      return holder.context ??= {};
    },
  };
}

/** Nitro 2 makes an app of h3 1, serves its public assets from the first layers, and follows the rules of routes before. */
function guardNitro2<Event extends object>(
  h3App: Nitro2App,
  maintenance: Maintenance,
  options: HostOptions<Event>,
): void {
  const middleware = createMiddleware(maintenance, options);
  let isOnNode = false;
  const handler = (event: Event): unknown => {
    // With `$fetch` Nitro asks itself while it answers a request, which the gate has let in. Such a request has no socket.
    // Where Nitro makes its requests itself, without a server of Node, they all look like that: there it is asked.
    if (!("__unenv__" in (event as unknown as Event1).node.req)) isOnNode = true;
    else if (isOnNode) return;
    return middleware(event);
  };
  // A layer of this route alone is passed over where h3 looks for the handler of a WebSocket.
  h3App.stack.unshift({ route: "/", handler: Object.assign(handler, { __is_handler__: true }) });
  guardCrossws(h3App, maintenance, options);
}
