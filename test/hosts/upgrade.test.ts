import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import express from "express";
import Fastify from "fastify";
import Koa from "koa";
import { describe, expect, type Mock, test, vi } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { guardUpgrade, maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { maintenanceMode } from "../../src/index.ts";
import { optionError } from "../_errors.ts";
import { until } from "../_until.ts";
import { cleanUp, countOf, echo, expectEcho, listen, live, open, raw, trackerOf } from "./_upgrade.ts";

describe("a WebSocket of ws", () => {
  test("opens while maintenance is off, and counts as a stream until it is closed", async () => {
    const state = await live();
    const { port } = await echo(state);
    const socket = await expectEcho(await open(port, "/live?token=secret"));
    expect(countOf(state)).toEqual({ inFlight: 0, before: 0, streams: 1 });
    expect(trackerOf(state).list().map(({ kind, request }) => ({ kind, request })))
      .toEqual([{ kind: "upgrade", request: { method: "GET", url: "/live?token=secret" } }]);
    socket.close();
    await until(() => countOf(state).streams === 0, "the socket is not counted any more");
  });

  test("is waited for with streams, under its path", async () => {
    const state = await live();
    const { port } = await echo(state);
    // Of requests, this process tells nothing without it.
    maintenanceMiddleware(maintenanceMode({ state }));
    const socket = await expectEcho(await open(port));
    await expect(state.during({}, () => {}, { streams: true, timeoutMs: 100 })).rejects.toThrow("/live");
    socket.close();
    await state.during({}, () => {}, { streams: true });
  });

  test.each(["on", "read-only"] as const)("that is new gets 503 while the site is %s", async (mode) => {
    const state = await live();
    const { port, sockets } = await echo(state);
    await state.set({ mode });
    expect(await open(port)).toBe(503);
    expect(sockets.clients.size).toBe(0);
    expect(countOf(state)).toEqual({ inFlight: 0, before: 0, streams: 0 });
    await state.set({ mode: "off" });
    await expectEcho(await open(port));
  });

  test("is one of several upgrades that read nothing: while the site is read-only, none passes", async () => {
    const state = await live();
    const { port, server } = await echo(state);
    const upgrades = vi.fn();
    server.prependListener("upgrade", upgrades);
    await state.set({ mode: "read-only" });
    for (const protocol of ["tcp", "h2c", "websocket"]) {
      const socket = connect(port, "127.0.0.1");
      socket.write(`GET / HTTP/1.1\r\nHost: site.test\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
      expect(await text(socket), protocol).toMatch(/^HTTP\/1\.1 503 /);
    }
    expect(upgrades).not.toHaveBeenCalled();
  });

  test("passes with the address, the URL or the session of somebody who may", async () => {
    const state = await live();
    const isStaff = vi.fn((_request: Request, { req }: { req: { headers: object } }) => "x-staff" in req.headers);
    const { port } = await echo(state, {
      gate: { ignoreUrls: ["/status"], internalIps: ["203.0.113.9"] },
      options: { isStaff, trustProxy: ["loopback"] },
    });
    await open(port);
    expect(isStaff).not.toHaveBeenCalled();
    await state.set({ mode: "on" });
    expect(await open(port)).toBe(503);
    await expectEcho(await open(port, "/status"));
    await expectEcho(await open(port, "/live", { "x-forwarded-for": "203.0.113.9" }));
    expect(isStaff).toHaveBeenCalledTimes(1);
    await expectEcho(await open(port, "/live", { "x-staff": "1" }));
    expect(isStaff.mock.lastCall![0]).toBeInstanceOf(Request);
  });

  test("does not pass by a path that only looks ignored", async () => {
    const state = await live();
    const { port, sockets } = await echo(state, { gate: { ignoreUrls: ["/live"] } });
    await state.set({ mode: "on" });
    const [answer] = await once(raw(port, { path: "/admin/../live" }), "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 503 /);
    expect(sockets.clients.size).toBe(0);
  });

  test("says nothing of how the process counts its requests", async () => {
    const state = await live();
    const maintenance = maintenanceMode({ state });
    const before = (await state.fleet())![0]!.counts;
    guardUpgrade(createServer(), maintenance);
    await state.set({ mode: "read-only" });
    await until(async () => (await state.fleet())![0]!.mode === "read-only", "the record is new");
    expect((await state.fleet())![0]!.counts).toEqual(before);
  });

  test("of a site whose gate has no live state is gated and not counted", async () => {
    const server = createServer();
    new WebSocketServer({ server });
    guardUpgrade(server, maintenanceMode({ enabled: true, ignoreUrls: ["/open"] }));
    const port = await listen(server);
    expect(await open(port)).toBe(503);
    expect(await open(port, "/open")).toBeInstanceOf(WebSocket);
  });
});

describe("the answer", () => {
  test("is the gate's own, as raw HTTP, and the connection closes behind it", async () => {
    const state = await live();
    const { port } = await echo(state, { gate: { retryAfter: 60, headers: { "x-site": "a" } } });
    await state.set({ mode: "on", reason: "Moving house" });
    const text = String(await buffer(raw(port, { fields: "accept: application/problem+json\r\n" })));
    const [head, body] = text.split("\r\n\r\n") as [string, string];
    expect(head.split("\r\n")[0]).toBe("HTTP/1.1 503 Service Unavailable");
    for (
      const field of [
        "connection: close",
        "retry-after: 60",
        "x-site: a",
        "content-type: application/problem+json",
        `content-length: ${body.length}`,
      ]
    ) expect(head.toLowerCase()).toContain(`\r\n${field}`);
    expect(JSON.parse(body)).toMatchObject({ status: 503, detail: expect.stringContaining("Moving house") });
  });

  test("of handler503 is sent with its body, however long", async () => {
    const state = await live();
    const long = "x".repeat(1_000_000);
    const handler503 = () =>
      new Response(long, { status: 503, statusText: "Closed", headers: { "set-cookie": "a=1" } });
    const { port } = await echo(state, { gate: { handler503 } });
    await state.set({ mode: "on" });
    const [head, body] = String(await buffer(raw(port))).split("\r\n\r\n") as [string, string];
    expect(head.split("\r\n")[0]).toBe("HTTP/1.1 503 Closed");
    expect(head).toContain("\r\nset-cookie: a=1");
    expect(body === long).toBe(true);
  });

  test("of redirectUrl is a redirect", async () => {
    const state = await live();
    const { port } = await echo(state, { gate: { redirectUrl: "/sorry" } });
    await state.set({ mode: "on" });
    const text = String(await buffer(raw(port, { fields: "accept: text/html\r\n" })));
    expect(text).toMatch(/^HTTP\/1\.1 302 \r\n/);
    expect(text).toContain("\r\nlocation: /sorry\r\n");
  });
});

describe("while isStaff is awaited", () => {
  interface Waiting {
    readonly port: number;
    /** Settles when the gate has asked whether the visitor is staff. */
    readonly asked: Promise<void>;
    /** Answers once the gate has asked. */
    readonly answer: (isStaff: boolean) => Promise<void>;
    /** Settles when the server's side of the connection is closed. */
    readonly closed: Promise<unknown>;
    readonly app: Mock;
  }

  async function waiting(): Promise<Waiting> {
    const state = await live();
    const asked = later<void>();
    const staff = later<boolean>();
    const closed = later<void>();
    // Sends back the bytes that came with the head, then all others.
    const app = vi.fn((_req: IncomingMessage, socket: Duplex, head: Uint8Array) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n${head}`);
      socket.on("data", (data) => socket.write(data)).on("end", () => socket.end()).on("error", () => {});
    });
    const server = createServer().on("upgrade", app);
    server.on("connection", (socket) => socket.on("close", () => closed.resolve()));
    const isStaff = () => {
      asked.resolve(undefined);
      return staff.promise;
    };
    guardUpgrade(server, maintenanceMode({ state }), { isStaff });
    await state.set({ mode: "on" });
    const answer = async (isStaff: boolean) => {
      await asked.promise;
      staff.resolve(isStaff);
      await staff.promise;
      await new Promise(setImmediate);
    };
    return { port: await listen(server), asked: asked.promise, answer, closed: closed.promise, app };
  }

  function later<Result>(): { promise: Promise<Result>; resolve: (result: Result) => void } {
    let resolve = (_result: Result) => {};
    return { promise: new Promise<Result>((settle) => resolve = settle), resolve: (result) => resolve(result) };
  }

  test("what the client sends is kept for the app", async () => {
    const { port, answer, app } = await waiting();
    const socket = raw(port, { protocol: "echo", more: "head" });
    socket.write(", and more");
    let received = "";
    socket.on("data", (data) => received += data);
    await answer(true);
    expect(app).toHaveBeenCalledTimes(1);
    await until(() => received.endsWith("\r\n\r\nhead, and more"), "everything comes back");
  });

  test("a client that resets the connection does no harm, and the app never sees it", async () => {
    const { port, asked, answer, closed, app } = await waiting();
    const socket = raw(port, { protocol: "echo" });
    await asked;
    socket.resetAndDestroy();
    await closed;
    await answer(true);
    expect(app).not.toHaveBeenCalled();
  });

  test("a visitor who is not staff gets 503", async () => {
    const { port, answer } = await waiting();
    const socket = raw(port, { protocol: "echo" });
    await answer(false);
    expect(String(await buffer(socket))).toMatch(/^HTTP\/1\.1 503 /);
  });
});

describe("listeners", () => {
  test("are behind the gate whether they were added before or after it", async () => {
    const state = await live();
    const server = createServer();
    const called: string[] = [];
    const listener = (name: string) => (_req: IncomingMessage, socket: Duplex) => {
      called.push(name);
      socket.end();
    };
    server.on("upgrade", listener("before"));
    const stop = guardUpgrade(server, maintenanceMode({ state }));
    server.on("upgrade", listener("after"));
    server.prependListener("upgrade", listener("first"));
    server.once("upgrade", listener("once"));
    const port = await listen(server);
    await state.set({ mode: "on" });
    await buffer(raw(port));
    expect(called).toEqual([]);
    await state.set({ mode: "off" });
    await buffer(raw(port));
    expect(called).toEqual(["first", "before", "after", "once"]);
    await state.set({ mode: "on" });
    stop();
    expect(Object.hasOwn(server, "emit")).toBe(false);
    await buffer(raw(port));
    expect(called.slice(4)).toEqual(["first", "before", "after"]);
  });

  test("two gates count a socket once, and taking one away leaves the other", async () => {
    const state = await live();
    const { port, server } = await echo(state);
    const stop = guardUpgrade(server, maintenanceMode({ state }));
    const later = guardUpgrade(server, maintenanceMode({ state }));
    await expectEcho(await open(port));
    expect(countOf(state).streams).toBe(1);
    stop();
    await expectEcho(await open(port));
    await state.set({ mode: "on" });
    expect(await open(port)).toBe(503);
    later();
    expect(await open(port)).toBe(503);
  });

  test("a server without any answers such a request as any other", async () => {
    const state = await live();
    const server = createServer((_req, res) => res.end("app"));
    guardUpgrade(server, maintenanceMode({ state }));
    const socket = raw(await listen(server));
    const [answer] = await once(socket, "data");
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("the servers of frameworks", () => {
  const servers: Record<string, (gate: ReturnType<typeof maintenanceMiddleware>) => Promise<Server>> = {
    express: (gate) => {
      const app = express();
      app.use(gate);
      return Promise.resolve(createServer(app));
    },
    koa: () => Promise.resolve(createServer(new Koa().callback())),
    fastify: async () => {
      const app = Fastify();
      cleanUp(() => app.close());
      await app.listen({ port: 0, host: "127.0.0.1" });
      return app.server;
    },
  };

  test.each(Object.entries(servers))("%s: sockets are gated and counted", async (_name, create) => {
    const state = await live();
    const maintenance = maintenanceMode({ state });
    const server = await create(maintenanceMiddleware(maintenance));
    new WebSocketServer({ server, path: "/live" }).on("connection", (socket) => {
      socket.on("message", (data) => socket.send(String(data)));
    });
    guardUpgrade(server, maintenance);
    const port = await listen(server);
    const socket = await expectEcho(await open(port));
    expect(countOf(state).streams).toBe(1);
    await state.set({ mode: "on" });
    expect(await open(port)).toBe(503);
    await expectEcho(socket, "still here");
  });

  test("an app that asks its middleware about an upgrade has it counted once", async () => {
    const state = await live();
    const maintenance = maintenanceMode({ state });
    const gate = maintenanceMiddleware(maintenance);
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    server.on("upgrade", (req, socket, head) => {
      gate(req, { writeHead() {}, end() {} }, () => sockets.handleUpgrade(req, socket, head, () => {}));
    });
    guardUpgrade(server, maintenance);
    expect(await open(await listen(server))).toBeInstanceOf(WebSocket);
    expect(countOf(state)).toEqual({ inFlight: 0, before: 0, streams: 1 });
  });
});

test("guardUpgrade() refuses what is no server", () => {
  expect(() => guardUpgrade({} as never, maintenanceMode())).toThrow(
    /"server" must be a server of node:http or node:https/,
  );
});

test.each([
  [
    { closeStreams: 1 },
    'Cannot put the gate in front of the handler: "closeStreams" must be a boolean or an object such as { "afterMs": 5000 }, received 1',
  ],
  [
    { closeStreams: { afterMs: -1 } },
    'Cannot put the gate in front of the handler: "closeStreams.afterMs" must be an integer from 0 to 2147483647 in milliseconds, received -1',
  ],
  [
    { closeStreams: { close: 1 } },
    'Cannot put the gate in front of the handler: "closeStreams.close" must be a function, received 1',
  ],
  [
    { closeStreams: { after: 1 } },
    'Cannot put the gate in front of the handler: unknown name "after" in closeStreams: did you mean "afterMs"?',
  ],
])("guardUpgrade() refuses %o", (options, message) => {
  const guard = () => guardUpgrade(createServer(), maintenanceMode(), options as object);
  expect(guard).toThrow(optionError(message));
});
