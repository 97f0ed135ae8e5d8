import { createServer } from "node:http";
import {
  createApp,
  defineEventHandler,
  getRequestIP as getRequestIP1,
  type H3Event as H3Event1,
  toNodeListener,
} from "h3";
import { H3, type H3Event, HTTPError, HTTPResponse, serve } from "h3v2";
import { describe, expect, test, vi } from "vitest";
import { maintenanceMiddleware } from "../../src/frameworks/h3.ts";
import { maintenancePlugin } from "../../src/frameworks/nitro.ts";
import { maintenanceMode } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { countOf, listen, live } from "./_upgrade.ts";

const NONE = { inFlight: 0, before: 0, streams: 0 };
const isStaff = () => true;
const PRIVATE = "private, no-store";

describe("maintenanceMiddleware() of /h3 in h3 2", () => {
  const cached = { "cache-control": "public, max-age=60", "cdn-cache-control": "max-age=600" };
  test.each<[string, number, ((event: H3Event) => unknown)?]>([
    ["text", 200, () => "text"],
    ["an object", 200, () => ({ made: "by the app" })],
    ["null", 200, () => null],
    ["a stream", 200, () => new Response("text").body],
    ["a Response", 200, () => new Response("text", { headers: cached })],
    ["a Response with a failure", 500, () => new Response("text", { status: 500, headers: cached })],
    ["an HTTPResponse", 201, () => new HTTPResponse("text", { status: 201, headers: cached })],
    ["fields of the event", 200, ({ res }) => {
      for (const [name, value] of Object.entries(cached)) res.headers.set(name, value);
      return "text";
    }],
    ["fields of the event over a Response", 200, ({ res }) => {
      for (const [name, value] of Object.entries(cached)) res.headers.set(name, value);
      return new Response("text");
    }],
    ["an HTTPError", 404, () => {
      throw new HTTPError({ status: 404, headers: cached });
    }],
    ["a rejection", 418, () => Promise.reject(new HTTPError({ status: 418, headers: cached }))],
    ["an unknown URL", 404],
  ])("keeps caches from giving others what staff get: %s", async (_, status, handler) => {
    const app = new H3({ silent: true });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), { isStaff }));
    if (handler !== undefined) app.get("/", handler);
    const response = await app.request("/");
    expect(response.status).toBe(status);
    expect([response.headers.get("cache-control"), response.headers.get("cdn-cache-control")]).toEqual([PRIVATE, null]);
  });

  test("keeps caches from what an error handler returns to staff, on Node", async () => {
    const onError = () => new Response("my own page", { status: 500, headers: cached });
    const app = new H3({ silent: true, onError });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), { isStaff }));
    app.get("/", () => Promise.reject(new Error("the app fails")));
    const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
    try {
      await server.ready();
      const response = await fetch(server.url!);
      expect([response.status, await response.text()]).toEqual([500, "my own page"]);
      expect([response.headers.get("cache-control"), response.headers.get("cdn-cache-control")]).toEqual([
        PRIVATE,
        null,
      ]);
    } finally {
      await server.close(true);
    }
  });

  test("sets the cookie of who was admitted once, beside those of the app", async () => {
    const state = await live();
    await state.set({ mode: "on", admit: 0.999999 });
    const app = new H3();
    app.use(maintenanceMiddleware(maintenanceMode({ state })));
    app.get("/text", ({ res }) => {
      res.headers.append("set-cookie", "app=1");
      return "text";
    });
    app.get("/response", () => new Response("text", { headers: { "set-cookie": "app=1" } }));
    for (const path of ["/text", "/response"]) {
      const request = Object.assign(new Request(`http://site.test${path}`), { ip: "192.0.2.7" });
      const response = await app.request(request);
      const names = response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]);
      expect(names.sort()).toEqual(["app", "maintenance-admit"]);
    }
  });

  test("counts a request once until its stream has been read, also if it is registered twice", async () => {
    const state = await live();
    const middleware = maintenanceMiddleware(maintenanceMode({ state }));
    const app = new H3();
    app.use(middleware);
    app.use(middleware);
    let end = () => {};
    app.get("/", () =>
      new ReadableStream({
        start(controller) {
          end = () => controller.close();
        },
      }));
    const response = await app.request("/");
    expect(countOf(state)).toEqual({ ...NONE, inFlight: 1 });
    end();
    await response.text();
    expect(countOf(state)).toEqual(NONE);
    await app.request("/nothing-here");
    expect(countOf(state)).toEqual(NONE);
  });

  test("gives isStaff the event of h3, and takes the address from the server", async () => {
    const seen = vi.fn();
    const app = new H3();
    app.use((event) => {
      event.context["user"] = "staff";
    });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true, internalIps: ["192.0.2.7"] }), {
      isStaff: (request, event: H3Event) => {
        seen(request === event.req);
        return event.context["user"] === "nobody";
      },
    }));
    app.get("/", () => "text");
    expect((await app.request("/")).status).toBe(503);
    expect(seen.mock.calls).toEqual([[true]]);
    const internal = Object.assign(new Request("http://site.test/"), { ip: "192.0.2.7" });
    expect((await app.request(internal)).status).toBe(200);
  });

  test("refuses to be a route, and says where to register it", async () => {
    const onError = vi.fn();
    const app = new H3({ silent: true, onError });
    app.all("/**", maintenanceMiddleware<H3Event>(maintenanceMode({ enabled: true })));
    expect((await app.request("/")).status).toBe(500);
    expect(onError.mock.calls[0]![0].cause.message).toBe(
      'Cannot call the middleware: "next" must be a function, received undefined: register it with app.use(), before the ' +
        "routes",
    );
  });

  test("refuses what is no gate, and options that it does not know", () => {
    expect(() => maintenanceMiddleware({ enabled: true } as never)).toThrow(optionError(
      'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, received an ' +
        "object",
    ));
    expect(() => maintenanceMiddleware(maintenanceMode({}), { isstaff: isStaff } as never)).toThrow(/"isStaff"/);
  });
});

