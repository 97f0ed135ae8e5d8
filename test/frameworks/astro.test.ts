import { describe, expect, test, vi } from "vitest";
import {
  type AstroContext,
  type AstroMiddlewareOptions,
  maintenanceIntegration,
  maintenanceMiddleware,
} from "../../src/frameworks/astro.ts";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { countOf, live } from "../hosts/_upgrade.ts";

/** A context as Astro makes one. */
function contextOf(path: string, headers: Record<string, string> = {}, more: Partial<AstroContext> = {}): AstroContext {
  const request = new Request(`https://site.test${path}`, { headers });
  return { request, isPrerendered: false, clientAddress: "198.51.100.1", ...more };
}

const closed = (gate: MaintenanceOptions = {}, options: AstroMiddlewareOptions = {}) =>
  maintenanceMiddleware(maintenanceMode({ enabled: true, ...gate }), options);
const app = () => Promise.resolve(new Response("app"));

describe("maintenanceMiddleware() of /astro", () => {
  test("answers in the app's place, and calls next for what passes", async () => {
    const next = vi.fn(app);
    const onRequest = closed({ ignoreUrls: ["/open"] });
    expect((await onRequest(contextOf("/"), next)).status).toBe(503);
    expect(next).not.toHaveBeenCalled();
    expect(await (await onRequest(contextOf("/open"), next)).text()).toBe("app");
  });

  test("lets through pages that are made during the build, and asks nothing of their context", async () => {
    const context = contextOf("/", {}, { isPrerendered: true });
    const clientAddress = vi.fn(() => {
      throw new Error("clientAddress is not available in prerendered pages");
    });
    Object.defineProperty(context, "clientAddress", { get: clientAddress });
    expect((await closed()(context, app)).status).toBe(200);
    expect(clientAddress).not.toHaveBeenCalled();
  });

  test("takes an address that the adapter will not tell for unknown, and reports that once", async () => {
    const onError = vi.fn();
    const onRequest = closed({ internalIps: ["198.51.100.1"], onError });
    expect((await onRequest(contextOf("/"), app)).status).toBe(200);
    for (let i = 0; i < 2; i++) {
      const context = contextOf("/");
      Object.defineProperty(context, "clientAddress", {
        get() {
          throw new Error("clientAddress is not available in this adapter");
        },
      });
      expect((await onRequest(context, app)).status).toBe(503);
    }
    expect(onError).toHaveBeenCalledOnce();
  });

  test("takes an address that a client may have written for unknown", async () => {
    const headers = { "x-forwarded-for": "198.51.100.1, 192.0.2.1" };
    const gate = { internalIps: ["198.51.100.1"] };
    expect((await closed(gate)(contextOf("/", headers), app)).status).toBe(503);
    const peerIp = (_request: Request, { clientAddress }: AstroContext) => clientAddress;
    expect((await closed(gate, { peerIp, trustProxy: [] })(contextOf("/", headers), app)).status).toBe(200);
  });

  test("decides once and counts once where it was registered twice, or where Astro rewrites the request", async () => {
    const state = await live();
    const isStaff = vi.fn(() => true);
    const onRequest = maintenanceMiddleware(maintenanceMode({ state }), { isStaff });
    await state.set({ mode: "on" });
    const astro = { [Symbol.for("astro.fetchState")]: {} };
    const context = contextOf("/", {}, astro);
    const rewritten = contextOf("/other", {}, astro);
    const response = await onRequest(context, () => onRequest(context, () => onRequest(rewritten, app)));
    expect([countOf(state).inFlight, isStaff.mock.calls.length]).toEqual([1, 1]);
    expect([await response.text(), countOf(state).inFlight]).toEqual(["app", 0]);
  });

  test("decides once for each of two gates where Astro rewrites the request", async () => {
    const seen: string[] = [];
    const gateOf = (name: string) =>
      closed({ ignoreUrls: ["/*"], onDecision: ({ because }) => seen.push(`${name}: ${because}`) });
    const [site, shop] = [gateOf("site"), gateOf("shop")];
    const astro = { [Symbol.for("astro.fetchState")]: {} };
    const ask = (path: string, next: typeof app) => {
      const context = contextOf(path, {}, astro);
      return site(context, () => shop(context, next));
    };
    expect((await ask("/", () => ask("/other", app))).status).toBe(200);
    expect(seen).toEqual(["site: ignored-url", "shop: ignored-url"]);
  });

  test("decides about each request where the server gives all the same locals", async () => {
    const locals = { locals: {} };
    const onRequest = closed({ ignoreUrls: ["/open"] });
    expect((await onRequest(contextOf("/open", {}, locals as Partial<AstroContext>), app)).status).toBe(200);
    expect((await onRequest(contextOf("/", {}, locals as Partial<AstroContext>), app)).status).toBe(503);
  });

  test("refuses a call by something other than Astro, or by an Astro that is too old", async () => {
    const hint = 'export it as "onRequest" of src/middleware.ts, or give it to sequence()';
    const { isPrerendered: _, ...old } = contextOf("/");
    await expect(closed()(old as AstroContext, app)).rejects.toThrow(
      optionError(
        `Cannot call the middleware: "context" must be the context of Astro 5 or newer, received an object: ${hint}`,
      ),
    );
    await expect(closed()(contextOf("/"), undefined as never)).rejects.toThrow(hint);
  });

  test("refuses something that is not a gate", () => {
    expect(() => maintenanceMiddleware((() => {}) as never)).toThrow(/"maintenance" must be a gate/);
  });
});

