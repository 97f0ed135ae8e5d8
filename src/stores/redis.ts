/**
 * The state under a key of Redis or Valkey, pushed to all processes that follow it.
 *
 * ```ts ignore
 * import { createClient } from "redis";
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { redisStore } from "maintenancemode/stores/redis";
 *
 * const client = await createClient({ url: "redis://localhost:6379" }).connect();
 * const state = liveState(redisStore(client));
 * const maintenance = maintenanceMode({ state });
 * ```
 *
 * @module maintenancemode/stores/redis
 */
import { checkNames, invalidOption } from "../util/errors.ts";
import { messageOf, quote } from "../util/received.ts";
import type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import {
  type BunRedisClient,
  type IoRedisClient,
  linkTo,
  type NodeRedisClient,
  type RedisClient,
} from "./redis/clients.ts";
import { LIST, LONGEST, NOW, PUT, READ, REMOVE, RESTORE, TOKEN_LENGTH, WRITE } from "./redis/scripts.ts";

export type {
  BunRedisClient,
  InstanceRegistry,
  IoRedisClient,
  MaintenanceStore,
  NodeRedisClient,
  RedisClient,
  StoredState,
  Unwatch,
};

/** Options of {@linkcode redisStore}. */
export interface RedisStoreOptions {
  /**
   * The key that holds the text of the state. Everything else is kept beside it, under `{<key>}:…`, in the same slot of
   * a cluster. Braces have a meaning there and are refused.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
}

/** A store in Redis, which can do all that a store can do. */
export type RedisStore =
  & MaintenanceStore
  & Required<Pick<MaintenanceStore, "name" | "write" | "replace" | "watch" | "instances" | "close">>;

/** How long Redis may take for one call, in milliseconds: less than `liveState` waits, so that its errors say more. */
const LIMIT_MS = 4_000;

/** How many commands may be without an answer: they must not fill the memory while Redis hangs. */
const MOST_PENDING = 1_000;

// Also keeps the connection from being dropped on the way where nothing passes for minutes.
const PING_INTERVAL_MS = 15_000;

/** What the store knows of the last thing it has read or written. */
interface Known {
  readonly text: string | undefined;
  /** What is under the key of the version: empty where it could not be set. */
  readonly version: string | undefined;
}

/**
 * Opens a store in Redis 6 or newer, or in Valkey.
 *
 * The key holds the text of the state and nothing else, so that operators can change it by hand:
 *
 * ```sh
 * redis-cli set maintenancemode '{"mode":"on"}'
 * redis-cli set maintenancemode '{"mode":"on"}' EX 3600
 * redis-cli del maintenancemode
 * ```
 *
 * Changes are pushed to all processes at once, those made by hand and the expiry of the key too. With Bun's own client,
 * with clusters and where the user of Redis may not do that, changes made by hand are seen by the process that polls
 * next, which then tells the others: within a second, or three for want of permission.
 *
 * **What happens when Redis loses its data.** If both the key and `{<key>}:version` are gone, as after `FLUSHALL` or a
 * restart without persistence, the first process that reads afterwards puts back the state that it knew last, and the
 * others take it over: the site stays in maintenance. A process that had been cut off from Redis for a while may be that
 * first one, and its state an old one. Deleting the key alone is a decision and means "off". A key that Redis evicts
 * cannot be told from one that was deleted: use an instance with the policy `noeviction` or `volatile-…`.
 *
 * **What a write that fails means.** If Redis does not answer within 4 seconds, the state may have been stored, or not;
 * it is never stored later than that, however long Redis hangs or the client keeps it in its queue.
 *
 * A user of Redis with an ACL needs, beside what the client itself does, the keys `<key>` and `{<key>}:*`, the channel `{<key>}:changed` and the commands
 * `eval`, `type`, `strlen`, `get`, `set`, `mset`, `exists`, `time`, `publish`, `subscribe`, `ping`, `hset`, `hget`, `hdel`,
 * `zadd`, `zrem`, `zrangebyscore`, `pttl` and `pexpire`; for changes made by hand to be pushed, `client|id`,
 * `client|tracking` and the channel `__redis__:invalidate` as well.
 *
 * @param client A client of the package `redis` (`createClient` or `createCluster`) or `ioredis` (`Redis` or `Cluster`),
 * or Bun's own `RedisClient`. Those of `redis` have to be connected first. It stays yours: the store opens a connection
 * of its own to hear of changes, and with Bun another one for its commands, and closes those alone. While the store is
 * open it listens to the client's `error` events, so that an outage does not end the process.
 * @param options See {@linkcode RedisStoreOptions}.
 * @returns The store.
 * @throws {TypeError} If `client` is none of these, or an option is not valid.
 * @example Usage
 * ```ts ignore
 * import { Redis } from "ioredis";
 * import { redisStore } from "maintenancemode/stores/redis";
 *
 * const store = redisStore(new Redis("redis://localhost:6379"), { key: "shop:maintenance" });
 * await store.write('{ "mode": "on" }');
 * ```
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): RedisStore {
  const task = "open the Redis store";
  checkNames(task, options, ["key"]);
  const { key = "maintenancemode" } = options;
  if (typeof key !== "string" || !/^[^{}]+$/.test(key)) {
    throw invalidOption("open the Redis store", "key", "text without braces that is not empty", key);
  }
  const link = linkTo(client);
  // The part in braces says which slot of a cluster a key is in: that of the first one.
  const prefix = `{${key}}`;
  const version = `${prefix}:version`;
  const channel = `${prefix}:changed`;
  const registry = [`${prefix}:instances`, `${prefix}:seen`];

  let known: Known | undefined;
  let pending = 0;
  let isClosed = false;
  const watching = new Set<() => void>();

  /** Runs a script, for a limited time. */
  async function run(
    script: string,
    keys: readonly string[],
    args: readonly string[],
    limit = LIMIT_MS,
    signal?: AbortSignal,
  ): Promise<string[]> {
    if (isClosed) throw new Error("the store is closed");
    if (pending >= MOST_PENDING) throw new Error(`Redis has not answered the last ${pending} commands`);
    signal?.throwIfAborted();
    const unsent = new AbortController();
    pending++;
    const reply = link.send(["eval", script, String(keys.length), ...keys, ...args], key, unsent.signal);
    const settled = (): void => void pending--;
    reply.then(settled, settled);
    try {
      return textsOf(await within(limit, reply, signal));
    } catch (error) {
      unsent.abort();
      throw withoutSecrets(link.explain(error));
    }
  }

