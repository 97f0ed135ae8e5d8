import { once } from "node:events";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { describe, expect, test } from "vitest";
import type WebSocket from "ws";
import { guardUpgrade } from "../../src/hosts/connect.ts";
import { maintenanceMode } from "../../src/index.ts";
import { until } from "../_until.ts";
import { countOf, echo, expectEcho, listen, live, open, raw } from "./_upgrade.ts";

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
    const { port } = await echo(state, { options: { closeStreams: { afterMs: 2_000 } } });
    const socket = await expectEcho(await open(port));
    await state.set({ mode: "on" });
    // The gate looks once a second.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await expectEcho(socket, "in the grace");
    await state.set({ mode: "off" });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await expectEcho(socket, "not closed");
    await state.set({ mode: "on" });
    expect(await closed(socket)).toBe(1012);
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
