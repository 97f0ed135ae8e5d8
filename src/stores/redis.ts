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
import type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "../types/store.ts";
import type { BunRedisClient } from "./redis/bun.ts";
import { linkClient, type RedisClient } from "./redis/client.ts";
import { createHistory } from "./redis/history.ts";
import { createInstances } from "./redis/instances.ts";
import type { IoRedisClient } from "./redis/ioredis.ts";
import type { NodeRedisClient } from "./redis/node-redis.ts";
import { createScriptRunner } from "./redis/runner.ts";
import { NOW } from "./redis/scripts.ts";
import { createStateText } from "./redis/state-text.ts";
import { createWatches } from "./redis/watch.ts";

export type {
  BunRedisClient,
  HistoryLog,
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
   * The key that holds the text of the state: text that is not empty and has no braces, because braces choose the slot of
   * a cluster. The store keeps everything else in the same slot, under `{<key>}:…`.
   *
   * @default {"maintenancemode"}
   */
  key?: string;
}

/** A store in Redis. It has every ability of a store. */
export type RedisStore =
  & MaintenanceStore
  & Required<
    Pick<MaintenanceStore, "name" | "write" | "replace" | "watch" | "instances" | "history" | "now" | "close">
  >;

const TASK = "open the Redis store";

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
 * Redis pushes each change to all processes at once, including changes made by hand and the expiry of the key. With Bun's
 * own client, with a cluster, or without the permission for tracking, Redis does not push changes made by hand. The next
 * process that polls then finds them and notifies the others: within 1 second, or within 3 seconds if only the permission
 * is missing.
 *
 * **When Redis loses its data.** If both the key and `{<key>}:version` are gone, as after `FLUSHALL` or a restart without
 * persistence, the first process that reads afterwards puts back the last state that it knew, and the others follow: the
 * site stays in maintenance. If that process had been cut off from Redis for a while, its state may be an old one.
 * Deleting only the key is a decision and means "off". The store cannot tell an evicted key from a deleted one, so use an
 * instance with the policy `noeviction` or `volatile-…`.
 *
 * **When Redis comes back with an older state**, from a snapshot or a replica that lagged, a process that knows a newer one
 * puts that back, and reports it once. Each change has a stamp by the clock of Redis, so what somebody changes afterwards is
 * newer.
 *
 * **When a write fails.** If Redis does not answer within 4 seconds, the state may or may not have been stored. Redis never
 * stores it later than that, however long Redis hangs or the client keeps the command in its queue.
 *
 * **Permissions.** Beside the commands of the client itself, a user with an ACL needs the keys `<key>` and `{<key>}:*`, the
 * channel `{<key>}:changed` and the commands `eval`, `type`, `strlen`, `get`, `set`, `mset`, `exists`, `time`, `publish`,
 * `subscribe`, `ping`, `hset`, `hget`, `hdel`, `zadd`, `zrem`, `zrangebyscore`, `pttl`, `pexpire`, and for the history `xadd`
 * and `xrevrange`. To have changes made by hand pushed, the user also needs `client|id`, `client|tracking` and the channel
 * `__redis__:invalidate`.
 *
 * @param client A client of the package `redis` (`createClient` or `createCluster`) or `ioredis` (`Redis` or `Cluster`), or
 * Bun's own `RedisClient`. Connect a client of `redis` first. The client stays yours. The store opens a second connection
 * to listen for changes, and with Bun a third one for its commands, and closes only those. While the store is open, it
 * listens to the client's `error` events, so that an outage does not end the process.
 * @param options The key.
 * @returns The store. It polls every 3 seconds where Redis pushes all changes, otherwise every second.
 * @throws {OptionError} If the store cannot use the client, or an option is not valid.
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
  checkNames(TASK, options, ["key"]);
  const { key = "maintenancemode" } = options;
  if (typeof key !== "string" || !/^[^{}]+$/.test(key)) {
    throw invalidOption(TASK, "key", "text without braces that is not empty", key);
  }
  const link = linkClient(TASK, client);
  // In a cluster, the part in braces puts a key into the slot of the key of the text.
  const prefix = `{${key}}`;
  const channel = `${prefix}:changed`;
  const runner = createScriptRunner(link, key);
  const state = createStateText(runner, { text: key, version: `${prefix}:version`, channel });
  const watches = createWatches(link, channel, key);

  return {
    name: `redis:${key}${link.address === undefined ? "" : ` at ${link.address}`}`,
    // Polling finds what a push lost, and changes made by hand where Redis does not push them.
    pollIntervalMs: link.hearsAll ? 3_000 : 1_000,
    read: (signal, notify) => state.read(signal, notify),
    write: async (text) => (await state.write(text))?.version,
    replace: (text, expected) => state.replace(text, expected),
    watch: (changed, failed) => watches.start(changed, failed),
    instances: createInstances(runner, [`${prefix}:instances`, `${prefix}:seen`]),
    history: createHistory(runner, `${prefix}:history`),
    now: async () => Number((await runner.run(NOW, [key], []))[0]),
    close() {
      runner.close();
      watches.close();
      link.close();
    },
  };
}