describe("maintenanceMiddleware() of /h3 in h3 1", () => {
  test("waits for isStaff, and leaves the helpers of h3 as they are", async () => {
    const app = createApp();
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), {
      isStaff: async (_request, event: H3Event1) => {
        await new Promise(setImmediate);
        return event.node.req.headers.cookie === "staff=1";
      },
    }));
    app.use(defineEventHandler((event) => ({ ip: getRequestIP1(event) })));
    const url = `http://127.0.0.1:${await listen(createServer(toNodeListener(app)))}/`;
    expect((await fetch(url)).status).toBe(503);
    const response = await fetch(url, { headers: { cookie: "staff=1" } });
    expect(await response.json()).toEqual({ ip: "127.0.0.1" });
    expect(response.headers.get("cache-control")).toBe(PRIVATE);
  });

  test("counts a request once if it is registered twice", async () => {
    const state = await live();
    const middleware = maintenanceMiddleware(maintenanceMode({ state }));
    const app = createApp();
    app.use(middleware);
    app.use(middleware);
    app.use(defineEventHandler(() => countOf(state)));
    const response = await fetch(`http://127.0.0.1:${await listen(createServer(toNodeListener(app)))}/`);
    expect(await response.json()).toEqual({ ...NONE, inFlight: 1 });
  });

  test("refuses what is no event", () => {
    const middleware = maintenanceMiddleware(maintenanceMode({ enabled: true }));
    expect(() => middleware({})).toThrow(/"event" must be an event of h3/);
  });
});

describe("maintenancePlugin() of /nitro", () => {
  test("refuses what is no app of Nitro", () => {
    const plugin = maintenancePlugin(maintenanceMode({ enabled: true }));
    expect(() => plugin({})).toThrow(/"nitroApp" must be the app of Nitro 2 or 3/);
  });

  test("refuses options that it does not know, where they are written", () => {
    expect(() => maintenancePlugin(maintenanceMode({}), { staff: isStaff } as never)).toThrow(/"staff"/);
  });
});
