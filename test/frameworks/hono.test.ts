import { createAdaptorServer, upgradeWebSocket } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { stream } from "hono/streaming";
import { once } from "node:events";
import { get, type Server } from "node:http";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { guardUpgrade } from "../../src/hosts/connect.ts";
import { maintenanceMiddleware } from "../../src/frameworks/hono.ts";
import { maintenanceMode } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";
import { countOf, listen, live } from "../hosts/_upgrade.ts";

const NONE = { inFlight: 0, before: 0, streams: 0 };
const ask = (app: Hono, env?: object, headers?: Record<string, string>) =>
  app.fetch(new Request("http://site.test/", { headers: { accept: "text/plain", ...headers } }), env);

/** An app with the gate in front, which sends "app". */
function appWith(...middleware: MiddlewareHandler[]): Hono {
  const app = new Hono();
  for (const one of middleware) app.use(one);
  return app.get("/", (c) => c.text("app"));
}

/** Serves an app by Node, and gives the port. */
const serve = (app: Hono, more?: object) => {
  const server = createAdaptorServer({ fetch: app.fetch, ...more }) as Server;
  return { server, listening: listen(server) };
};

describe("maintenanceMiddleware() of /hono", () => {
  test.each<[string, object | undefined, string | undefined]>([
    ["a Node server", { incoming: { socket: { remoteAddress: "203.0.113.7" } }, outgoing: {} }, "203.0.113.7"],
    ["Deno", { remoteAddr: { hostname: "203.0.113.7" } }, "203.0.113.7"],
    ["a Lambda function URL", { event: { requestContext: { http: { sourceIp: "203.0.113.7" } } } }, "203.0.113.7"],
    ["API Gateway", { event: { requestContext: { identity: { sourceIp: "203.0.113.7" } } } }, "203.0.113.7"],
    ["Lambda@Edge", { event: { Records: [{ cf: { request: { clientIp: "203.0.113.7" } } }] } }, "203.0.113.7"],
    ["Netlify", { context: { ip: "203.0.113.7" } }, "203.0.113.7"],
    ["an app that is called by hand", undefined, undefined],
    ["a load balancer in front of Lambda", { event: { requestContext: { elb: {} } } }, undefined],
    ["Bun's server outside Bun", { requestIP: () => ({ address: "203.0.113.7" }) }, undefined],
    ["an environment with other things", { incoming: {}, server: null, event: null, context: "x", req: 1 }, undefined],
  ])("finds the address of the peer: %s", async (_name, env, address) => {
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"] });
    const app = appWith(maintenanceMiddleware(maintenance));
    expect((await ask(app, env)).status).toBe(address === undefined ? 503 : 200);
  });

  test.each(["cf-connecting-ip", "x-real-ip", "x-forwarded-for", "true-client-ip"])(
    "does not believe a client that sends %s",
    async (name) => {
      const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"] });
      const app = appWith(maintenanceMiddleware(maintenance));
      expect((await ask(app, {}, { [name]: "203.0.113.7" })).status).toBe(503);
    },
  );

  test("lets nobody in whose host hides the path from a server of Node", async () => {
    const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["/health"] });
    const app = appWith(maintenanceMiddleware(maintenance)).get("/health", (c) => c.text("ok"));
    const statusOf = async (host: string, url: string) => {
      const incoming = { url, headers: { host }, socket: {} };
      return (await app.fetch(new Request(`http://${host}${url}`), { incoming, outgoing: {} })).status;
    };
    expect(await statusOf("x/health?", "/admin")).toBe(503);
    expect(await statusOf("site.test", "/health?a")).toBe(200);
  });

  test("takes the address of another platform from peerIp", async () => {
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["203.0.113.7"] });
    const peerIp = (_request: Request, c: Context<{ Bindings: { ip?: string } }>) => c.env.ip;
    const app = appWith(maintenanceMiddleware(maintenance, { peerIp }));
    expect((await ask(app, { ip: "203.0.113.7" })).status).toBe(200);
    expect((await ask(app, { incoming: { socket: { remoteAddress: "203.0.113.7" } } })).status).toBe(503);
  });

  test("keeps what earlier middleware has set for any response, but for what caches would obey", async () => {
    const app = appWith(async (c, next) => {
      c.header("Access-Control-Allow-Origin", "https://a.example");
      c.header("Set-Cookie", "a=1");
      c.header("Vary", "X-Own");
      c.header("Cache-Control", "public, max-age=60");
      c.header("CDN-Cache-Control", "max-age=60");
      c.header("Retry-After", "1");
      await next();
      c.header("X-After", "2");
    }, maintenanceMiddleware(maintenanceMode({ enabled: true, retryAfter: 600 })));
    const { status, headers } = await ask(app);
    expect(status).toBe(503);
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      "cache-control": "no-store",
      "retry-after": "600",
      "set-cookie": "a=1",
      "vary": expect.stringMatching(/^accept\b.*, X-Own$/),
      "x-after": "2",
    });
    expect(headers.has("cdn-cache-control")).toBe(false);
  });

  test("adds its fields to unknown URLs, and to what onError makes of an error", async () => {
    const maintenance = maintenanceMode({ enabled: true, allow: () => true });
    const app = new Hono();
    app.use(maintenanceMiddleware(maintenance));
    app.get("/", () => {
      throw new Error("the app fails");
    });
    app.notFound((c) => c.text("not here", 404));
    app.onError((error, c) => c.text(error.message, 500));
    for (const [path, status, text] of [["/nowhere", 404, "not here"], ["/", 500, "the app fails"]] as const) {
      const response = await app.fetch(new Request(`http://site.test${path}`));
      expect([response.status, await response.text()]).toEqual([status, text]);
      expect(response.headers.get("cache-control")).toBe("private, no-store");
    }
  });

  test("guards a sub-app where it is used in one, and the app of which that is a part not", async () => {
    const admin = new Hono().use(maintenanceMiddleware(maintenanceMode({ enabled: true }))).get(
      "/",
      (c) => c.text("in"),
    );
    const app = new Hono().get("/", (c) => c.text("app")).route("/admin", admin);
    expect((await app.request("/admin")).status).toBe(503);
    expect((await app.request("/")).status).toBe(200);
  });

  test("leaves Hono's own error to a handler that returns nothing", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const app = new Hono().use(maintenanceMiddleware(maintenanceMode()));
    app.get("/", (() => {}) as never);
    expect((await app.request("/")).status).toBe(500);
  });

  test("gives isStaff Hono's context, typed where its type is named", async () => {
    type Env = { Variables: { user: string } };
    const app = new Hono<Env>();
    app.use(async (c, next) => {
      c.set("user", c.req.header("x-user") ?? "nobody");
      await next();
    });
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true }), {
      isStaff: (_request, c: Context<Env>) => {
        expectTypeOf(c.get("user")).toEqualTypeOf<string>();
        // @ts-expect-error -- There is no such variable.
        c.get("nobody");
        return c.get("user") === "staff";
      },
    }));
    app.use("/*", maintenanceMiddleware(maintenanceMode(), { isStaff: (_request, c) => c.get("user") === "staff" }));
    app.get("/", (c) => c.text("app"));
    expect((await app.request("/", { headers: { "x-user": "staff" } })).status).toBe(200);
    expect((await app.request("/")).status).toBe(503);
  });
});

