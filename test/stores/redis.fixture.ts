// A process that uses the store. It takes commands on stdin, one line of JSON each, and answers on stdout. It runs on Node,
// Deno and Bun. Arguments: the kind of client, the URL of the server, and its process id.
import { execFileSync } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import type { MaintenanceStore, Unwatch } from "../../src/types/store.ts";
import { makeChanges } from "./_changes.ts";
import { type RedisClient, redisStore } from "../../src/stores/redis.ts";

const [kind, url, pid] = process.argv.slice(2) as [string, string, string];

/** A client to close beside the stores. */
interface Client {
  client: RedisClient;
  close(): unknown;
}

const clients: Record<string, () => Promise<Client>> = {
  async redis() {
    const { createClient } = await import("redis");
    const client = await createClient({ url }).connect();
    return { client, close: () => client.destroy() };
  },
  async ioredis() {
    const { Redis } = await import("ioredis");
    const client = new Redis(url);
    return { client, close: () => client.disconnect() };
  },
  async "redis cluster"() {
    const { createCluster } = await import("redis");
    const cluster = createCluster({ rootNodes: [{ url }], defaults: { password: new URL(url).password } });
    await cluster.connect();
    return { client: cluster, close: () => cluster.destroy() };
  },
  async "ioredis cluster"() {
    const { Cluster } = await import("ioredis");
    const redisOptions = { password: new URL(url).password };
    const cluster = new Cluster([{ host: "127.0.0.1", port: Number(new URL(url).port) }], { redisOptions });
    return { client: cluster, close: () => cluster.disconnect() };
  },
  // deno-lint-ignore require-await
  async bun() {
    const client = new (globalThis as unknown as { Bun: { RedisClient: new (url: string) => BunClient } }).Bun
      .RedisClient(url);
    return { client, close: () => client.close() };
  },
};

interface BunClient {
  connected: boolean;
  send(command: string, args: string[]): Promise<unknown>;
  duplicate(): Promise<BunClient>;
  close(): void;
}

const { client, close } = await clients[kind]!();
const stores = new Map<string, MaintenanceStore>();
const watches = new Map<string, Unwatch>();
// This store stays open: without a store, the first error of the client ends the process.
const keeper = redisStore(client);

function cli(...args: string[]): string {
  const env = { ...process.env, REDISCLI_AUTH: new URL(url).password };
  return execFileSync("redis-cli", ["-p", new URL(url).port, ...args], { env, encoding: "utf8" });
}

/** Holds the store against the contract, each case with a key of its own, and gives the ones it breaks. */
async function contract(): Promise<{ count: number; broken: string[] }> {
  const { storeContract } = await import("../../src/testing.ts");
  let key = 0;
  const cases = await storeContract(() => {
    const options = { key: `contract-${++key}` };
    const store = redisStore(client, options);
    return {
      store,
      another: () => redisStore(client, options),
      put: (text) => cli("set", options.key, text),
      remove: () => cli("del", options.key),
      interrupt() {
        process.kill(Number(pid), "SIGSTOP");
        return () => void process.kill(Number(pid), "SIGCONT");
      },
    };
  });
  const broken: string[] = [];
  for (const { name, run } of cases) {
    // Redis does not push changes made by hand to these clients.
    if (redisStore(client).pollIntervalMs === 1_000 && name.startsWith("watch() reports what another program writes")) {
      continue;
    }
    await run().catch((error) => broken.push(`${name}: ${error?.stack ?? error}: ${error?.cause ?? ""}`));
  }
  return { count: cases.length, broken };
}

const commands: Record<string, (id: string, ...args: never[]) => unknown> = {
  contract,
  open: (id, options: { key?: string }) => void stores.set(id, redisStore(client, options)),
  name: (id) => stores.get(id)!.name,
  hearsAll: (id) => stores.get(id)!.pollIntervalMs === 3_000,
  read: (id, abortAfterMs?: number) =>
    stores.get(id)!.read(
      abortAfterMs === undefined ? new AbortController().signal : AbortSignal.timeout(abortAfterMs),
    ),
  write: (id, text: string) => stores.get(id)!.write!(text),
  replace: (id, text: string, expected: string | undefined) => stores.get(id)!.replace!(text, expected ?? undefined),
  async watch(id) {
    watches.set(
      id,
      await stores.get(id)!.watch!(
        () => say({ id, changed: true }),
        (error) => say({ id, failed: String(error) }),
      ),
    );
  },
  unwatch: (id) => watches.get(id)!(),
  put: (id, name: string, record: string, ttlMs: number) => stores.get(id)!.instances!.put(name, record, ttlMs),
  list: (id) => stores.get(id)!.instances!.list(),
  makeChanges: (id, count: number) => makeChanges(stores.get(id)!, count),
  async close() {
    for (const store of stores.values()) await store.close!();
    stores.clear();
  },
  /** Closes everything. What stays open after this keeps the process from ending. */
  async finish() {
    for (const store of stores.values()) await store.close!();
    keeper.close();
    await close();
    lines.close();
    process.stdin.destroy();
  },
};

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const [number, command, id, ...args] = JSON.parse(line) as [number, string, string, ...never[]];
  try {
    say({ number, value: await commands[command]!(id, ...args) });
  } catch (error) {
    // All that anybody could print of it.
    const cause = error instanceof Error && error.cause !== undefined ? JSON.stringify(error.cause) : "";
    say({ number, error: `${error}${JSON.stringify(error)}${cause}` });
  }
});
say({ ready: true });
