// One process of the site: `app.ts <port> <name> <ledger> <store>` in Node, Deno or Bun. The store is `file:<path>`, or the
// URL of a Redis with the package to use in front: `redis+redis://…` or `ioredis+redis://…`.
//
// It listens at once, without waiting for the state. It ends in good order on SIGTERM, and when its parent is gone.
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { liveState, type MaintenanceStore } from "../../src/state.ts";
import { maintenanceMode } from "../../src/index.ts";
import { openLedger } from "./_ledger.ts";

const [port, name, ledgerPath, storeUrl] = process.argv.slice(2) as [string, string, string, string];
const ledger = openLedger(ledgerPath);

async function openStore(): Promise<MaintenanceStore> {
  if (storeUrl.startsWith("file:")) {
    const { fileStore } = await import("../../src/stores/file.ts");
    return fileStore(storeUrl.slice("file:".length));
  }
  const { redisStore } = await import("../../src/stores/redis.ts");
  const url = storeUrl.slice(storeUrl.indexOf("+") + 1);
  if (storeUrl.startsWith("ioredis+")) {
    const { Redis } = await import("ioredis");
    return redisStore(new Redis(url));
  }
  const { createClient } = await import("redis");
  return redisStore(await createClient({ url }).connect());
}

// On a busy machine the start may take a while, and no request is to be let in because of that.
const state = liveState(await openStore(), { startTimeoutMs: 20_000 });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/health"], headers: { "x-maintenance": "on" } });

let requests = 0;
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

/** A stream that never ends. It says whether it was cancelled to nobody: nobody is to wait for it. */
function events(): ReadableStream<Uint8Array> {
  return streamOf(async () => {
    await setTimeout(200);
    return encoder.encode("data: tick\n\n");
  }, () => {});
}

async function app(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  // Neither is waited for, nor written down.
  if (pathname === "/health") return new Response("healthy");
  if (pathname === "/events") return new Response(events(), { headers: { "content-type": "text/event-stream" } });

  const number = ++requests;
  const ms = Number(searchParams.get("ms") ?? 0);
  ledger.write("begin", name, number, `${request.method} ${pathname}`);
  let isOver = false;
  const end = () => {
    if (!isOver) ledger.write("end", name, number);
    isOver = true;
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
  serve(
    options: { port: number; hostname: string; onListen(): void },
    handler: (request: Request, info: never) => Response | Promise<Response>,
  ): { shutdown(): Promise<void> };
}

/** What is used of the `Bun` global. */
interface BunServe {
  serve(options: {
    port: number;
    hostname: string;
    idleTimeout: number;
    fetch(request: Request, server: never): Response | Promise<Response>;
  }): { stop(): Promise<void> };
}

/** Starts to listen, and returns what ends that, as soon as all that was let in is finished. */
async function listen(): Promise<() => Promise<unknown>> {
  const { Deno, Bun } = globalThis as { Deno?: DenoServe; Bun?: BunServe };
  const address = { port: Number(port), hostname: "127.0.0.1" };
  if (Deno !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/deno.ts");
    const server = Deno.serve({ ...address, onListen() {} }, withMaintenance(maintenance, app));
    return () => server.shutdown();
  }
  if (Bun !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/bun.ts");
    const server = Bun.serve({ ...address, idleTimeout: 60, fetch: withMaintenance(maintenance, app) });
    return () => server.stop();
  }
  const { withMaintenance } = await import("../../src/hosts/node.ts");
  const server = createServer(withMaintenance(maintenance, app));
  await new Promise<void>((resolve) => server.listen(address.port, address.hostname, resolve));
  return () => new Promise((resolve) => server.close(resolve));
}

const stop = await listen();
process.stdout.write("listening\n");

process.on("SIGTERM", async () => {
  // Event streams never end: after a while they are ended.
  await Promise.race([stop(), setTimeout(3_000)]);
  await state.close();
  process.exit();
});
process.stdin.on("end", () => process.exit()).resume();