describe("maintenanceMiddleware() of /hono, used wrongly", () => {
  const maintenance = maintenanceMode({ enabled: true });

  test("tells an app in the gate's place, and an option of the gate among its own", () => {
    expect(() => maintenanceMiddleware(new Hono() as never)).toThrow(optionError(
      'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, received an ' +
        "instance of Hono",
    ));
    const misplaced = { ignoreUrls: ["/health"] };
    expect(() => maintenanceMiddleware(maintenance, misplaced as never)).toThrow(optionError(
      'Cannot put the gate in front of the handler: unknown name "ignoreUrls" in options: accepted are isStaff, ' +
        "trustProxy, forwardedHeader, peerIp, closeStreams",
    ));
  });

  test("tells another framework that calls it", () => {
    const middleware = maintenanceMiddleware(maintenance);
    expect(() => middleware({ url: "/" } as never, (() => {}) as never)).toThrow("register it with app.use() of Hono");
  });

  test("registered twice, it asks once and counts once", async () => {
    const state = await live();
    const onDecision = vi.fn();
    const gate = maintenanceMode({ state, onDecision });
    let release = () => {};
    const app = new Hono().use(maintenanceMiddleware(gate)).use(maintenanceMiddleware(gate));
    app.get("/", async (c) => {
      await new Promise<void>((resolve) => release = resolve);
      return c.text("app");
    });
    const port = await serve(app).listening;
    const answer = fetch(`http://127.0.0.1:${port}`);
    await until(() => countOf(state).inFlight > 0, "the request is counted");
    expect(countOf(state).inFlight).toBe(1);
    release();
    expect(await (await answer).text()).toBe("app");
    await until(() => countOf(state).inFlight === 0, "the request is finished");
    expect(onDecision).toHaveBeenCalledTimes(1);
  });

  test("registered twice, it closes to a Request that it has let in before", async () => {
    const state = await live();
    const gate = maintenanceMode({ state });
    const app = appWith(maintenanceMiddleware(gate), maintenanceMiddleware(gate));
    const request = new Request("http://site.test/");
    expect((await app.fetch(request)).status).toBe(200);
    await state.set({ mode: "on" });
    expect((await app.fetch(request)).status).toBe(503);
  });
});

