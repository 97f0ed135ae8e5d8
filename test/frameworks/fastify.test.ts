import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import middie from "@fastify/middie";
import Fastify, { type FastifyInstance } from "fastify";
import { describe, expect, test, vi } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { guardUpgrade, maintenancePlugin } from "../../src/frameworks/fastify.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";
import { cleanUp, countOf, expectEcho, live, open } from "../hosts/_upgrade.ts";
import { type Answer, ASKED, expectOfGate, GATE } from "./_answers.ts";

type Options = Parameters<typeof maintenancePlugin>[1];

/** An app with the gate. It is ready when it is asked first. */
function appOf(gate: MaintenanceOptions = {}, options?: Options): FastifyInstance {
  const app = Fastify();
  cleanUp(() => app.close());
  app.register(maintenancePlugin(maintenanceMode({ enabled: true, ...gate }), options));
  app.get("/", () => "app");
  app.get("/open", () => "open");
  return app;
}

async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: "127.0.0.1" });
  return (app.server.address() as AddressInfo).port;
}

/** The warnings of this package during a test. */
function catchWarnings(): unknown[] {
  const warnings: unknown[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((text) => void warnings.push(text));
  cleanUp(() => spy.mockRestore());
  return warnings;
}

describe("the answer of maintenancePlugin()", () => {
  test.each(ASKED)("%s is the gate's, byte by byte", async (_kind, asked) => {
    const { statusCode, headers, rawPayload } = await appOf(GATE).inject({ url: "/", ...asked });
    await expectOfGate({ status: statusCode, headers: headers as Answer["headers"], body: rawPayload }, asked);
  });

  test.each(["/", "/unknown"])("to HEAD of %s has the length of the page", async (url) => {
    const app = appOf();
    const headers = { accept: "text/html" };
    const page = await app.inject({ url, headers });
    const head = await app.inject({ method: "HEAD", url, headers });
    expect([head.statusCode, head.payload]).toEqual([503, ""]);
    expect(head.headers["content-length"]).toBe(page.headers["content-length"]);
    expect(head.headers["content-type"]).toBe(page.headers["content-type"]);
  });

  test("to HEAD ends over a socket, and the connection stays", async () => {
    const port = await listen(appOf());
    for (let i = 0; i < 3; i++) {
      const head = await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD", headers: { accept: "text/html" } });
      expect([head.status, await head.text()]).toEqual([503, ""]);
      expect(Number(head.headers.get("content-length"))).toBeGreaterThan(1_000);
    }
  });

  test("that redirects has neither a type nor a body", async () => {
    const answer = await appOf({ redirectUrl: "https://status.test/" }).inject({
      url: "/",
      headers: { accept: "text/html" },
    });
    expect(answer.headers).toMatchObject({ location: "https://status.test/", "content-length": "0" });
    expect(answer.headers["content-type"]).toBeUndefined();
  });

  test("may be a Response with a stream and cookies", async () => {
    let cancelled = 0;
    const handler503 = () => {
      const body = new ReadableStream({
        pull: (controller) => {
          controller.enqueue(new TextEncoder().encode("own"));
          controller.close();
        },
        cancel: () => void cancelled++,
      }, { highWaterMark: 0 });
      return new Response(body, {
        status: 503,
        headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["content-length", "3000"]],
      });
    };
    const app = appOf({ handler503 });
    const answer = await app.inject("/");
    expect([answer.statusCode, answer.payload]).toEqual([503, "own"]);
    expect(answer.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
    expect(answer.headers["content-length"]).toBeUndefined();
    expect((await app.inject({ method: "HEAD", url: "/" })).payload).toBe("");
    expect(cancelled).toBe(1);
  });

  test("keeps the fields of hooks in front, and is seen by the hooks onSend and onResponse", async () => {
    const app = Fastify();
    cleanUp(() => app.close());
    const seen: unknown[] = [];
    app.addHook("onRequest", (_request, reply, done) => {
      reply.header("x-request-id", "7");
      done();
    });
    app.register(maintenancePlugin(maintenanceMode({ enabled: true })));
    app.addHook("onSend", (_request, reply, payload, done) => {
      seen.push(reply.statusCode, typeof payload);
      done();
    });
    app.addHook("onResponse", (_request, reply, done) => {
      seen.push(reply.statusCode);
      done();
    });
    expect((await app.inject("/")).headers["x-request-id"]).toBe("7");
    expect(seen).toEqual([503, "string", 503]);
  });

  test("is JSON as the gate has made it, whatever serializer a hook in front has set", async () => {
    const app = Fastify();
    cleanUp(() => app.close());
    app.addHook("onRequest", (_request, reply, done) => {
      reply.serializer(() => "of the app");
      done();
    });
    const maintenance = maintenanceMode({ enabled: true });
    app.register(maintenancePlugin(maintenance));
    const answer = await app.inject({ url: "/", headers: { accept: "application/json" } });
    const expected = maintenance(new Request("http://localhost/", { headers: { accept: "application/json" } }))!;
    expect(answer.headers["content-type"]).toBe(expected.headers.get("content-type"));
    expect(answer.headers["content-length"]).toBe(String(answer.rawPayload.length));
    expect(answer.payload).toBe(await expected.text());
  });

  test("is given over HTTP/2 as well", async () => {
    const app = Fastify({ http2: true });
    cleanUp(() => app.close());
    await app.register(maintenancePlugin(maintenanceMode({ enabled: true, ignoreUrls: ["/open"] })));
    app.get("/open", () => "open");
    await app.listen({ port: 0, host: "127.0.0.1" });
    const session = connectHttp2(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
    cleanUp(() => session.close());
    const ask = async (path: string, method = "GET") => {
      const stream = session.request({ ":path": path, ":method": method });
      const [headers] = await once(stream, "response") as [IncomingHttpHeaders & { ":status": number }];
      return [headers[":status"], (await buffer(stream)).length > 0];
    };
    expect(await ask("/")).toEqual([503, true]);
    expect(await ask("/", "HEAD")).toEqual([503, false]);
    expect(await ask("/open")).toEqual([200, true]);
  });
});

describe("maintenancePlugin()", () => {
  test("lets in an internal address that inject() gives, and whom isStaff knows by what hooks in front have decorated", async () => {
    const app = Fastify();
    cleanUp(() => app.close());
    app.decorateRequest("user", "");
    app.addHook("onRequest", (request, _reply, done) => {
      Object.assign(request, { user: request.headers["x-user"] });
      done();
    });
    app.register(maintenancePlugin(maintenanceMode({ enabled: true, internalIps: ["192.0.2.7"] }), {
      isStaff: (request, { request: own, reply }) => {
        expect(request).toBeInstanceOf(Request);
        expect(reply.sent).toBe(false);
        return Promise.resolve((own as unknown as { user: string }).user === "staff");
      },
    }));
    app.get("/", () => "app");
    expect((await app.inject({ url: "/", remoteAddress: "192.0.2.7" })).statusCode).toBe(200);
    expect((await app.inject({ url: "/", headers: { "x-user": "staff" } })).statusCode).toBe(200);
    expect((await app.inject({ url: "/", headers: { "x-user": "visitor" } })).statusCode).toBe(503);
  });

  test("does not believe the proxies that Fastify believes", async () => {
    const app = Fastify({ trustProxy: true });
    cleanUp(() => app.close());
    app.register(maintenancePlugin(maintenanceMode({ enabled: true, internalIps: ["192.0.2.7"] }), { trustProxy: [] }));
    app.get("/", () => "app");
    expect((await app.inject({ url: "/", headers: { "x-forwarded-for": "192.0.2.7" } })).statusCode).toBe(503);
  });

  test("guards plugins that were registered before, unknown URLs, and the handlers for these of other contexts", async () => {
    const app = Fastify();
    cleanUp(() => app.close());
    app.get("/before", () => "app");
    app.register((child, _options, done) => {
      child.get("/inside", () => "app");
      child.setNotFoundHandler((_request, reply) => void reply.code(404).send("none"));
      done();
    }, { prefix: "/child" });
    app.register(maintenancePlugin(maintenanceMode({ enabled: true })));
    for (const url of ["/before", "/child/inside", "/child/none", "/none"]) {
      expect((await app.inject(url)).statusCode, url).toBe(503);
    }
  });

  test("keeps what is admitted from caches, errors among it, and leaves the app's cookies beside its own", async () => {
    const state = await live();
    await state.set({ mode: "on", admit: 1 });
    const app = Fastify();
    cleanUp(() => app.close());
    app.register(maintenancePlugin(maintenanceMode({ state })));
    const caching = ["cache-control", "public, max-age=60"] as const;
    app.get("/", (_request, reply) => reply.header(...caching).header("set-cookie", "app=1").send("app"));
    app.get("/fail", (_request, reply) => {
      reply.header(...caching);
      throw new Error("broken");
    });
    app.get("/raw", (_request, reply) => {
      reply.hijack();
      reply.raw.writeHead(200, Object.fromEntries([caching])).end("raw");
    });
    for (const [url, status] of [["/", 200], ["/fail", 500], ["/raw", 200], ["/none", 404]] as const) {
      const answer = await app.inject(url);
      expect([url, answer.statusCode, answer.headers["cache-control"]]).toEqual([url, status, "private, no-store"]);
      const cookies = [answer.headers["set-cookie"]].flat().map((cookie) => cookie!.split("=")[0]);
      expect(cookies).toEqual(url === "/" ? ["maintenance-admit", "app"] : ["maintenance-admit"]);
    }
  });

  test("counts a reply that the app has hijacked until it ends, and once where several gates follow one state", async () => {
    const state = await live();
    const app = Fastify();
    cleanUp(() => app.close());
    let end = () => {};
    app.register(maintenancePlugin(maintenanceMode({ state })));
    app.register(maintenancePlugin(maintenanceMode({ state, ignoreUrls: ["/health"] })));
    app.get("/", (_request, reply) => {
      reply.hijack();
      end = () => reply.raw.end("late");
    });
    const port = await listen(app);
    const answer = fetch(`http://127.0.0.1:${port}/`);
    await until(() => countOf(state).inFlight > 0, "the request is counted");
    expect(countOf(state)).toMatchObject({ inFlight: 1 });
    end();
    expect(await (await answer).text()).toBe("late");
    await until(() => countOf(state).inFlight === 0, "the request has ended");
  });

  test("counts what inject() asks, until it has ended", async () => {
    const state = await live();
    const app = appOf({ enabled: undefined as never, state });
    expect((await app.inject("/")).statusCode).toBe(200);
    expect(countOf(state)).toMatchObject({ inFlight: 0 });
  });

  test("reports an answer that cannot be sent, which becomes an error of Fastify", async () => {
    const errors: unknown[] = [];
    // Headers takes it, and Node does not.
    const handler503 = () => new Response("own", { headers: { "x-own": "\u0001" } });
    const onError = (error: unknown) => errors.push(error);
    for (const isStaff of [() => false, () => Promise.resolve(false)]) {
      const answer = await appOf({ handler503, onError }, { isStaff }).inject("/");
      expect([answer.statusCode, answer.json().code]).toEqual([500, "ERR_INVALID_CHAR"]);
    }
    const error = expect.objectContaining({ code: "ERR_INVALID_CHAR" });
    expect(errors).toEqual([error, error]);
  });

  test("is asked about the target of the request where Fastify rewrites the URL", async () => {
    const app = Fastify({ rewriteUrl: ({ url }) => url!.replace(/^\/api/, "") });
    cleanUp(() => app.close());
    app.register(maintenancePlugin(maintenanceMode({ enabled: true, ignoreUrls: ["/health"] })));
    app.get("/health", () => "ok");
    expect((await app.inject("/api/health")).statusCode).toBe(503);
    expect((await app.inject("/health")).statusCode).toBe(200);
  });

  test("with guardUpgrade() refuses WebSockets of ws while on", async () => {
    const state = await live();
    const app = appOf({ enabled: undefined as never, state });
    const sockets = new WebSocketServer({ server: app.server });
    sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
    guardUpgrade(app.server, maintenanceMode({ state }));
    const port = await listen(app);
    const opened = await expectEcho(await open(port));
    expect(countOf(state)).toMatchObject({ inFlight: 0, streams: 1 });
    await state.set({ mode: "on" });
    expect(await open(port)).toBe(503);
    (opened as WebSocket).terminate();
    await until(() => countOf(state).streams === 0, "the socket has ended");
  });

  test("through middie, the middleware of /connect guards as well", async () => {
    const app = Fastify();
    cleanUp(() => app.close());
    await app.register(middie);
    app.use(maintenanceMiddleware(maintenanceMode({ enabled: true })) as never);
    app.get("/", () => "app");
    expect((await app.inject("/")).statusCode).toBe(503);
  });
});

describe("maintenancePlugin(), registered", () => {
  test("inside another plugin, guards the routes of that plugin alone", async () => {
    const warnings = catchWarnings();
    const app = Fastify();
    cleanUp(() => app.close());
    app.register(async (child) => {
      await child.register(maintenancePlugin(maintenanceMode({ enabled: true })));
      child.get("/inside", () => "app");
    });
    app.get("/outside", () => "app");
    expect((await app.inject("/inside")).statusCode).toBe(503);
    expect((await app.inject("/outside")).statusCode).toBe(200);
    expect(warnings).toEqual([]);
  });

  test("inside another plugin without routes, warns that it guards nothing", async () => {
    const warnings = catchWarnings();
    const app = Fastify();
    cleanUp(() => app.close());
    app.register(async (child) => void await child.register(maintenancePlugin(maintenanceMode({ enabled: true }))));
    app.get("/", () => "app");
    await app.ready();
    expect(warnings).toEqual([
      "maintenancemode: the plugin guards no route: it was registered inside another plugin, which has no routes. Register it " +
      'on the app itself, or wrap the plugin around it with "fastify-plugin".',
    ]);
  });

  test("twice, asks the gate once", async () => {
    const decisions: unknown[] = [];
    const maintenance = maintenanceMode({
      enabled: true,
      ignoreUrls: ["/"],
      onDecision: (made) => decisions.push(made),
    });
    const app = Fastify();
    cleanUp(() => app.close());
    app.register(maintenancePlugin(maintenance));
    app.register(async (child) => {
      await child.register(maintenancePlugin(maintenance));
      child.get("/", () => "app");
    });
    expect((await app.inject("/")).statusCode).toBe(200);
    expect(decisions.length).toBe(1);
  });

  test("without being called, says how", async () => {
    const app = Fastify();
    const register = () => maintenancePlugin(app as never, { maintenance: maintenanceMode({}) } as never);
    expect(register).toThrow(
      optionError(
        'Cannot make the plugin: "maintenance" must be a gate that maintenanceMode() returned, received an instance of ' +
          "Fastify: call it yourself: app.register(maintenancePlugin(maintenance, options))",
      ),
    );
    await app.close();
  });

  test("with options that are not valid, throws where it is made", () => {
    const maintenance = maintenanceMode({});
    expect(() => maintenancePlugin({} as never)).toThrow(
      optionError(
        'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, received an object',
      ),
    );
    expect(() => maintenancePlugin(maintenance, { prefix: "/api" } as never)).toThrow(
      /unknown name "prefix" in options/,
    );
    expect(() => maintenancePlugin(maintenance, { isStaff: true } as never)).toThrow(/"isStaff" must be a function/);
  });

  test("with a Fastify that is too old, is refused by it", () => {
    // What fastify-plugin tells Fastify, which compares it with its own version.
    const plugin = maintenancePlugin(maintenanceMode({})) as unknown as Record<symbol, unknown>;
    expect(plugin[Symbol.for("plugin-meta")]).toEqual({ name: "maintenancemode", fastify: "4.x || 5.x" });
    expect(plugin[Symbol.for("fastify.display-name")]).toBe("maintenancemode");
  });

  test("the middleware of /connect in its place, or as a hook, names it", async () => {
    const hint = /: for Fastify, import maintenancePlugin from "maintenancemode\/fastify"$/;
    const middleware = maintenanceMiddleware(maintenanceMode({})) as never;
    const app = Fastify();
    cleanUp(() => app.close());
    expect(() => (middleware as (...args: unknown[]) => void)(app, {}, () => {})).toThrow(hint);
    app.addHook("onRequest", middleware);
    app.get("/", () => "app");
    const answer = await app.inject("/");
    expect(answer.statusCode).toBe(500);
    expect(answer.json().message).toMatch(hint);
  });
});
