import { expect, test } from "vitest";
import { maintenancePlugin, type Middleware } from "../../src/frameworks/vite.ts";
import { maintenanceMode } from "../../src/index.ts";

const closed = maintenanceMode({ enabled: true });

/** A server of Vite, by what the plugin uses of it. */
function makeServer(base = "/", cacheDir = "/app/node_modules/.vite") {
  const chain: Middleware[] = [];
  const middlewares = { use: (middleware: Middleware) => chain.push(middleware) };
  return { chain, server: { middlewares, config: { base, root: "/app", cacheDir } } };
}

/** The status that a chain answers with; 200 if all of it passes. */
function statusOf(chain: readonly Middleware[], url: string): number {
  let status = 503;
  const req = { method: "GET", url, headers: { host: "localhost:5173" }, socket: { remoteAddress: "127.0.0.1" } };
  const res = { writeHead: (given: number) => (status = given, res), end: () => res, on: () => res };
  chain[0]!(req, res, () => status = 200);
  return status;
}

test("maintenancePlugin() closes the app in development, and leaves Vite's own client its URLs", () => {
  const { chain, server } = makeServer();
  maintenancePlugin(closed).configureServer(server);
  const statuses = (urls: string[]) => urls.map((url) => [url, statusOf(chain, url)]);
  const closedUrls = ["/", "/src/main.ts", "/@alice", "/@viteish/client", "/logo.svg", "/node_modules/.vitepress/x.js"];
  expect(statuses(closedUrls)).toEqual(closedUrls.map((url) => [url, 503]));
  const own = [
    "/@vite/client",
    "/@id/__x00__virtual",
    "/@fs/app/a.ts",
    "/@react-refresh",
    "/node_modules/.vite/deps/vue.js?v=1",
  ];
  expect(statuses(own)).toEqual(own.map((url) => [url, 200]));
});

test("maintenancePlugin() closes what the app may take for a path of its own", () => {
  const { chain, server } = makeServer();
  maintenancePlugin(closed).configureServer(server);
  const urls = [
    "/@vite/../admin",
    "/@id/%2e%2E/admin",
    "/@fs\\..\\admin",
    "/@fs/..\\admin",
    "/__vite_ping/../admin",
    "/node_modules/.vite/../../admin",
    "/@vite/#/../../admin",
  ];
  expect(urls.map((url) => [url, statusOf(chain, url)])).toEqual(urls.map((url) => [url, 503]));
});

test("maintenancePlugin() knows the base and the folder of bundled dependencies", () => {
  const { chain, server } = makeServer("/shop/", "/app/.cache");
  maintenancePlugin(closed).configureServer(server);
  expect(["/shop/@vite/client", "/shop/.cache/deps/vue.js", "/shop/"].map((url) => statusOf(chain, url))).toEqual([
    200,
    200,
    503,
  ]);
});

test("maintenancePlugin() leaves nothing open in a preview", () => {
  const { chain, server } = makeServer();
  maintenancePlugin(closed).configurePreviewServer(server);
  expect(["/", "/@vite/client"].map((url) => statusOf(chain, url))).toEqual([503, 503]);
});

test("maintenancePlugin() stands in front of other plugins, once, and not in a build", () => {
  const { chain, server } = makeServer();
  const plugin = maintenancePlugin(closed);
  plugin.configureServer(server);
  maintenancePlugin(closed).configureServer(server);
  expect([plugin.enforce, chain.length]).toEqual(["pre", 1]);
  expect(["serve", "build"].map((command) => plugin.apply({}, { command }))).toEqual([true, false]);
});

test("maintenancePlugin() refuses what is not a gate or an option", () => {
  // @ts-expect-error The options stand in place of the gate.
  expect(() => maintenancePlugin({ enabled: true })).toThrow(
    '"maintenance" must be a gate that maintenanceMode() returned',
  );
  // @ts-expect-error This option belongs to the gate.
  expect(() => maintenancePlugin(closed, { enabled: true })).toThrow('"enabled"');
});
