import { OptionError } from "../../util/errors.ts";
import { received } from "../../util/received.ts";
import { type BunRedis, type BunRedisClient, linkBunRedis } from "./bun.ts";
import { type IoRedis, type IoRedisClient, linkIoRedis } from "./ioredis.ts";
import type { RedisLink } from "./link.ts";
import {
  linkNodeRedis,
  linkNodeRedisCluster,
  type NodeRedis,
  type NodeRedisClient,
  type NodeRedisCluster,
} from "./node-redis.ts";

/** A client of Redis or Valkey that {@linkcode redisStore} can use. */
export type RedisClient = NodeRedisClient | IoRedisClient | BunRedisClient;

/**
 * Detects by its members which client the caller gave, and links it.
 *
 * @param task The first words of an error.
 * @throws {OptionError} If the store cannot use the client.
 */
export function linkClient(task: string, client: unknown): RedisLink {
  const refuse = (what: string, hint: string): OptionError =>
    new OptionError(task, { path: "client", expected: EXPECTED, received: what, hint });
  if (has(client, "call", "duplicate", "disconnect") && "status" in client) {
    if (!(client as unknown as IoRedis).options?.keyPrefix) return linkIoRedis(client as unknown as IoRedis);
    throw refuse(
      "a client with a keyPrefix",
      'give it client.duplicate({ keyPrefix: "" }), and the whole key as the option "key"',
    );
  }
  if (has(client, "send", "duplicate", "connect") && "connected" in client) {
    return linkBunRedis(client as unknown as BunRedis);
  }
  if (has(client, "sendCommand", "duplicate", "subscribe") && "isOpen" in client) {
    if (has(client, "nodeClient")) return linkNodeRedisCluster(client as unknown as NodeRedisCluster);
    if (!has(client, "acquire")) return linkNodeRedis(client as unknown as NodeRedis);
    throw refuse("a client of Redis Sentinel", 'give it a "Redis" of "ioredis" with sentinels instead');
  }
  if (has(client, "sendCommand", "execute")) {
    throw refuse("a pool of clients", "give it a client, because a pool cannot subscribe to changes");
  }
  // The error does not quote a string: a URL may hold a password.
  if (typeof client === "string") throw refuse("a string", HOW_TO_MAKE_ONE);
  throw refuse(received(client), "give it what createClient() or new Redis() returned");
}

const EXPECTED = 'a client of the package "redis" or "ioredis", or Bun\'s RedisClient';

const HOW_TO_MAKE_ONE = 'make the client first, such as await createClient({ url }).connect() of "redis", ' +
  'new Redis(url) of "ioredis" or new RedisClient(url) of "bun"';

function has(value: unknown, ...methods: string[]): value is object {
  if (typeof value !== "object" && typeof value !== "function" || value === null) return false;
  return methods.every((name) => typeof (value as Record<string, unknown>)[name] === "function");
}
