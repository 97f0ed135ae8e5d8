import type { Maintenance } from "../../gate/maintenance.ts";
import { type HostOptions, maintenanceMiddleware as connectMiddleware } from "../../hosts/connect.ts";
import { invalidOption, type OptionError } from "../../util/errors.ts";
import { createDoor } from "./door.ts";
import { withEventFields } from "./fields.ts";
import type { Event1, Event2 } from "./types.ts";

/** Middleware of h3 2, and a handler of h3 1. */
export interface MaintenanceMiddleware<Event> {
  /**
   * Answers, or lets the request through.
   *
   * @param event The event.
   * @param next The rest of the app, in h3 2.
   * @returns The answer, or what the app returns; in h3 1 nothing if the request passes.
   */
  // deno-lint-ignore no-explicit-any -- Whatever h3 lets a handler return.
  (event: Event, next?: () => unknown): any;
  /** Tells h3 1 that this is a handler. */
  readonly __is_handler__: true;
}

/** The gates that have let a request through, so that one that is registered twice does nothing the second time. */
const passed = new WeakMap<object, Maintenance>();

/** Notes that a gate has looked at a request. Returns `false` if it has before. */
export function isFirstLook(request: object, maintenance: Maintenance): boolean {
  if (passed.get(request) === maintenance) return false;
  passed.set(request, maintenance);
  return true;
}

/** Makes the middleware. */
export function createMiddleware<Event extends object>(
  maintenance: Maintenance,
  options: HostOptions<Event>,
): MaintenanceMiddleware<Event> {
  const door = createDoor<Event>(maintenance, options);
  let handle: ReturnType<typeof createHandler> | undefined;
  const middleware = (event: Event, next?: () => unknown): unknown => {
    const event2 = event as unknown as Event2;
    if (typeof next !== "function") {
      if (typeof event2?.req?.headers?.get === "function") throw isNoMiddleware(next);
      handle ??= createHandler(maintenance, options as HostOptions<object>);
      return handle(event as unknown as Event1);
    }
    if (!isFirstLook(event2.req, maintenance)) return next();
    return door(event2.req, event, (fields) => withEventFields(event2, next, fields));
  };
  return Object.assign(middleware, { __is_handler__: true as const });
}

function isNoMiddleware(next: unknown): OptionError {
  const hint = "register it with app.use(), before the routes";
  return invalidOption("call the middleware", "next", "a function", next, hint);
}

/** The handler for h3 1, which tells middleware of the request and the response of Node. */
function createHandler(
  maintenance: Maintenance,
  options: HostOptions<object>,
): (event: Event1) => void | Promise<void> {
  const { isStaff } = options;
  const events = new WeakMap<object, Event1>();
  const ask = connectMiddleware(maintenance, {
    ...options,
    ...isStaff && { isStaff: (request, { req }) => isStaff(request, events.get(req)!) },
  });
  return (event) => {
    const { req, res } = event?.node ?? {};
    if (req === undefined || res === undefined) {
      throw invalidOption("call the middleware", "event", "an event of h3", event, "register it with app.use()");
    }
    if (!isFirstLook(req, maintenance)) return;
    events.set(req, event);
    let isDecided = false;
    let decide: () => void = () => {};
    ask(req, res, () => {
      isDecided = true;
      decide();
    });
    if (isDecided || res.writableEnded) return;
    // The gate waits for something, or sends a body piece by piece.
    return new Promise((resolve) => {
      decide = resolve;
      (res as unknown as { once(event: "close", listener: () => void): void }).once("close", resolve);
    });
  };
}
