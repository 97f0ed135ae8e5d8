import { createServer } from "node:http";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  maintenanceHandle,
  type MaintenanceHandleOptions,
  type SvelteKitEvent,
} from "../../src/frameworks/sveltekit.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { countOf, listen, live } from "../hosts/_upgrade.ts";

const HTML = { accept: "text/html" };

/** An event as SvelteKit makes one, for a request that comes from outside. */
function eventOf(path: string, init: RequestInit = {}, more: Partial<SvelteKitEvent> = {}): SvelteKitEvent {
  const request = new Request(`https://site.test${path}`, init);
  const url = new URL(request.url);
  const isDataRequest = url.pathname.endsWith("/__data.json");
  if (isDataRequest) url.pathname = url.pathname.slice(0, -"/__data.json".length) || "/";
  const getClientAddress = () => "198.51.100.1";
  const fetch = () => Promise.reject(new Error("the app cannot be asked"));
  return { request, url, isDataRequest, isSubRequest: false, getClientAddress, fetch, ...more };
}

const closed = (gate: MaintenanceOptions = {}, options: MaintenanceHandleOptions = {}) =>
  maintenanceHandle(maintenanceMode({ enabled: true, ...gate }), options);
const app = () => new Response("app");

afterEach(() => void vi.restoreAllMocks());

describe("maintenanceHandle()", () => {
  test("answers in the app's place, and resolves what passes", async () => {
    const resolve = vi.fn(app);
    const handle = closed({ ignoreUrls: ["/open"], internalIps: ["198.51.100.1"] }, { peerIp: () => undefined });
    expect((await handle({ event: eventOf("/"), resolve })).status).toBe(503);
    expect(resolve).not.toHaveBeenCalled();
    const event = eventOf("/open");
    expect(await (await handle({ event, resolve })).text()).toBe("app");
    expect(resolve).toHaveBeenCalledExactlyOnceWith(event);
  });

  test("finds the client's address, and takes one that the adapter will not tell for unknown", async () => {
    const onError = vi.fn();
    const handle = closed({ internalIps: ["198.51.100.1"], onError });
    expect((await handle({ event: eventOf("/"), resolve: app })).status).toBe(200);
    const getClientAddress = () => {
      throw new Error("the adapter knows no addresses");
    };
    for (let i = 0; i < 2; i++) {
      expect((await handle({ event: eventOf("/", {}, { getClientAddress }), resolve: app })).status).toBe(503);
    }
    expect(onError).toHaveBeenCalledOnce();
  });

  test("lets through what the app asks of itself, and does not count it", async () => {
    const state = await live();
    const handle = maintenanceHandle(maintenanceMode({ state, ignoreUrls: ["/open"] }));
    await state.set({ mode: "on" });
    const counts: number[] = [];
    const response = await handle({
      event: eventOf("/open"),
      resolve: () =>
        handle({
          event: eventOf("/inner", {}, { isSubRequest: true }),
          resolve: () => {
            counts.push(countOf(state).inFlight);
            return app();
          },
        }),
    });
    expect([await response.text(), counts]).toEqual(["app", [1]]);
  });

  test("decides once and counts once where it was registered twice", async () => {
    const state = await live();
    const maintenance = maintenanceMode({ state });
    const isStaff = vi.fn(() => true);
    const handle = maintenanceHandle(maintenance, { isStaff });
    await state.set({ mode: "on" });
    const event = eventOf("/");
    const response = await handle({ event, resolve: () => handle({ event, resolve: app }) });
    expect([countOf(state).inFlight, isStaff.mock.calls.length]).toEqual([1, 1]);
    expect([await response.text(), countOf(state).inFlight]).toEqual(["app", 0]);
  });

  test("decides once for each of two gates that are registered in turn", async () => {
    const isStaff = vi.fn(() => true);
    const [site, shop] = [closed({}, { isStaff }), closed({}, { isStaff })];
    const event = eventOf("/");
    const pass = (handle: typeof site, resolve: () => Response | Promise<Response>) => () => handle({ event, resolve });
    const response = await pass(site, pass(shop, pass(site, pass(shop, app))))();
    expect([response.status, isStaff.mock.calls.length]).toEqual([200, 2]);
  });

  test("leaves a request alone that the same gate has let in before the handler of adapter-node", async () => {
    const state = await live();
    const maintenance = maintenanceMode({ state });
    const guard = maintenanceMiddleware(maintenance, { isStaff: () => true });
    const handle = maintenanceHandle(maintenance);
    await state.set({ mode: "on" });
    const counts: number[] = [];
    const port = await listen(createServer((req, res) =>
      guard(req, res, async () => {
        const resolve = () => {
          counts.push(countOf(state).inFlight);
          return app();
        };
        res.end(await (await handle({ event: eventOf("/", {}, { platform: { req } }), resolve })).text());
      })
    ));
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("app");
    expect(counts).toEqual([1]);
  });

  test("counts no response that SvelteKit drops because the client has it already", async () => {
    const state = await live();
    const handle = maintenanceHandle(maintenanceMode({ state }));
    const fields = { "etag": '"1"', "cache-control": "max-age=60", "set-cookie": "app=1", "x-more": "1" };
    const resolve = () => new Response("app", { headers: fields });
    for (const known of ['"1"', 'W/"1"']) {
      const response = await handle({ event: eventOf("/", { headers: { "if-none-match": known } }), resolve });
      expect([response.status, response.body, countOf(state).inFlight]).toEqual([304, null, 0]);
      const { "x-more": _, ...kept } = fields;
      expect(Object.fromEntries(response.headers)).toEqual(kept);
    }
    const other = await handle({ event: eventOf("/", { headers: { "if-none-match": '"2"' } }), resolve });
    expect([other.status, await other.text()]).toEqual([200, "app"]);
  });
});

