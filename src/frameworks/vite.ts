/**
 * The gate as a plugin of Vite, for its development server and its preview.
 *
 * ```ts no-eval
 * // vite.config.ts
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/vite";
 * import { defineConfig } from "vite";
 *
 * export default defineConfig({ plugins: [maintenancePlugin(maintenanceMode({ enabled: true }))] });
 * ```
 *
 * @module maintenancemode/vite
 */
import type { Maintenance } from "../gate/maintenance.ts";
import {
  maintenanceMiddleware,
  type Middleware,
  type MiddlewareOptions,
  type NodeInfo,
  type NodeRequest,
  type NodeResponse,
} from "../hosts/connect.ts";
import { isPlainTarget } from "../hosts/node/request-url.ts";

export type { Middleware, MiddlewareOptions, NodeInfo, NodeRequest, NodeResponse };

/** The parts of Vite's servers that are read: of the one for development and of the one for previews. */
export interface ViteServer {
  /** The servers' chain of middleware. */
  readonly middlewares: { use(middleware: Middleware): unknown };
  /** Vite's own configuration. */
  readonly config: { readonly base: string; readonly root: string; readonly cacheDir: string };
}

/** The plugin, by the members that it has of Vite's. */
export interface MaintenancePlugin {
  /** The name in Vite's messages. */
  readonly name: "maintenancemode";
  /** Other plugins' middleware comes after that of the gate. */
  readonly enforce: "pre";
  /** The plugin does nothing in a build. */
  readonly apply: (config: unknown, env: { readonly command: string }) => boolean;
  /** Puts the gate in front of the development server. */
  readonly configureServer: (server: ViteServer) => void;
  /** Puts the gate in front of the preview. */
  readonly configurePreviewServer: (server: ViteServer) => void;
}

/** What Vite's client asks for in development: `/@vite/client`, `/@id/`, `/@fs/`, `/@react-refresh`, `/__vite_ping`. */
const OWN = /^\/(?:@(?:vite|id|fs|vite-plugin[\w-]*|[\w-]+-refresh)(?:[/?]|$)|__(?:vite_|open-in-editor))/;

/**
 * Makes a plugin of the gate: it shows the maintenance page while you develop, and in a preview of what you have built. It does
 * not guard what you deploy: put the gate into the server there.
 *
 * In development, requests of Vite's own client pass. The WebSocket by which it updates pages is left alone.
 *
 * @param maintenance The gate.
 * @param options Who is staff, which proxies to believe about the client's address, and what becomes of open event streams.
 * Of the request, name the type: `maintenancePlugin<IncomingMessage & { session: Session }>(…)`.
 * @returns The plugin. A second one of the same gate does nothing.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function maintenancePlugin<Req extends NodeRequest = NodeRequest, Res extends NodeResponse = NodeResponse>(
  maintenance: Maintenance,
  options: MiddlewareOptions<NodeInfo<Req, Res>> = {},
): MaintenancePlugin {
  const gate = maintenanceMiddleware(maintenance, options) as unknown as Middleware;
  const use = ({ middlewares }: ViteServer, middleware: Middleware) => {
    if (isFirst(middlewares, maintenance)) middlewares.use(middleware);
  };
  return {
    name: "maintenancemode",
    enforce: "pre",
    apply: (_config, { command }) => command === "serve",
    configureServer(server) {
      const isOwn = ownTest(server.config);
      use(server, (req, res, next) => isOwn(req) ? next() : gate(req, res, next));
    },
    configurePreviewServer: (server) => use(server, gate),
  };
}

/** The gates of each server. */
const gates = new WeakMap<object, WeakSet<Maintenance>>();

/** Whether a server does not have a gate yet. */
function isFirst(middlewares: object, maintenance: Maintenance): boolean {
  const known = gates.get(middlewares) ?? new WeakSet();
  gates.set(middlewares, known);
  if (known.has(maintenance)) return false;
  known.add(maintenance);
  return true;
}

/** Makes the test of the URLs that Vite's own client asks for. */
function ownTest({ base, root, cacheDir }: ViteServer["config"]): (req: NodeRequest) => boolean {
  const start = base.startsWith("/") ? base.slice(0, -1) : "";
  // Where the dependencies are that Vite has bundled: "/node_modules/.vite/".
  const cache = cacheDir.startsWith(`${root}/`) ? `${cacheDir.slice(root.length)}/` : undefined;
  return (req) => {
    const { url = "/" } = req;
    const path = url.startsWith(`${start}/`) ? url.slice(start.length) : url;
    const isOwn = OWN.test(path) || cache !== undefined && path.startsWith(cache);
    // What an app may read in another way, such as "/@vite/../admin", is for the gate.
    return isOwn && isPlainTarget(req);
  };
}
