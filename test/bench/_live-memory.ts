/**
 * What an idle live state keeps in memory: `_live-memory.ts <memory | url of Redis> <how many>`, with the garbage
 * collector at hand. Prints the bytes for each, of the heap and of the process.
 */
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { type LiveState, liveState, type MaintenanceStore } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { redisStore } from "../../src/stores/redis.ts";

const [kind, count] = process.argv.slice(2) as [string, string];
const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(isSynchronous: boolean): void } };

let key = 0;
let open: () => MaintenanceStore = () => memoryStore();
if (kind !== "memory") {
  const { createClient } = await import("redis");
  const client = await createClient({ url: kind }).connect();
  // Each store listens to it.
  client.setMaxListeners(0);
  open = () => redisStore(client, { key: `live-${key++}` });
}

const live: LiveState[] = [];
async function make(count: number): Promise<void> {
  for (let i = 0; i < count; i++) live.push(await liveState(open()).ready);
}

async function measure(): Promise<{ heap: number; rss: number }> {
  for (let i = 0; i < 5; i++) {
    Bun === undefined ? gc!() : Bun.gc(true);
    await setTimeout(50);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

// The first ones also pay for the code.
await make(20);
const before = await measure();
await make(Number(count));
const after = await measure();
const each = (name: "heap" | "rss") => (after[name] - before[name]) / Number(count);
console.log(JSON.stringify({ heap: each("heap"), rss: each("rss"), live: live.length }));
process.exit();
