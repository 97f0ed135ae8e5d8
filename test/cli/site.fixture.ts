// A process of a site that follows a store: `site.fixture.ts <store> <settings as JSON>`. It prints where it listens.
// `/held` prints "held", and is answered after the line "release" on stdin, `/events` is an event stream, anything else says "hello".
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import type { MaintenanceStore } from "../../src/state.ts";
import { fileStore } from "../../src/stores/file.ts";
import { redisStore } from "../../src/stores/redis.ts";

const [url, json] = process.argv.slice(2) as [string, string];
const { skewMs = 0, staff = false, ...options } = JSON.parse(json) as { skewMs?: number; staff?: boolean };

if (skewMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + skewMs;
}

async function open(): Promise<MaintenanceStore> {
  if (!url.startsWith("redis:")) return fileStore(url);
  const { createClient } = await import("redis");
  return redisStore(await createClient({ url }).connect());
}

const state = liveState(await open());
const maintenance = maintenanceMode({ ...options, state });
let release: () => void = () => {};
const released = new Promise<void>((resolve) => release = resolve);

async function respond(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/events") {
    return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(":\n\n")) }), {
      headers: { "content-type": "text/event-stream" },
    });
  }
  if (pathname === "/held") {
    console.log("held");
    await released;
  }
  return new Response("hello");
}

const server = createServer(withMaintenance(maintenance, respond, staff ? { isStaff: () => false } : {}));
createInterface({ input: process.stdin }).on("line", (line) => line === "release" && release());
await state.ready;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
