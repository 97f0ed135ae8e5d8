/**
 * A server whose requests are counted: `in-flight.fixture.ts <kind>`, a key of `servers` below.
 *
 * It prints where it listens, and an answer for each line that it reads: `count`, `release` what is held, `gc`, or a
 * mode. What follows the last slash of a path says what becomes of the request.
 *
 * With ANNOUNCED in its environment, maintenance is planned while it is off: a header field is added to each response.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance as fetchWithMaintenance } from "../../src/hosts/fetch.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode, type MaintenanceState } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const state = liveState(memoryStore());
const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
const isAnnounced = process.env.ANNOUNCED !== undefined;
const maintenance = maintenanceMode({
  state,
  ...(isAnnounced && { announce: { before: Number.MAX_SAFE_INTEGER, header: "Maintenance" } }),
});
const OFF: MaintenanceState = isAnnounced ? { mode: "on", start: "2999-01-01T00:00:00Z" } : { mode: "off" };

let held: (() => void)[] = [];
const released = () => new Promise<void>((resolve) => held.push(resolve));

const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
const CHUNK = "x".repeat(65_536);

function streamed(end?: Promise<void>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode("begun\n"));
      end?.then(() => {
        controller.enqueue(encoder.encode("ended\n"));
        controller.close();
      }).catch(() => {}); // It was cancelled.
    },
  });
}

/** The app as a fetch handler. */
function respond(request: Request): Response | Promise<Response> {
  switch (new URL(request.url).pathname.split("/").at(-1)) {
    case "held":
      return released().then(() => new Response("held"));
    case "stream":
      return new Response(streamed(released()));
    case "stream-async":
      return Promise.resolve().then(() => new Response(streamed(released())));
    case "flood": {
      const chunk = new TextEncoder().encode(CHUNK);
      return new Response(new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }));
    }
    case "sse":
      return new Response(streamed(), { headers: EVENTS });
    case "sse-async":
      return Promise.resolve().then(() => new Response(streamed(), { headers: EVENTS }));
    case "never":
      return new Promise(() => {});
    case "throw":
      throw new Error("thrown");
    case "reject":
      return Promise.reject(new Error("rejected"));
    case "204":
      return new Response(null, { status: 204 });
    case "304":
      return new Response(null, { status: 304 });
    default:
      return new Response("text");
  }
}

/** The same for Node. */
async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const name = req.url?.split("?")[0]?.split("/").at(-1);
  switch (name) {
    case "held":
      await released();
      return void res.end("held");
    case "stream":
    case "stream-async":
      res.write("begun\n");
      await released();
      return void res.end("ended\n");
    case "flood": {
      const fill = () => {
        while (!res.destroyed && res.write(CHUNK));
      };
      res.on("drain", fill);
      return fill();
    }
    case "sse":
      res.writeHead(200, EVENTS);
      return void res.write("begun\n");
    case "sse-async":
      await Promise.resolve();
      res.setHeader("Content-Type", "text/event-stream");
      return void res.write("begun\n");
    case "never":
      return;
    case "throw":
    case "reject":
      return void res.destroy();
    case "204":
    case "304":
      res.writeHead(Number(name));
      return void res.end();
    default:
      return void res.end("text");
  }
}

interface BunServer {
  readonly port: number;
  upgrade(request: Request): boolean;
  requestIP(request: Request): { address: string } | null;
}

interface Globals {
  readonly Bun: {
    gc(force: boolean): void;
    serve(options: {
      [name: string]: unknown;
      fetch: (request: Request, server: BunServer) => unknown;
    }): BunServer;
  };
  readonly Deno: {
    serve(options: object, handler: (request: Request, info: never) => unknown): { addr: { port: number } };
    upgradeWebSocket(request: Request): { response: Response };
  };
  readonly gc?: () => void;
}
const { Bun, Deno, gc = () => Bun.gc(true) } = globalThis as unknown as Globals;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function withExpress(): Promise<Server> {
  const { default: express } = await import("express");
  const app = express();
  app.use("/app", maintenanceMiddleware(maintenance));
  app.use((req: IncomingMessage, res: ServerResponse) => void serve(req, res));
  return createServer(app);
}

function serveBun(options: object): BunServer {
  return Bun.serve({
    development: false,
    idleTimeout: 0,
    websocket: { message() {} },
    error: () => new Response("failed", { status: 500 }),
    fetch: bunWithMaintenance(maintenance, (request: Request, server: BunServer) => {
      const path = new URL(request.url).pathname;
      if (path.endsWith("/ws")) return server.upgrade(request) ? undefined : new Response("refused", { status: 400 });
      if (path.endsWith("/ws-empty")) return server.upgrade(request) && new Response(null);
      if (path.endsWith("/ws-async")) return Promise.resolve().then(() => void server.upgrade(request));
      return respond(request);
    }),
    ...options,
  });
}

function serveDeno(): number {
  const handler = denoWithMaintenance(maintenance, (request: Request) => {
    const path = new URL(request.url).pathname;
    if (path.endsWith("/ws")) return Deno.upgradeWebSocket(request).response;
    if (path.endsWith("/ws-async")) {
      const { response } = Deno.upgradeWebSocket(request);
      return Promise.resolve().then(() => response);
    }
    return respond(request);
  });
  return serveDenoWith(handler);
}

function serveDenoWith(handler: (request: Request, info: never) => unknown): number {
  const onError = () => new Response("failed", { status: 500 });
  return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {}, onError }, handler).addr.port;
}

const servers: Record<string, () => unknown> = {
  deno: serveDeno,
  bun: () => serveBun({ port: 0, hostname: "127.0.0.1" }).port,
  // As a router does that knows nothing of its host.
  "fetch-deno": () => serveDenoWith(fetchWithMaintenance(maintenance, respond)),
  "fetch-bun": () =>
    serveBun({ port: 0, hostname: "127.0.0.1", fetch: fetchWithMaintenance(maintenance, respond) }).port,
  "fetch-node": async () => {
    const { getRequestListener } = await import("@hono/node-server");
    const errorHandler = () => new Response("failed", { status: 500 });
    return listen(createServer(getRequestListener(fetchWithMaintenance(maintenance, respond), { errorHandler })));
  },
  "bun-unix": () => {
    serveBun({ unix: process.argv[3] });
    return process.argv[3];
  },
  node: () => {
    // An error of the app is logged, which is as it should be.
    console.error = () => {};
    return listen(createServer(withMaintenance(maintenance, respond) as (req: object, res: object) => void));
  },
  express: async () => listen(await withExpress()),
  http2: () => {
    const gate = maintenanceMiddleware(maintenance);
    const listener = (req: never, res: never) => gate(req, res, () => void serve(req, res));
    return listen(createHttp2Server(listener as never) as unknown as Server);
  },
};

const commands: Record<string, () => unknown> = {
  count: () => ({
    ...tracker!.count(),
    kinds: tracker!.list().map(({ kind, request }) => `${kind} ${request.method} ${request.url?.split("/").at(-1)}`),
  }),
  release: () => {
    for (const release of held) release();
    held = [];
    return {};
  },
  gc: () => gc() ?? {},
  on: () => state.set({ mode: "on" }),
  off: () => state.set(OFF),
};

await state.ready;
await state.set(OFF);
console.log(JSON.stringify({ address: await servers[process.argv[2]!]!() }));
createInterface({ input: process.stdin })
  .on("line", async (line) => console.log(JSON.stringify(await commands[line]!())))
  // The parent is gone.
  .on("close", () => process.exit());
