/**
 * A server that closes streams: `close-streams.fixture.ts <kind> <afterMs>`, the first a key of `servers` below.
 *
 * It prints its port. For each mode that it reads it sets a state. It prints `stopped` when the app hears that an event stream
 * has ended, and what `count` asks for. `/slow` is answered after `release`.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { pipeline, Readable } from "node:stream";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { createGuard, withMaintenance as fetchWithMaintenance } from "../../src/hosts/fetch.ts";
import { type MaintenanceMode, maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

/** How long a stream stays open after maintenance has begun, in milliseconds. */
const GRACE_MS = Number(process.argv[3]);

const state = liveState(memoryStore());
const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
const maintenance = maintenanceMode({ state });

function events(isStaff: boolean): Response {
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new TextEncoder().encode("data: tick\n\n")), 5);
    },
    cancel() {
      clearInterval(timer);
      if (!isStaff) console.log("stopped");
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

interface Globals {
  readonly Bun: { serve(options: object): { port: number } };
  readonly Deno: {
    serve(options: object, handler: (request: Request, info: never) => unknown): { addr: { port: number } };
    upgradeWebSocket(request: Request): { socket: WebSocket; response: Response };
  };
}
const { Bun, Deno } = globalThis as unknown as Globals;

function app(request: Request): Response | Promise<Response> {
  const { pathname } = new URL(request.url);
  const isStaff = request.headers.get("cookie") === "staff";
  if (pathname === "/events") return events(isStaff);
  if (pathname === "/events-async") return Promise.resolve().then(() => events(isStaff));
  if (pathname.startsWith("/ws")) {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.addEventListener("message", ({ data }) => socket.send(data));
    return pathname === "/ws-async" ? Promise.resolve(response) : response;
  }
  return pathname === "/slow" ? released.then(() => new Response("slow")) : new Response("text");
}

let release = () => {};
const released = new Promise<void>((resolve) => release = resolve);

const isStaff = (request: Request) => request.headers.get("cookie") === "staff";
const peerIp = (_request: Request, { remoteAddr }: { remoteAddr: { hostname: string } }) => remoteAddr.hostname;
const options = { closeStreams: { afterMs: GRACE_MS }, isStaff };
// Deno forgets the address of a WebSocket.
const IN_DENO = "Deno" in globalThis ? { peerIp, trustProxy: [] } : {};
const withInfo = (request: Request, _info: Parameters<typeof peerIp>[1]) => app(request);

const guard = createGuard(maintenance, { ...options, ...IN_DENO });
const guarded = (request: Request, info: never) =>
  guard(request, {
    next: app,
    host: info,
    finished: (info as { completed: Promise<unknown> }).completed.catch(() => {}),
  });

/** Listens, and returns the port. */
const servers: Record<string, () => number | Promise<number>> = {
  deno: () => Deno.serve({ port: 0, onListen() {} }, denoWithMaintenance(maintenance, app, options)).addr.port,
  "deno-fetch": () =>
    Deno.serve({ port: 0, onListen() {} }, fetchWithMaintenance(maintenance, withInfo, { ...options, ...IN_DENO })).addr
      .port,
  "deno-guard": () => Deno.serve({ port: 0, onListen() {} }, guarded).addr.port,
  bun: () => Bun.serve({ port: 0, idleTimeout: 60, fetch: bunWithMaintenance(maintenance, app, options) }).port,
  "bun-fetch": () =>
    Bun.serve({ port: 0, idleTimeout: 60, fetch: fetchWithMaintenance(maintenance, app, options) }).port,
  async "node-fetch"() {
    const handler = fetchWithMaintenance(maintenance, app, options);
    const server = createServer(async (req, res) => {
      const headers = req.headers.cookie === undefined ? {} : { cookie: req.headers.cookie };
      const response = await handler(new Request(`http://127.0.0.1${req.url}`, { headers }));
      res.writeHead(response.status, Object.fromEntries(response.headers));
      pipeline(Readable.fromWeb(response.body as never), res, () => {});
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  },
};

console.log(await servers[process.argv[2]!]!());
for await (const line of createInterface({ input: process.stdin })) {
  if (line === "count") console.log(JSON.stringify(tracker!.count()));
  else if (line === "release") release();
  else await state.set({ mode: line as MaintenanceMode });
}
process.exit();