describe("maintenanceMiddleware() of /hono counts", () => {
  test("a HEAD request, of which nobody reads the body", async () => {
    const state = await live();
    const app = appWith(maintenanceMiddleware(maintenanceMode({ state })));
    expect((await app.request("/", { method: "HEAD" })).status).toBe(200);
    expect(countOf(state)).toEqual(NONE);
  });

  test("a stream of which the client has gone, while its source is at work", async () => {
    const state = await live();
    const app = new Hono().use(maintenanceMiddleware(maintenanceMode({ state })));
    const bodies: ReadableStream[] = [];
    app.get("/", () => {
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(9)) });
      bodies.push(body);
      return new Response(body);
    });
    app.get("/piped", (c) =>
      stream(c, async (to) => {
        await to.write("first");
        await new Promise((resolve) => to.onAbort(() => resolve(undefined)));
      }));
    const port = await serve(app).listening;
    for (const path of ["/", "/piped"]) {
      const client = get({ port, host: "127.0.0.1", path });
      client.on("error", () => {});
      const [response] = await once(client, "response");
      await once(response, "data");
      client.destroy();
    }
    await until(async () => (await fetch(`http://127.0.0.1:${port}/nowhere`)).status === 404, "it is alive");
    expect(bodies).toHaveLength(1);
    expect(countOf(state).inFlight).toBeGreaterThanOrEqual(1);
  });

  test("a body of a known length until its last byte was sent, if the client closes the connection then", async () => {
    const state = await live();
    const app = new Hono().use(maintenanceMiddleware(maintenanceMode({ state })));
    const bodies: ReadableStream[] = [];
    app.get("/:sent", (c) => {
      const sent = new Uint8Array(Number(c.req.param("sent")));
      // It never ends by itself, as a file does not before the server has read beyond its last byte.
      const body = new ReadableStream({ start: (controller) => controller.enqueue(sent) });
      bodies.push(body);
      return new Response(body, { headers: { "content-length": "9" } });
    });
    const { server, listening } = serve(app);
    const port = await listening;
    for (const [sent, inFlight] of [[9, 0], [8, 1]] as const) {
      const client = get({ port, host: "127.0.0.1", path: `/${sent}` });
      client.on("error", () => {});
      const [, res] = await once(server, "request");
      const [response] = await once(client, "response");
      response.on("error", () => {});
      await once(response, "data");
      client.destroy();
      if (!res.closed) await once(res, "close");
      await new Promise(setImmediate);
      expect(countOf(state).inFlight).toBe(inFlight);
    }
    expect(bodies).toHaveLength(2);
  });

  test("a WebSocket once, with guardUpgrade() before it as well", async () => {
    const state = await live();
    const gate = maintenanceMode({ state });
    const app = new Hono().use(maintenanceMiddleware(gate));
    app.get("/", upgradeWebSocket(() => ({ onMessage: ({ data }, socket) => socket.send(String(data)) })));
    const sockets = new WebSocketServer({ noServer: true });
    const { server, listening } = serve(app, { websocket: { server: sockets } });
    guardUpgrade(server, gate);
    const port = await listening;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, "open");
    expect(countOf(state)).toEqual({ inFlight: 0, before: 0, streams: 1 });
    socket.close();
    await until(() => countOf(state).streams === 0, "the WebSocket is closed");
  });
});