describe("maintenanceIntegration()", () => {
  type Plugin = {
    resolveId(id: string): string | undefined;
    load(this: unknown, id: string): Promise<string | undefined>;
  };

  /** What the integration adds to a project in `/site`. */
  function setUp(entrypoint: string | URL) {
    const added: { order: string; entrypoint: string }[] = [];
    const plugins: Plugin[] = [];
    maintenanceIntegration({ entrypoint }).hooks["astro:config:setup"]({
      config: { root: new URL("file:///my%20site/") },
      addMiddleware: (middleware) => void added.push(middleware),
      updateConfig: ({ vite }) => plugins.push(...vite.plugins),
    });
    const [middleware] = added;
    const load = (environment: string, resolve: (id: string) => { id: string } | null = (id) => ({ id })) =>
      plugins[0]!.load.call(
        { environment: { name: environment }, resolve: (id: string) => Promise.resolve(resolve(id)) },
        plugins[0]!.resolveId(middleware!.entrypoint)!,
      );
    return { middleware: middleware!, plugin: plugins[0]!, load };
  }

  test("adds the middleware of the app's module before all other middleware", async () => {
    const { middleware, plugin, load } = setUp("./src/maintenance.ts");
    expect(middleware.order).toBe("pre");
    expect(await load("ssr")).toBe('export { onRequest } from "/my site/src/maintenance.ts";');
    expect([plugin.resolveId("other"), await plugin.load("other")]).toEqual([undefined, undefined]);
  });

  test("takes a URL and the name of a package", async () => {
    const url = new URL("file:///elsewhere/maintenance.ts");
    expect(await setUp(url).load("ssr")).toBe('export { onRequest } from "/elsewhere/maintenance.ts";');
    expect(await setUp("@team/maintenance").load("ssr")).toBe('export { onRequest } from "@team/maintenance";');
  });

  test("does not load the module for pages that are made during the build", async () => {
    const resolve = vi.fn(() => null);
    expect(await setUp("./src/maintenance.ts").load("prerender", resolve)).not.toContain("/src/");
    expect(resolve).not.toHaveBeenCalled();
  });

  test("refuses a module that is not there", async () => {
    await expect(setUp("./src/missing.ts").load("ssr", () => null)).rejects.toThrow(
      optionError(
        'Cannot make the integration: "entrypoint" must be the path of a module, received "./src/missing.ts"',
      ),
    );
  });

  test("warns of pages that stay open, and of a site without a server", () => {
    const { hooks } = maintenanceIntegration({ entrypoint: "./src/maintenance.ts" });
    const warn = vi.fn();
    const logger = { warn };
    hooks["astro:build:done"]({ pages: [], logger });
    hooks["astro:config:done"]({ buildOutput: "server", logger });
    expect(warn).not.toHaveBeenCalled();
    hooks["astro:build:done"]({ pages: [{}], logger });
    hooks["astro:build:done"]({ pages: [{}, {}], logger });
    hooks["astro:config:done"]({ buildOutput: "static", logger });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^1 prerendered page stays open/),
      expect.stringMatching(/^2 prerendered pages stay open/),
      expect.stringMatching(/^The site is built without a server/),
    ]);
  });

  test("refuses a gate in place of the module", () => {
    const maintenance = maintenanceMode({});
    expect(() => maintenanceIntegration({ entrypoint: maintenance as never })).toThrow(
      /^Cannot make the integration: "entrypoint" must be a path .*: name the module that exports the middleware/,
    );
    expect(() => maintenanceIntegration(maintenance as never)).toThrow(/^Cannot make the integration: options must be/);
    expect(() => maintenanceIntegration({ maintenance } as never)).toThrow(/accepted are entrypoint$/);
  });
});
