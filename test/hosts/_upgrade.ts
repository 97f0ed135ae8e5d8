/** Servers with the gate before their upgrades, and clients. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, expect } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import type { RequestCount, RequestTracker } from "../../src/counting/in-flight.ts";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { guardUpgrade, type GuardUpgradeOptions } from "../../src/hosts/connect.ts";
import { maintenanceMode, type MaintenanceOptions } from "../../src/index.ts";
import { type LiveState, liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
});

/** Calls a function after the test, the last one first. */
export function cleanUp(action: () => unknown): void {
  undo.push(action);
}

/** Listens, and gives the port. */
export async function listen(server: Server): Promise<number> {
  if (!server.listening) await once(server.listen(0, "127.0.0.1"), "listening");
  cleanUp(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A live state over a store of its own. */
export async function live(): Promise<LiveState> {
  const state = await liveState(memoryStore()).ready;
  cleanUp(() => state.close());
  return state;
}

/** What counts the requests of this process. */
export function trackerOf(state: LiveState): RequestTracker {
  return (state as unknown as { [LIVE]: LiveInternals })[LIVE].tracker!;
}

/** How many there are. */
export function countOf(state: LiveState): RequestCount {
  return trackerOf(state).count();
}

/** A server of `ws` that sends back what it gets, with the gate before it. */
export async function echo(
  state: LiveState,
  { gate = {}, options = {} }: { gate?: MaintenanceOptions; options?: GuardUpgradeOptions } = {},
): Promise<{ port: number; sockets: WebSocketServer; server: Server }> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) => socket.on("message", (data) => socket.send(String(data))));
  guardUpgrade(server, maintenanceMode({ state, ...gate }), options);
  return { port: await listen(server), sockets, server };
}

/** Opens a WebSocket; the status of the answer instead, if there is no socket. */
export function open(port: number, path = "/live", headers: Record<string, string> = {}): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
  cleanUp(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve(socket));
    socket.on("unexpected-response", (_request, response: IncomingMessage) => resolve(response.statusCode!));
    socket.on("error", reject);
  });
}

/** Expects that a socket is open and sends back what it gets. */
export async function expectEcho(opened: WebSocket | number, text = "hello"): Promise<WebSocket> {
  expect(opened).toBeInstanceOf(WebSocket);
  const socket = opened as WebSocket;
  socket.send(text);
  const [data] = await once(socket, "message");
  expect(String(data)).toBe(text);
  return socket;
}

/** Sends the head of an upgrade, with whatever follows it at once. */
export function raw(port: number, { path = "/live", protocol = "websocket", fields = "", more = "" } = {}): Socket {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  cleanUp(() => socket.destroy());
  socket.write(
    `GET ${path} HTTP/1.1\r\nhost: site.test\r\nconnection: upgrade\r\nupgrade: ${protocol}\r\n` +
      `sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n${fields}\r\n${more}`,
  );
  return socket;
}
