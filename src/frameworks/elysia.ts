/**
 * The gate as a plugin of Elysia.
 *
 * ```ts no-eval
 * import { Elysia } from "elysia";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/elysia";
 *
 * new Elysia()
 *   .use(maintenancePlugin(maintenanceMode({ enabled: true })))
 *   .get("/", () => "Hello")
 *   .listen(3000);
 * ```
 *
 * @module maintenancemode/elysia
 */
import type { Maintenance } from "../gate/maintenance.ts";
import { addReading } from "../gate/request-urls.ts";
import { DOUBTFUL_URL } from "../hosts/common/doubtful-url.ts";
import type { FetchOptions } from "../hosts/fetch/options.ts";
import { createRuntimeGuard } from "../hosts/runtimes/guard.ts";
import { invalidOption } from "../util/errors.ts";

/** An app of Elysia, by the members that are used. */
export interface ElysiaApp {
  /** Puts a function around the handling of each request. */
  // deno-lint-ignore no-explicit-any -- Elysia's own type says less than it hands out.
  wrap(around: (handle: any, request: any) => any): unknown;
  /** What `decorate()` has added. */
  readonly decorator: object;
  /** What `state()` has added. */
  readonly store: object;
  /** The server, while it listens. */
  readonly server: unknown;
}

/** An app of which nothing is known: TypeScript does not tell a plugin of which app it becomes a part. */
export interface AnyElysiaApp extends ElysiaApp {
  /** What `decorate()` has added. */
  // deno-lint-ignore no-explicit-any -- Each app says what it has there.
  readonly decorator: any;
  /** What `state()` has added. */
  // deno-lint-ignore no-explicit-any -- As above.
  readonly store: any;
}

/**
 * What the functions of the options get beside the request: what Elysia's `onRequest` gets of it. Each request gets in here before
 * Elysia has a route for it, so there is nothing of `derive()`, `resolve()` or `cookie` yet.
 */
export type ElysiaContext<App extends ElysiaApp = AnyElysiaApp> =
  & {
    /** The request. */
    readonly request: Request;
    /** What `state()` has added. */
    readonly store: App["store"];
    /** The server. */
    readonly server: App["server"];
  }
  & App["decorator"];

/** Options of {@link maintenancePlugin}. */
export interface ElysiaOptions<App extends ElysiaApp = AnyElysiaApp>
  extends FetchOptions<[context: ElysiaContext<App>]> {}

/**
 * Makes a plugin of the gate. It is in front of the whole app, whatever is registered before it, with unknown URLs, mounted
 * handlers and WebSockets. That holds for the app of which another app is a plugin as well.
 *
 * It changes nothing of the app's responses but header fields: those that `admit` of the state and the option `announce` ask
 * for, `Maintenance-Mode` while the site is read-only, and those for caches where a visitor was let in, as `admittedCaching`
 * says.
 *
 * It finds the address of the far end of the socket in Bun, and in Node with `@elysiajs/node`. Anywhere else, give `peerIp`.
 *
 * @param maintenance The gate.
 * @param options Who is staff, how to find the address of the peer, and which proxies to believe about the client's address.
 * @returns A plugin, for `app.use()`.
 * @throws {OptionError} If an argument is not valid, and from `app.use()` if the app has `aot: false`: Elysia puts nothing around it then.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @example With staff by what the app is decorated with
 * ```ts no-eval
 * import { Elysia } from "elysia";
 * import { maintenanceMode } from "maintenancemode";
 * import { maintenancePlugin } from "maintenancemode/elysia";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * new Elysia()
 *   .decorate("sessions", new Map([["5f2c9e", { isStaff: true }]]))
 *   .use((app) =>
 *     app.use(maintenancePlugin<typeof app>(maintenance, {
 *       isStaff: (request, { sessions }) => sessions.get(request.headers.get("x-session") ?? "")?.isStaff === true,
 *     }))
 *   );
 * ```
 */
export function maintenancePlugin<App extends ElysiaApp = AnyElysiaApp>(
  maintenance: Maintenance,
  options: ElysiaOptions<App> = {},
): <Used extends App>(app: Used) => Used {
  const guard = createRuntimeGuard<Call<App>, [context: ElysiaContext<App>]>(maintenance, options, {
    passedOf: ({ app }) => serverOf(app),
    argsOf: ({ app, request }) => [{ ...app.decorator, request, store: app.store, server: serverOf(app) }],
  });
  return (app) => {
    checkApp(app);
    const isShort = shortHostTest(app);
    const around = (handle: (request: Request) => unknown, request: Request) => () => {
      const next = () => handle(request);
      const call = { app, request };
      if (isShort(request.url)) addReading(request, DOUBTFUL_URL);
      return guard.isIdle() ? guard.pass(request, call, next) : guard(request, call, next);
    };
    // Elysia takes functions of the same text for one and drops all but the first.
    around.toString = () => `maintenance ${numberOf(maintenance)}`;
    app.wrap(around);
    return app;
  };
}

/** A request of an app. */
interface Call<App> {
  readonly app: App;
  readonly request: Request;
}

/** The server that an app listens with, or the app of which it is a part. */
function serverOf<App extends ElysiaApp>(app: App): App["server"] {
  return (app as unknown as { getServer?(): App["server"] }).getServer?.() ?? app.server;
}

/**
 * Makes the test of URLs whose host is so short that Elysia reads another path: it looks for the first slash behind the 11th
 * character, and of `http://x/health?/admin` it serves `/admin`.
 */
function shortHostTest({ config }: ElysiaApp & Configured): (url: string) => boolean {
  if (config?.handler?.standardHostname === false) return () => false;
  return (url) => url.indexOf("/", url.indexOf("://") + 3) < 11;
}

/** An app, by its configuration. */
interface Configured {
  readonly config?: { readonly aot?: boolean; readonly handler?: { readonly standardHostname?: boolean } };
}

function checkApp(app: ElysiaApp & Configured): void {
  const task = "put the gate into Elysia";
  if (typeof app?.wrap !== "function") {
    throw invalidOption(task, "app", "an app of Elysia 1.1 or later", app, "register the plugin with app.use()");
  }
  if (app.config?.aot !== false) return;
  const hint = 'leave out aot: false, or put withMaintenance() of "maintenancemode/fetch" around app.fetch';
  throw invalidOption(task, "aot", "true, without which Elysia puts nothing around an app", false, hint);
}

const numbers = new WeakMap<Maintenance, number>();
let last = 0;

function numberOf(maintenance: Maintenance): number {
  const number = numbers.get(maintenance) ?? ++last;
  numbers.set(maintenance, number);
  return number;
}
