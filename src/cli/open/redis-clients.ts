import type { RedisClient } from "../../stores/redis.ts";
import { usageError } from "../exit-codes.ts";
import { importPackage, type Module } from "./modules.ts";

/** The longest time to connect, in milliseconds. */
export const CONNECT_TIMEOUT_MS = 5_000;

/** The pause before each attempt to restore a lost connection, in milliseconds. */
const RECONNECT_EVERY_MS = 250;

/** A client of any package, before it connects. */
export interface Prepared {
  readonly client: RedisClient;
  connect(): Promise<unknown>;
  close(): void;
}

/**
 * Creates a client that is not connected yet: Bun's own, or one of the package `redis` or `ioredis`.
 *
 * @throws {CliError} If none of them is there.
 */
export async function prepareClient(href: string): Promise<Prepared> {
  const { Bun } = globalThis as { Bun?: { RedisClient?: new (url: string, options: object) => BunRedis } };
  if (Bun?.RedisClient !== undefined) {
    // With autoReconnect, connect() would keep trying until the timeout. The store restores a lost connection.
    return prepareBun(new Bun.RedisClient(href, { connectionTimeout: CONNECT_TIMEOUT_MS, autoReconnect: false }));
  }
  const nodeRedis = await tryPackage("redis");
  const createClient = memberOf(nodeRedis, "createClient") as ((options: object) => NodeRedis) | undefined;
  if (createClient !== undefined) return prepareNodeRedis(createClient, href);
  const ioRedis = await tryPackage("ioredis");
  const Redis = memberOf(ioRedis, "Redis") as (new (url: string, options: object) => IoRedis) | undefined;
  if (Redis !== undefined) return prepareIoRedis(Redis, href);
  throw usageError(
    '"--store" needs a Redis client, and none is installed here: npm install redis (or ioredis)',
  );
}

async function tryPackage(name: string): Promise<Module | undefined> {
  try {
    return await importPackage(name);
  } catch {
    // Deno can download a package that is not installed.
    return "Deno" in globalThis ? await importPackage(`npm:${name}`).catch(() => undefined) : undefined;
  }
}

function memberOf(module: Module | undefined, name: string): unknown {
  return module?.[name] ?? (module?.["default"] as Module | undefined)?.[name];
}

/** The members of Bun's client that we use. */
interface BunRedis {
  connect(): Promise<unknown>;
  close(): void;
}

function prepareBun(client: BunRedis): Prepared {
  return {
    client: client as never,
    connect: () => client.connect(),
    close: () => client.close(),
  };
}

/** The members of node-redis that we use. */
interface NodeRedis {
  on(event: "error", listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy?(): void;
  disconnect(): Promise<void>;
}

function prepareNodeRedis(createClient: (options: object) => NodeRedis, url: string): Prepared {
  let wasConnected = false;
  const client = createClient({
    url,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // Before the first success, an error is reported at once.
      reconnectStrategy: (_: number, cause: Error) => wasConnected ? RECONNECT_EVERY_MS : cause,
    },
  });
  client.on("error", () => {});
  return {
    client: client as never,
    connect: async () => {
      await client.connect();
      wasConnected = true;
    },
    close: quietly(() => client.destroy ? client.destroy() : void client.disconnect().catch(() => {})),
  };
}

/** The members of ioredis that we use. */
interface IoRedis {
  on(event: "error", listener: (error: unknown) => void): unknown;
  connect(): Promise<unknown>;
  disconnect(): void;
}

function prepareIoRedis(Redis: new (url: string, options: object) => IoRedis, url: string): Prepared {
  let wasConnected = false;
  let last: unknown;
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: () => wasConnected ? RECONNECT_EVERY_MS : null,
  });
  client.on("error", (error) => last = error);
  return {
    client: client as never,
    connect: async () => {
      try {
        await client.connect();
      } catch (error) {
        // The error of connect() says only that the connection is closed.
        throw last ?? error;
      }
      wasConnected = true;
    },
    close: quietly(() => client.disconnect()),
  };
}

function quietly(close: () => void): () => void {
  return () => {
    try {
      close();
    } catch {
      // It is closed already.
    }
  };
}