describe("maintenanceHandle(), asked by SvelteKit's client,", () => {
  test("decides about the data of a page as about the page", async () => {
    const state = await live();
    await state.set({ mode: "on", urls: ["/shop"] });
    const handle = maintenanceHandle(maintenanceMode({ state }));
    const statusOf = async (path: string) => (await handle({ event: eventOf(path), resolve: app })).status;
    expect(await statusOf("/shop/__data.json?x-sveltekit-invalidated=01")).toBe(503);
    expect(await statusOf("/other/__data.json?x-sveltekit-invalidated=01")).toBe(200);
  });

  test.each([
    ["for the data of a page", eventOf("/a/__data.json")],
    ["for a remote function", eventOf("/_app/remote/1/get", {}, { isRemoteRequest: true })],
    ["for the action of a form", eventOf("/a", { method: "POST", headers: { "x-sveltekit-action": "true" } })],
  ])("answers %s so that it loads the page", async (_, event) => {
    const response = await closed({ retryAfter: 600 })({ event, resolve: app });
    expect(response.status).toBe(503);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-sveltekit-version")).toBe("maintenance");
    expect(response.headers.has("content-security-policy")).toBe(false);
    const message = "Down for maintenance";
    expect(await response.json()).toEqual({ type: "error", status: 503, message, error: { status: 503, message } });
  });

  test("answers with 503 where a page would be a redirect, which the client follows without its cookie", async () => {
    const handle = closed({ redirectUrl: "https://status.example.com/" });
    const response = await handle({ event: eventOf("/a/__data.json"), resolve: app });
    expect([response.status, response.headers.get("location")]).toEqual([503, null]);
    expect((await handle({ event: eventOf("/a", { headers: HTML }), resolve: app })).status).toBe(302);
  });
});

