// A process of a site that follows a store: `site.fixture.ts <store> <settings as JSON>`. It prints where it listens.
// `/held` prints "held", and is answered after the line "release" on stdin, `/events` is an event stream, anything else says
// "hello", also to a WebSocket.
// The setting `kind` makes it another process: one that calls its gate by hand, a worker, or one that only watches. A worker
// begins a job at the line "work", prints "held", and ends it at the line "release". With `leaves`, SIGTERM closes the state.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { createServerAdapter } from "@whatwg-node/server";
import { WebSocketServer } from "ws";
import { guardUpgrade } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import type { MaintenanceStore } from "../../src/state.ts";
import { fileStore } from "../../src/stores/file.ts";
import { redisStore } from "../../src/stores/redis.ts";

const [url, json] = process.argv.slice(2) as [string, string];
const { skewMs = 0, staff = false, kind = "site", leaves = false, ...options } = JSON.parse(json) as {
  skewMs?: number;
  staff?: boolean;
  leaves?: boolean;
  kind?: "site" | "by-hand" | "worker" | "worker-untracked" | "worker-idle" | "watcher" | "old-version";
};

if (skewMs !== 0) {
  const now = Date.now;
  Date.now = () => now() + skewMs;
}

async function open(): Promise<MaintenanceStore> {
  if (!url.startsWith("redis:")) return fileStore(url);
  const { createClient } = await import("redis");
  return redisStore(await createClient({ url }).connect());
}

/** A store of which the processes do not report what they count, as those of earlier versions. */
function withoutCounts(store: MaintenanceStore): MaintenanceStore {
  const instances = store.instances!;
  const put: typeof instances.put = (id, text, ttl) => {
    const { counts: _, uncounted: __, ...record } = JSON.parse(text);
    return instances.put(id, JSON.stringify(record), ttl);
  };
  return { ...store, instances: { list: () => instances.list(), delete: (id) => instances.delete(id), put } };
}

const store = await open();
const state = liveState(kind === "old-version" ? withoutCounts(store) : store, {
  ...(kind === "watcher" && { counts: "nothing" }),
  ...(kind === "worker-idle" && { counts: "work" }),
});
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

/** Asks the gate by hand, as people do in a framework that has no helper. */
const byHand = createServerAdapter((request: Request) => maintenance(request) ?? respond(request));

async function work(): Promise<void> {
  console.log("held");
  await released;
}

const server = createServer(
  kind === "site" || kind === "old-version"
    ? withMaintenance(maintenance, respond, staff ? { isStaff: () => false } : {})
    : kind === "by-hand"
    ? byHand
    : () => {},
);
if (kind === "site") {
  guardUpgrade(server, maintenance);
  new WebSocketServer({ server }).on("connection", (socket) => socket.send("hello"));
}
createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "release") release();
  if (line === "work") void (kind === "worker-untracked" ? work() : state.track(work, { name: "send mail" }));
});
if (leaves) {
  process.once("SIGTERM", () => void state.close().then(() => process.exit()));
}
await state.ready;
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
