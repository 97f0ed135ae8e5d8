import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { describe, expect, test, vi } from "vitest";
import type WebSocket from "ws";
import { guardUpgrade, maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import type { LiveState } from "../../src/state.ts";
import { until } from "../_until.ts";
import { cleanUp, countOf, echo, expectEcho, listen, live, open, raw } from "./_upgrade.ts";

describe("closeStreams of guardUpgrade()", () => {
  const closed = async (socket: WebSocket) => (await once(socket, "close"))[0] as number;

  test("without it, sockets stay open", async () => {
    const state = await live();
    const { port } = await echo(state);
    const socket = await expectEcho(await open(port));
    await state.set({ mode: "on" });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await expectEcho(socket);
  });

  test("closes WebSockets with 1012, and leaves those of visitors who may pass", async () => {
    const state = await live();
    const isStaff = (_request: Request, { req }: { req: { headers: object } }) => "x-staff" in req.headers;
    const { port, sockets } = await echo(state, { options: { closeStreams: true, isStaff } });
    const visitor = await expectEcho(await open(port));
    const staff = await expectEcho(await open(port, "/live", { "x-staff": "1" }));
    const [client] = sockets.clients;
    const atServer = once(client!, "close");
    await state.set({ mode: "on" });
    expect(await closed(visitor)).toBe(1012);
    // The app's own library takes part in the closing.
    expect((await atServer)[0]).toBe(1012);
    await expectEcho(staff, "still here");
    expect(countOf(state).streams).toBe(1);
  });

  test("closes the sockets of the closed part alone", async () => {
    const state = await live();
    const { port } = await echo(state, { options: { closeStreams: true } });
    const [shop, blog] = [await expectEcho(await open(port, "/shop")), await expectEcho(await open(port, "/blog"))];
    await state.set({ mode: "on", urls: ["/shop"] });
    expect(await closed(shop)).toBe(1012);
    await expectEcho(blog);
  });

  test("waits, and closes nothing if maintenance is over by then", async () => {
    const state = await live();
    // Time goes by as the test says.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    cleanUp(() => vi.useRealTimers());
    const { port } = await echo(state, { options: { closeStreams: { afterMs: 2_000 } } });
    const socket = await expectEcho(await open(port));
    await state.set({ mode: "on" });
    // The gate looks once a second.
    vi.advanceTimersByTime(1_000 + 1_999);
    await expectEcho(socket, "in the grace");
    await state.set({ mode: "off" });
    vi.advanceTimersByTime(1);
    await expectEcho(socket, "not closed");
    await state.set({ mode: "on" });
    const isClosed = closed(socket);
    vi.advanceTimersByTime(1_000 + 2_000);
    expect(await isClosed).toBe(1012);
  });

  test("asks the app to close its sockets if it has a way of its own", async () => {
    const state = await live();
    const byRequest = new Map<object, WebSocket>();
    const close = ({ req }: { req: object }) => byRequest.get(req)?.close(4000, "back at noon");
    const { port, sockets } = await echo(state, { options: { closeStreams: { close } } });
    sockets.on("connection", (socket, req) => void byRequest.set(req, socket));
    const socket = await expectEcho(await open(port));
    await state.set({ mode: "on" });
    const [code, reason] = await once(socket, "close");
    expect([code, String(reason)]).toEqual([4000, "back at noon"]);
  });

  test("ends the socket of another protocol, and closes it if the client does not", async () => {
    const state = await live();
    const server = createServer();
    server.on("upgrade", (_req, socket: Duplex) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
      socket.on("data", (data) => socket.write(data));
    });
    guardUpgrade(server, maintenanceMode({ state }), { closeStreams: true });
    const socket = raw(await listen(server), { protocol: "echo" });
    socket.allowHalfOpen = true;
    await once(socket, "data");
    await state.set({ mode: "on" });
    await once(socket, "end");
    await until(() => countOf(state).streams === 0, "the socket is not counted any more");
  });
});

describe("closeStreams of the hosts", () => {
  const events = { "content-type": "text/event-stream" };
  type Listener = (req: IncomingMessage, res: ServerResponse) => void;

  /** Listeners that send an event every few milliseconds, and an answer once it is released; and whether an event was stopped. */
  const hosts: Record<string, (state: LiveState, onStop: () => void, released: Promise<void>) => Listener> = {
    "maintenanceMiddleware()": (state, onStop, released) => {
      const gate = maintenanceMiddleware(maintenanceMode({ state }), { closeStreams: true });
      const app: Listener = (req, res) => {
        if (req.url === "/slow") return void released.then(() => res.end("slow"));
        res.writeHead(200, events);
        const timer = setInterval(() => res.write("data: tick\n\n"), 5);
        res.on("close", () => {
          clearInterval(timer);
          onStop();
        });
      };
      return (req, res) => gate(req, res, () => app(req, res));
    },
    "withMaintenance() of /node": (state, onStop, released) => {
      const app = (request: Request) => {
        if (request.url.endsWith("/slow")) return released.then(() => new Response("slow"));
        let timer: ReturnType<typeof setInterval>;
        const body = new ReadableStream({
          start(controller) {
            timer = setInterval(() => controller.enqueue(new TextEncoder().encode("data: tick\n\n")), 5);
          },
          cancel() {
            clearInterval(timer);
            onStop();
          },
        });
        return new Response(body, { headers: events });
      };
      return withMaintenance(maintenanceMode({ state }), app, { closeStreams: true }) as Listener;
    },
  };

  test.each(Object.entries(hosts))("%s: event streams end, and other responses do not", async (_name, create) => {
    const state = await live();
    const stopped = vi.fn();
    let release = () => {};
    const released = new Promise<void>((resolve) => release = resolve);
    const port = await listen(createServer(create(state, stopped, released)));
    const stream = await fetch(`http://127.0.0.1:${port}/events`);
    const slow = fetch(`http://127.0.0.1:${port}/slow`).then((response) => response.text());
    await until(() => countOf(state).inFlight === 1, "the slow request is counted");
    await state.set({ mode: "on" });
    expect(await stream.text()).toMatch(/^(?:data: tick\n\n)+$/);
    await until(() => stopped.mock.calls.length === 1, "the app stops sending events");
    release();
    expect(await slow).toBe("slow");
    await until(() => countOf(state).inFlight + countOf(state).streams === 0, "nothing is counted any more");
  });
});