  /** Takes the answer of a script that looks at the text, and keeps it in mind. */
  function understand(
    [outcome, detail, text]: string[],
  ): { outcome: string | undefined; stored: StoredState | undefined } {
    if (outcome === "kind") {
      throw new TypeError(
        `the key ${quote(key)} holds a ${detail}, not text: delete it, or give the store another key`,
      );
    }
    if (outcome === "size") {
      throw new RangeError(
        `the key ${quote(key)} holds ${detail} bytes, but a state has at most ${LONGEST}: delete it`,
      );
    }
    if (outcome === "text" || outcome === "off") known = { text, version: detail };
    if (outcome !== "text" || text === undefined) return { outcome, stored: undefined };
    return { outcome, stored: { text, version: detail?.slice(0, TOKEN_LENGTH) || undefined } };
  }

  async function write(text: string, expected: readonly string[]): Promise<StoredState | undefined> {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > LONGEST) throw new RangeError(`the text has ${bytes} bytes, but a state has at most ${LONGEST}`);
    const token = crypto.randomUUID();
    const start = performance.now();
    const [now] = await run(NOW, [key], []);
    const left = LIMIT_MS - (performance.now() - start);
    const latest = String(Math.floor(Number(now) + left));
    const reply = await run(WRITE, [key, version], [channel, token, text, latest, ...expected], left);
    const { outcome, stored } = understand(reply);
    if (outcome === "late") throw new Error(`Redis did not answer within ${LIMIT_MS} ms: nothing was stored`);
    return stored;
  }

  return {
    name: `redis:${key}${link.address === undefined ? "" : ` at ${link.address}`}`,
    // The net under what is pushed, and how changes made by hand are found where they are not.
    pollIntervalMs: link.hearsAll ? 3_000 : 1_000,
    async read(signal) {
      const read = [channel, crypto.randomUUID()];
      const reply = await run(READ, [key, version], read, LIMIT_MS, signal);
      if (reply[0] !== "nothing" || known === undefined) return understand(reply).stored;
      const lost = known.version || `${crypto.randomUUID()} ?`;
      const text = known.text === undefined ? [] : [known.text];
      return understand(await run(RESTORE, [key, version], [...read, lost, ...text], LIMIT_MS, signal)).stored;
    },
    async write(text) {
      return (await write(text, ["any"]))?.version;
    },
    async replace(text, expected) {
      return await write(text, expected === undefined ? ["nothing"] : ["text", expected]);
    },
    async watch(changed, failed) {
      if (isClosed) throw new Error("the store is closed");
      const subscriber = await within(LIMIT_MS, link.subscriber());
      let isStarted = false;
      let isOver = false;
      let timer: ReturnType<typeof setInterval> | undefined = undefined;
      const stop = (): void => {
        isOver = true;
        clearInterval(timer);
        watching.delete(stop);
        subscriber.close();
      };
      const heard = (): void => void (isStarted && !isOver && changed());
      const lost = (error: unknown): void => {
        if (isOver) return;
        stop();
        if (isStarted) failed(withoutSecrets(error));
      };
      watching.add(stop);
      try {
        await within(LIMIT_MS, subscriber.start(channel, key, heard, lost));
        if (isOver) throw new Error(isClosed ? "the store is closed" : "the connection was lost");
      } catch (error) {
        stop();
        throw withoutSecrets(error);
      }
      isStarted = true;
      // A dead connection looks like one on which nothing happens: nobody tells.
      timer = setInterval(() => void within(LIMIT_MS, subscriber.ping()).catch(lost), PING_INTERVAL_MS);
      // What was published before the subscription is not told any more.
      changed();
      return stop;
    },
    instances: {
      async put(id, record, ttlMs) {
        await run(PUT, registry, [id, record, String(Math.ceil(ttlMs))]);
      },
      async delete(id) {
        await run(REMOVE, registry, [id]);
      },
      async list() {
        return await run(LIST, registry, []);
      },
    },
    close() {
      isClosed = true;
      for (const stop of watching) stop();
      link.close();
    },
  };
}

/** Waits for a promise, for a limited time and until a signal says that nobody waits any longer. */
async function within<Result>(limit: number, promise: Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const { promise: given, reject } = withReject();
  const timer = setTimeout(() => reject(new Error(`Redis did not answer within ${LIMIT_MS} ms`)), Math.max(0, limit));
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, given]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}

// Promise.withResolvers() is missing in Node 20.
function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject!: (reason: unknown) => void;
  const promise = new Promise<never>((_, no) => reject = no);
  return { promise, reject };
}

/** The texts of an answer: with some settings a client gives back bytes. */
function textsOf(reply: unknown): string[] {
  if (!Array.isArray(reply)) throw new TypeError("Redis gave an answer that cannot be understood");
  return reply.map((item) => item instanceof Uint8Array ? new TextDecoder().decode(item) : String(item));
}

/**
 * An error with its message alone, and no password in it: the errors of ioredis carry the command that failed with all
 * its arguments, `AUTH` with the password included, and whoever prints an error prints those and its cause.
 */
function withoutSecrets(error: unknown): Error {
  return new Error(messageOf(error).replace(/(\w:\/\/)[^\s/]*@/g, "$1"));
}
