import type { RedisClient } from "../../stores/redis.ts";
import { CliError, usageError } from "../exit-codes.ts";
import { importPackage, type Module } from "./modules.ts";
import { addSecret, reasonOf, withoutPassword } from "../output/secrets.ts";

/** The longest time to connect, in milliseconds. */
const CONNECT_TIMEOUT_MS = 5_000;

/** The pause before each attempt to restore a lost connection, in milliseconds. */
const RECONNECT_EVERY_MS = 250;

/** A connected client. */
export interface ConnectedRedis {
  readonly client: RedisClient;
  /** The key from the URL. */
  readonly key: string | undefined;
  /** The URL without its password. */
  readonly label: string;
  /** Closes the connection at once. */
  close(): void;
}

/** A client of any package, before it connects. */
interface Prepared {
  readonly client: RedisClient;
  connect(): Promise<unknown>;
  close(): void;
}

/**
 * Connects to Redis, with Bun's own client or the package `redis` or `ioredis`.
 *
 * @param url A URL with `redis:`, `rediss:`, `valkey:` or `valkeys:`; `?key=` names the key of the state.
 * @throws {CliError} If the URL is not valid, no client is installed, or the server cannot be reached.
 */
export async function connectRedis(url: URL): Promise<ConnectedRedis> {
  addSecret(url.password);
  const label = withoutPassword(url);
  const key = url.searchParams.get("key") ?? undefined;
  const others = [...url.searchParams.keys()].filter((name) => name !== "key");
  if (others.length > 0) {
    throw usageError(`"--store" takes only the parameter "key" for Redis, received "${others[0]}"`);
  }
  if (key === "") throw usageError('"--store" must name a key after "?key="');
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw usageError(`"--store" takes only a database number after the host: redis://host:6379/0`);
  }
  const address = new URL(url);
  address.search = address.hash = "";
  // ioredis and Bun do not know the schemes of Valkey.
  const href = address.href.replace(/^valkey/, "redis");

  const prepared = await prepare(href);
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    await Promise.race([
      prepared.connect(),
      new Promise((_, reject) => {
        const message = `it did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s`;
        timer = setTimeout(() => reject(new Error(message)), CONNECT_TIMEOUT_MS);
      }),
    ]);
  } catch (error) {
    prepared.close();
    throw new CliError("store", `Cannot connect to ${label}: ${reasonOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
  return { client: prepared.client, key, label, close: prepared.close };
}

async function prepare(href: string): Promise<Prepared> {
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