describe('maintenanceHandle() with "page"', () => {
  const headers = { "content-type": "text/html", "content-length": "1", "set-cookie": "app=1", "etag": '"1"' };
  const render = () =>
    Promise.resolve(new Response('<html><head lang="en"><title>Ours</title></head></html>', { headers }));

  test("shows the app's own page with the status and the fields of the gate", async () => {
    const fetch = vi.fn(render);
    const handle = closed({ retryAfter: 600 }, { page: "/maintenance" });
    const response = await handle({ event: eventOf("/a/b", { headers: HTML }, { fetch }), resolve: app });
    expect(fetch).toHaveBeenCalledExactlyOnceWith("/maintenance", { headers: HTML });
    expect(response.status).toBe(503);
    expect(await response.text()).toBe(
      '<html><head lang="en"><base href="/maintenance"><title>Ours</title></head></html>',
    );
    const { headers } = response;
    expect(headers.get("retry-after")).toMatch(/^\d+$/);
    expect([headers.get("cache-control"), headers.get("content-type")]).toEqual(["no-store", "text/html"]);
    for (const name of ["set-cookie", "etag", "content-length", "content-security-policy"]) {
      expect(headers.has(name), name).toBe(false);
    }
  });

  test("sends no body to HEAD", async () => {
    const event = eventOf("/", { method: "HEAD", headers: HTML }, { fetch: render });
    const response = await closed({}, { page: "/maintenance" })({ event, resolve: app });
    expect([response.status, response.body]).toEqual([503, null]);
  });

  test("asks for the page once where the app sends its own requests over the network", async () => {
    const handle = closed({ onError: () => {} }, { page: "/maintenance" });
    const fetch = vi.fn((path: string): Promise<Response> =>
      handle({ event: eventOf(path, { headers: HTML }, { fetch }), resolve: app })
    );
    const response = await handle({ event: eventOf("/", { headers: HTML }, { fetch }), resolve: app });
    expect(await response.text()).toContain("Down for maintenance");
    expect(fetch).toHaveBeenCalledOnce();
  });

  test("leaves the answers for programs as they are", async () => {
    const fetch = vi.fn(render);
    const event = eventOf("/", { headers: { accept: "application/json" } }, { fetch });
    const response = await closed({}, { page: "/maintenance" })({ event, resolve: app });
    expect((await response.json() as { status: number }).status).toBe(503);
    expect(fetch).not.toHaveBeenCalled();
  });

  test("shows the built-in page where the app cannot render its own, and reports that once", async () => {
    const onError = vi.fn();
    let fetch = (): Promise<Response> => Promise.reject(new Error("the database is gone"));
    const handle = closed({ onError }, { page: "/maintenance" });
    const textOf = async () => {
      const response = await handle({ event: eventOf("/", { headers: HTML }, { fetch }), resolve: app });
      expect(response.status).toBe(503);
      return await response.text();
    };
    expect(await textOf()).toContain("Down for maintenance");
    fetch = () => Promise.resolve(new Response("error", { status: 500 }));
    expect(await textOf()).toContain("Down for maintenance");
    expect(onError).toHaveBeenCalledOnce();
    fetch = render;
    expect(await textOf()).toContain("Ours");
    fetch = () => Promise.resolve(new Response("gone", { status: 404 }));
    expect(await textOf()).toContain("Down for maintenance");
    expect(onError).toHaveBeenCalledTimes(2);
  });
});

describe("maintenanceHandle() refuses", () => {
  const maintenance = maintenanceMode({});
  const TASK = "put the gate in front of the handler";

  test("something that is not a gate", () => {
    expect(() => maintenanceHandle((() => {}) as never)).toThrow(
      optionError(`Cannot ${TASK}: "maintenance" must be a gate that maintenanceMode() returned, received a function`),
    );
  });

  test("a function in place of the options, and an option that is not valid", () => {
    const isStaff = () => true;
    expect(() => maintenanceHandle(maintenance, isStaff as never)).toThrow(
      optionError(`Cannot ${TASK}: options must be an object, received the function isStaff`),
    );
    expect(() => maintenanceHandle(maintenance, { pages: "/a" } as never)).toThrow(/"page"/);
    expect(() => maintenanceHandle(maintenance, { page: "//other.test/" })).toThrow(
      optionError(`Cannot ${TASK}: "page" must be a path of the app such as "/maintenance", received "//other.test/"`),
    );
  });

  test("a call by something other than SvelteKit", async () => {
    const handle = maintenanceHandle(maintenance);
    await expect(handle(new Request("https://site.test/") as never)).rejects.toThrow(
      optionError(
        'Cannot call the handle: "resolve" must be a function, received undefined: export it as "handle" of ' +
          "src/hooks.server.ts, or give it to sequence()",
      ),
    );
  });
});
