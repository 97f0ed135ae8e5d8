import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type AnyElysiaApp, maintenancePlugin as elysiaPlugin } from "../../src/frameworks/elysia.ts";
import { withMaintenance } from "../../src/frameworks/itty-router.ts";
import { maintenanceMiddleware, maintenancePlugin, type SrvxMiddleware } from "../../src/frameworks/srvx.ts";
import { type Maintenance, maintenanceMode } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { page } from "../docs/_pages.ts";
import { countOf, live } from "../hosts/_upgrade.ts";

const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"] });
const request = () => new Request("http://site.test/");

test.each([
  ["elysia", "The plugin", "maintenancePlugin(maintenance"],
  ["srvx", "The plugin", "maintenancePlugin(maintenance"],
  ["itty-router", "Around the router", "withMaintenance(maintenance, router"],
])("docs/frameworks/%s.md shows what the example does", (name, heading, call) => {
  const example = readFileSync(join(import.meta.dirname, `../../examples/${name}/server.ts`), "utf8");
  const [first] = page(`frameworks/${name}.md`).blocksUnder(heading, "ts");
  for (const text of [example, first!.text]) {
    expect(text).toContain(`from "maintenancemode/${name}";`);
    expect(text).toContain(call);
  }
});

describe("maintenancePlugin() and maintenanceMiddleware() of /srvx", () => {
  test("stand before all middleware, or where they are placed", () => {
    const other: SrvxMiddleware = (_request, next) => next();
    const server = { options: { middleware: [other] } };
    maintenancePlugin(maintenance)(server);
    expect(server.options.middleware).toHaveLength(2);
    expect(server.options.middleware[1]).toBe(other);
  });

  test("take the address of the peer from the request of srvx", async () => {
    const middleware = maintenanceMiddleware(maintenance);
    const statusOf = async (ip?: string) =>
      (await middleware(Object.assign(request(), { ip }), () => new Response("app"))).status;
    expect([await statusOf("203.0.113.7"), await statusOf("192.0.2.9"), await statusOf()]).toEqual([200, 503, 503]);
  });

  test("say where they belong", () => {
    const hint = "name maintenancePlugin() among the plugins of serve(), or maintenanceMiddleware() in its middleware";
    expect(() => maintenancePlugin(maintenance)({} as never)).toThrow(hint);
    expect(() => maintenanceMiddleware(maintenance)(request(), undefined as never)).toThrow(hint);
    expect(() => maintenancePlugin({} as never)).toThrow("a gate that maintenanceMode() returned");
  });
});

describe("maintenancePlugin() of /elysia", () => {
  /** What Elysia would wrap its handling in. */
  function wrapped(gate = maintenance, config = {}) {
    const wrap = vi.fn<AnyElysiaApp["wrap"]>();
    const app = { wrap, decorator: {}, store: {}, server: null, config };
    expect(elysiaPlugin(gate)(app)).toBe(app);
    return wrap.mock.calls[0]![0];
  }

  /** The statuses of requests for some URLs. */
  function statusesOf(gate: Maintenance, urls: readonly string[], config?: object): Promise<number[]> {
    const around = wrapped(gate, config);
    const statusOf = async (url: string): Promise<number> =>
      (await around(() => new Response("app"), new Request(url))()).status;
    return Promise.all(urls.map(statusOf));
  }

  test("has a text of its own for each gate, since Elysia drops a wrapper with the text of another", () => {
    const texts = [maintenance, maintenance, maintenanceMode()].map((gate) => String(wrapped(gate)));
    expect(texts[0]).toBe(texts[1]);
    expect(texts[0]).not.toBe(texts[2]);
  });

  test("closes what Elysia reads in a URL whose host is short", async () => {
    const gate = maintenanceMode({ enabled: true, ignoreUrls: ["/health"] });
    // Elysia serves "/admin" of the first two.
    const urls = [
      "http://x/health?/admin",
      "http://a.b/health?/admin",
      "http://a.bc/health?/admin",
      "https://x/health",
    ];
    const statuses = await statusesOf(gate, urls);
    expect(statuses).toEqual([503, 503, 200, 503]);
    expect(await statusesOf(gate, urls, { handler: { standardHostname: false } })).toEqual([200, 200, 200, 200]);
  });

  test("refuses an app that wraps nothing, and anything else", () => {
    const config = { aot: false };
    const app = { wrap: () => {}, decorator: {}, store: {}, server: null, config };
    expect(() => elysiaPlugin(maintenance)(app)).toThrow(optionError(
      'Cannot put the gate into Elysia: "aot" must be true, without which Elysia puts nothing around an app, received ' +
        'false: leave out aot: false, or put withMaintenance() of "maintenancemode/fetch" around app.fetch',
    ));
    expect(() => elysiaPlugin(maintenance)({} as never)).toThrow("register the plugin with app.use()");
  });
});

describe("withMaintenance() of /itty-router", () => {
  const router = { fetch: (_request: Request, ..._args: unknown[]) => Promise.resolve(new Response("app")) };

  test("takes the address of the peer from what the server passes on", async () => {
    const { fetch } = withMaintenance(maintenance, router);
    const statusOf = async (...args: unknown[]) => (await fetch(request(), ...args)).status;
    expect(await statusOf({ remoteAddr: { hostname: "203.0.113.7" } })).toBe(200);
    expect(await statusOf({ req: { socket: { remoteAddress: "203.0.113.7" } }, res: {} })).toBe(200);
    expect(await statusOf()).toBe(503);
  });

  test("counts a request until the body of its response was read", async () => {
    const state = await live();
    const { fetch } = withMaintenance(maintenanceMode({ state }), router);
    const response = await fetch(request());
    expect(countOf(state).inFlight).toBe(1);
    await response.text();
    expect(countOf(state).inFlight).toBe(0);
  });

  test("refuses anything but a router", () => {
    expect(() => withMaintenance(maintenance, {} as never)).toThrow(optionError(
      'Cannot put the gate in front of the router: "router" must be a router of itty-router, received an object',
    ));
  });
});
