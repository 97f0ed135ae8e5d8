// One process of the site: `app.ts <kind> <name> <ledger> <store> <port>` in Node, Deno or Bun. A `web` process has a helper
// of this package in front of its app. One that is called `by-hand`, in Node, asks the gate in its own handler.
//
// It listens at once, without waiting for the state. It ends in good order on SIGTERM, and when its parent is gone.
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { createServerAdapter } from "@whatwg-node/server";
import { liveState } from "../../src/state.ts";
import { maintenanceMode } from "../../src/index.ts";
import { openLedger } from "./_ledger.ts";
import { endInOrder, openStore } from "./_store.ts";

const [kind, name, ledgerPath, storeUrl, port] = process.argv.slice(2) as [string, string, string, string, string];
const ledger = openLedger(ledgerPath);

// On a busy machine the start may take a while, and no request is to be let in because of that.
const state = liveState(await openStore(storeUrl), { startTimeoutMs: 20_000 });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], headers: { "x-maintenance": "on" } });

let requests = 0;
let isEnding = false;
const encoder = new TextEncoder();

function streamOf(pull: () => Promise<Uint8Array | undefined>, cancel: () => void): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const chunk = await pull();
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
    cancel,
  }, { highWaterMark: 0 });
}

/** A body that is sent little by little; the request ends with it. */
function trickle(ms: number, end: () => void): ReadableStream<Uint8Array> {
  let left = 10;
  return streamOf(async () => {
    await setTimeout(ms / 10);
    if (left-- > 0) return encoder.encode("x".repeat(2_000));
    end();
    return undefined;
  }, end);
}

/** Writes down a stream or a socket that has been opened. Returns a function that writes down its end. */
function open(detail: string): () => void {
  const number = ++requests;
  let isOver = false;
  ledger.write("open", name, number, detail);
  return () => {
    if (!isOver) ledger.write("close", name, number);
    isOver = true;
  };
}

/** A stream of events, as long as a browser listens before it comes again. */
function events(close: () => void): ReadableStream<Uint8Array> {
  let left = 15;
  return streamOf(async () => {
    await setTimeout(200);
    if (left-- > 0 && !isEnding) return encoder.encode("data: tick\n\n");
    close();
    return undefined;
  }, close);
}

async function app(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/health") return new Response("healthy");
  if (pathname === "/events") {
    return new Response(events(open("GET /events")), { headers: { "content-type": "text/event-stream" } });
  }

  const number = ++requests;
  const ms = Number(searchParams.get("ms") ?? 0);
  ledger.write("begin", name, number, `${request.method} ${pathname}`);
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    ledger.write("end", name, number);
  };
  if (pathname === "/download") return new Response(trickle(ms, end));
  try {
    if (request.method === "POST") {
      ledger.write("write", name, number, "begun");
      // A client that has gone away does not keep the rest from being done.
      await request.arrayBuffer().catch(() => {});
    }
    if (ms > 0) await setTimeout(ms);
    if (request.method === "POST") ledger.write("write", name, number, "committed");
    return new Response(`the site, by ${name}`);
  } finally {
    end();
  }
}

/** What is used of the `Deno` global. */
interface DenoServe {
  upgradeWebSocket(request: Request): { socket: WebSocket; response: Response };
  serve(
    options: { port: number; hostname: string; onListen(): void },
    handler: (request: Request, info: never) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
}

/** What is used of the `Bun` global. */
interface BunServe {
  serve(options: {
    websocket: { message(): void; close(socket: { data: () => void }): void };
    port: number;
    hostname: string;
    idleTimeout: number;
    fetch(request: Request, server: never): unknown;
  }): { stop(): Promise<void> };
}

interface BunServer {
  upgrade(request: Request, options: { data: () => void }): boolean;
}

/** Starts to listen, and returns what ends that, as soon as all that was let in is finished. */
async function listen(): Promise<() => Promise<unknown>> {
  const { Deno, Bun } = globalThis as { Deno?: DenoServe; Bun?: BunServe };
  const address = { port: Number(port), hostname: "127.0.0.1" };
  if (Deno !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/deno.ts");
    const server = Deno.serve(
      { ...address, onListen() {} },
      withMaintenance(maintenance, (request: Request) => {
        if (new URL(request.url).pathname !== "/socket") return app(request);
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onclose = open("GET /socket");
        return response;
      }),
    );
    return () => server.shutdown();
  }
  if (Bun !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/bun.ts");
    const server = Bun.serve({
      ...address,
      idleTimeout: 60,
      websocket: { message() {}, close: ({ data }) => data() },
      fetch: withMaintenance(maintenance, (request: Request, server) => {
        if (new URL(request.url).pathname !== "/socket") return app(request);
        return void (server as unknown as BunServer).upgrade(request, { data: open("GET /socket") });
      }),
    });
    return () => server.stop();
  }
  const { withMaintenance } = await import("../../src/hosts/node.ts");
  const { guardUpgrade } = await import("../../src/hosts/connect.ts");
  const { WebSocketServer } = await import("ws");
  const byHand = createServerAdapter((request: Request) => maintenance(request) ?? app(request));
  const server = createServer(kind === "by-hand" ? byHand : withMaintenance(maintenance, app));
  server.keepAliveTimeout = 60_000;
  const sockets = new WebSocketServer({ server, path: "/socket" });
  sockets.on("connection", (socket) => {
    // A visitor who leaves without a word is no fault.
    socket.on("error", () => {}).on("close", open("GET /socket"));
  });
  guardUpgrade(server, maintenance);
  await new Promise<void>((resolve) => server.listen(address.port, address.hostname, resolve));
  return () => {
    // nginx keeps connections, and sends further requests on them.
    setInterval(() => server.closeIdleConnections(), 20).unref();
    void setTimeout(3_000, undefined, { ref: false }).then(() => server.closeAllConnections());
    return new Promise((resolve) => server.close(resolve));
  };
}

const stop = await listen();
process.stdout.write("listening\n");

endInOrder(state, () => {
  isEnding = true;
  return stop();
});
