/** What a request pays while a live state is followed, and what that keeps in memory. */
import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { MaintenanceContext } from "../../src/index.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { hasRedis, startRedis } from "../stores/_redis.ts";
import { BROWSERS, freshRequests } from "./_browsers.ts";
import { assertAgreement, type Contender, fail, report, run, RUNTIME, SMOKE, tabulate } from "./_harness.ts";
import { collect, RUNTIMES } from "./_runtimes.ts";

interface Input {
  readonly request: Request;
  readonly ctx: MaintenanceContext;
}

const requests = freshRequests(BROWSERS)(64);
let next = 0;

// A Request is much dearer than the work: 64 of them take turns.
function inputs(count: number): Input[] {
  return Array.from({ length: count }, () => {
    const request = requests[next++ % requests.length]!;
    return { request, ctx: { clientIp: "203.0.113.9" } };
  });
}

const disabled = maintenanceMode({ enabled: false });
const off = await liveState(memoryStore()).ready;
const ended = await liveState(memoryStore('{ "mode": "on", "end": "2020-01-01T00:00:00Z" }')).ready;
const elsewhere = await liveState(memoryStore('{ "mode": "on", "urls": ["/admin/*"] }')).ready;
const readOnly = await liveState(memoryStore('{ "mode": "read-only" }')).ready;

function contender(name: string, role: Contender<Input>["role"], gate: typeof disabled): Contender<Input> {
  return { name, role, run: ({ request, ctx }) => gate(request, ctx) };
}

const idle = [
  contender("enabled: false", "limit", disabled),
  contender("enabled: () => false", "peer", maintenanceMode({ enabled: () => false })),
  contender("live state, off", "gate", maintenanceMode({ state: off })),
];
const inForce = [
  contender("enabled: false", "limit", disabled),
  contender("live state, on until yesterday", "gate", maintenanceMode({ state: ended })),
  contender("live state, on for another part of the site", "gate", maintenanceMode({ state: elsewhere })),
  contender("live state, read-only", "gate", maintenanceMode({ state: readOnly })),
];
assertAgreement("live", [...idle, ...inForce], inputs(64), ({ request }) => request.url);

/** What is measured in a process of its own, with the garbage collector at hand. */
async function measureMemory(kind: string): Promise<{ heap: number; rss: number }> {
  const [command, ...flags] = RUNTIMES[RUNTIME];
  const expose = RUNTIME === "node" ? ["--expose-gc"] : RUNTIME === "deno" ? ["--v8-flags=--expose-gc"] : [];
  const file = fileURLToPath(new URL("./_live-memory.ts", import.meta.url));
  const args = [...flags, ...expose, file, kind, SMOKE ? "2" : "200"];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NO_COLOR: "1" } });
  return JSON.parse(await collect(child, "_live-memory.ts")) as { heap: number; rss: number };
}

const tables = [
  await run({ title: "a request while a live state is off", contenders: idle, inputs, target: { ratio: 1.1 } }),
  await run({ title: "a request that a live state in force lets through", contenders: inForce, inputs }),
];

const ROUNDS = SMOKE ? 1 : 3;
async function weigh(kind: string): Promise<{ heap: number[]; rss: number[] }> {
  const heap: number[] = [];
  const rss: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const each = await measureMemory(kind);
    heap.push(each.heap / 1_024);
    rss.push(each.rss / 1_024);
  }
  return { heap, rss };
}

const target = { below: 1_024 };
const memory = await weigh("memory");
const weights = [
  { name: "a memory store, heap", role: "peer" as const, samples: memory.heap },
  { name: "a memory store, process", role: "gate" as const, samples: memory.rss, target },
];
const notes: string[] = [];
if (hasRedis()) {
  await using redis = await startRedis();
  const onRedis = await weigh(redis.url);
  weights.push(
    { name: "a Redis store with its connection, heap", role: "peer" as const, samples: onRedis.heap },
    { name: "a Redis store with its connection, process", role: "gate" as const, samples: onRedis.rss, target },
  );
} else notes.push("redis-server is not installed");
tables.push(tabulate("an idle live state, beyond the client that its store is given", "KiB", weights));

if (tables.length !== 3) fail("live: a table is missing");
report(tables, notes);
await Promise.all([off, ended, elsewhere, readOnly].map((state) => state.close()));
process.exit();
