import { internalsOf } from "../../gate/internals.ts";
import type { LiveInternals } from "../../gate/live.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import {
  guardUpgrade,
  type HostOptions,
  maintenanceMiddleware,
  type NodeRequest,
  type NodeResponse,
  type UpgradeServer,
} from "../../hosts/connect.ts";
import { MaintenanceError } from "../../util/errors.ts";
import { type RegisteredGate, type Registration, registration } from "./registration.ts";
import { type Early, type Exchange, findServers, intercept } from "./servers.ts";
import { countStart } from "./start.ts";

/** Options of {@link registerMaintenance}. */
export interface RegisterOptions extends HostOptions<{ readonly req: NodeRequest }> {
  /**
   * Closes event streams and WebSockets that are open when maintenance begins. The gate decides about each of them anew, with
   * the same request, within a second after the state has changed. Streams of staff and of everybody else who may pass stay
   * open.
   *
   * @default {false}
   */
  closeStreams?: boolean;
}

const TASK = "register the gate";

/**
 * Puts the gate in front of the HTTP servers of this process: of `next start`, of `next dev`, and of the `server.js` that
 * `output: "standalone"` makes. Call it in `register()` of `instrumentation.ts`, and await it: Next renders nothing
 * before.
 *
 * It sees every request before Next does: for pages, prerendered ones as well, route handlers, static files and unknown URLs.
 * With a live state, requests that are let in are counted until their response has been sent. A server that the app starts by
 * itself in this process, for metrics, say, is behind the gate as well: name its URLs in `ignoreUrls`.
 *
 * Next has no function for this. The gate learns of the servers by Node's diagnostics channels, and takes their events
 * `request` and `upgrade` before the listeners do, as tools for tracing do. On a server of your own, put
 * `maintenanceMiddleware` of `maintenancemode/connect` before Next's handler instead.
 *
 * Next listens before it calls `register()`. The gate decides about requests that wait for that. It cannot take them from Next
 * any more: `proxy.ts` of the app may see them, even if their clients have gone away or have got the gate's answer. So the
 * process counts as at work for five more seconds, and `--wait` waits for that: let this be the last thing that `register()`
 * does. If the gate finds that more came before, the process reports that it does not count its requests.
 *
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open streams.
 * `isStaff` gets the request as a `Request` without its body, and Node's own as `{ req }`.
 * @returns A promise that is fulfilled when the gate has decided about requests that came before it, while Next was
 * starting.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_RUNTIME`, outside Node, and with the code `ERR_VERSION`, if another version of
 * this package has made the gate.
 * @example instrumentation.ts, with staff by a cookie
 * ```ts no-eval
 * export async function register(): Promise<void> {
 *   if (process.env.NEXT_RUNTIME !== "nodejs") return;
 *   const { registerMaintenance } = await import("maintenancemode/next");
 *   const { maintenance } = await import("./maintenance");
 *   const { isStaffSession } = await import("./session");
 *   await registerMaintenance(maintenance, {
 *     isStaff: (request) => isStaffSession(request.headers.get("cookie")),
 *   });
 * }
 * ```
 */
export function registerMaintenance(maintenance: Maintenance, options: RegisterOptions = {}): Promise<void> {
  const gate = createGate(maintenance, options);
  const shared = registration();
  const early = shared.servers === undefined ? start(shared) : undefined;
  if (shared.gate !== undefined && shared.gate.internals !== gate.internals) {
    console.warn(
      "maintenancemode: registerMaintenance() was called before, with another gate, which this one replaces. " +
        "Make the gate once for each process, and keep it on globalThis.",
    );
  }
  shared.gate?.dispose();
  shared.gate = gate;
  // Next has taken these, and goes on with them when this promise is fulfilled: they have to be decided about by then.
  const decided = Promise.all((early?.exchanges ?? []).map((exchange) =>
    new Promise<void>((resolve) => {
      (exchange[1] as unknown as { once(event: "close", listener: () => void): unknown }).once("close", resolve);
      letIn(shared, exchange, resolve);
    })
  )).then(() => {});
  const { live } = gate.internals;
  // In the same turn as the note that requests are counted, so that no record has only one of them.
  if (live !== undefined && early !== undefined) countEarly(live, early, decided);
  return decided;
}

/** Counts what came before the gate, or notes that it cannot be counted. */
function countEarly(live: LiveInternals, { hasMore }: Early, decided: Promise<void>): void {
  countStart(live, decided);
  if (!hasMore) return;
  live.noteCounting("by-hand");
  console.warn(
    "maintenancemode: A client sent several requests at once on a connection while Next was starting, and they are not " +
      "counted. Restart this process. Until then, --wait fails.",
  );
}

/** Begins to take the requests of this process. Returns what came before. */
function start(shared: Registration): Early {
  const servers = new WeakSet();
  const early = findServers((server) => {
    if (servers.has(server)) return;
    servers.add(server);
    intercept(
      server,
      (exchange, next) => letIn(shared, exchange, next),
      () => shared.gate?.guardUpgrades(server) ?? false,
    );
  });
  if (early === undefined) {
    const hint = 'call it if process.env.NEXT_RUNTIME is "nodejs", and use maintenanceProxy() elsewhere';
    throw new MaintenanceError("ERR_RUNTIME", `Cannot ${TASK}: this is not Node.js: ${hint}`);
  }
  shared.servers = servers;
  return early;
}

/** Asks the gate about a request, once: a server may pass it on to another one. */
function letIn(shared: Registration, exchange: Exchange, next: () => void): void {
  const { gate, seen } = shared;
  const [req] = exchange;
  if (gate === undefined || seen.has(req)) return next();
  seen.add(req);
  shared.hasSeen = true;
  gate.request(exchange, next);
}

function createGate(maintenance: Maintenance, options: RegisterOptions): RegisteredGate {
  const internals = internalsOf(maintenance, TASK);
  const middleware = maintenanceMiddleware(maintenance, options);
  const undo = new Map<object, () => void>();
  return {
    internals,
    request: ([req, res], next) => middleware(req as NodeRequest, res as unknown as NodeResponse, next),
    guardUpgrades(server) {
      if (undo.has(server)) return false;
      undo.set(server, guardUpgrade(server as UpgradeServer, maintenance, options));
      return true;
    },
    dispose: () => undo.forEach((undo) => undo()),
  };
}
