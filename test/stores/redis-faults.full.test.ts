import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { liveState } from "../../src/state/live-state.ts";
import { type RedisClient, type RedisStore, redisStore } from "../../src/stores/redis.ts";
import { hasRedis, PASSWORD, type RedisServer, startRedis, until } from "./_redis.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const clients: Record<string, (server: RedisServer) => Promise<RedisClient>> = {
  async redis({ url }) {
    const client = await createClient({ url }).connect();
    opened.push(() => client.destroy());
    return client;
  },
  // deno-lint-ignore require-await
  async ioredis({ url }) {
    const client = new Redis(url);
    opened.push(() => client.disconnect());
    return client;
  },
};

/** Where the store tells of changes. */
const CHANNEL = "{maintenancemode}:changed";

/** A process that follows the state, and what it has seen of it and said of it. */
interface Follower {
  state: LiveState;
  store: RedisStore;
  /** Every state that was in force, by its reason. */
  seen: string[];
  errors: string[];
}

function stateOf(reason: string): MaintenanceState {
  return { mode: "on", reason };
}

describe.skipIf(!hasRedis()).each(Object.keys(clients))("liveState() of redisStore() with %s", (name) => {
  async function start(...settings: string[]): Promise<RedisServer> {
    const server = await startRedis(...settings);
    opened.push(() => server[Symbol.asyncDispose]());
    return server;
  }

  async function follow(server: RedisServer): Promise<Follower> {
    const store = redisStore(await clients[name]!(server));
    const errors: string[] = [];
    const state = liveState(store, { onError: (error) => errors.push(String(error)) });
    opened.push(() => state.close());
    await state.ready;
    const seen: string[] = [];
    state.on("change", ({ mode, reason }) => seen.push(String(reason ?? mode)));
    return { state, store, seen, errors };
  }

  /** Two that follow one store, in a state that both hold. */
  async function followByTwo(server: RedisServer): Promise<[Follower, Follower]> {
    const both: [Follower, Follower] = [await follow(server), await follow(server)];
    await both[0].state.set(stateOf("one"));
    await holds(both, "one");
    return both;
  }

  const holds = (followers: Follower[], reason: string) =>
    until(() => followers.every(({ state }) => state.current.reason === reason), `all hold ${reason}`);

  /** Sets a state as soon as that is possible again. */
  const set = ({ state }: Follower, reason: string) =>
    until(() => state.set(stateOf(reason)).then(() => true), `${reason} can be set`);

  function expectNoSecrets(...followers: Follower[]): void {
    for (const { errors } of followers) expect(errors.join()).not.toContain(PASSWORD);
  }

  test.each([
    ["with its data", ["--appendonly", "yes", "--appendfsync", "always"]],
    ["without its data", []],
  ])("keeps its state while Redis is killed and restarted %s", async (_, settings) => {
    const server = await start(...settings);
    const both = await followByTwo(server);
    await server.kill();
    await until(() => both.every(({ errors }) => errors.length > 0), "both complain");
    for (const { state, seen } of both) {
      expect(state.current.reason).toBe("one");
      expect(seen).toEqual(["one"]);
    }
    await server.start();
    await until(async () => (await server.cli("get", "maintenancemode")).includes("one"), "the state is there");
    await set(both[0], "two");
    await holds(both, "two");
    for (const { seen } of both) expect(seen).toEqual(["one", "two"]);
    expectNoSecrets(...both);
  });

  test("keeps its state while Redis hangs for 30 seconds, stores nothing too late, and goes on afterwards", async () => {
    const server = await start();
    const both = await followByTwo(server);
    // Half a minute is longer than all time limits and the life of a record.
    const over = new Promise((resolve) => setTimeout(resolve, 30_000));
    server.pause();
    await expect(both[0].state.set(stateOf("too late"))).rejects.toThrow("Redis did not answer within 4000 ms");
    await until(() => both.every(({ errors }) => errors.length > 0), "both complain");
    await over;
    for (const { state } of both) expect(state.current.reason).toBe("one");
    server.resume();
    await set(both[1], "two");
    await holds(both, "two");
    for (const { seen } of both) expect(seen).toEqual(["one", "two"]);
  });

  test.each([
    ["its connections are killed", async (server: RedisServer) => {
      await server.cli("client", "kill", "type", "pubsub");
      await server.cli("client", "kill", "type", "normal");
    }],
    ["it does not keep up", async (server: RedisServer) => {
      await server.cli("config", "set", "client-output-buffer-limit", "pubsub 1kb 1kb 1");
      await server.cli("publish", CHANNEL, "x".repeat(100_000));
      await server.cli("config", "set", "client-output-buffer-limit", "pubsub 32mb 8mb 60");
    }],
  ])("goes on when %s", async (_, interrupt) => {
    const server = await start();
    const both = await followByTwo(server);
    for (const reason of ["two", "three"]) {
      // A state can be read again before changes of it are listened for again.
      await until(async () => (await server.cli("pubsub", "numsub", CHANNEL)).endsWith("\n2"), "both listen");
      const complaints = both[1].errors.length;
      await interrupt(server);
      await until(() => both[1].errors.length > complaints, "it complains");
      expect(both[1].state.current.reason).toBe(both[1].seen.at(-1));
      await set(both[0], reason);
      await holds(both, reason);
    }
    for (const { seen } of both) expect(seen).toEqual(["one", "two", "three"]);
    expectNoSecrets(...both);
  });

  test.each([
    ["text that is not a state", (server: RedisServer) => server.cli("set", "maintenancemode", "on please")],
    ["a list", async (server: RedisServer) => {
      await server.cli("eval", "redis.call('del', KEYS[1]) redis.call('rpush', KEYS[1], 'on')", "1", "maintenancemode");
    }],
    ["50 MB", (server: RedisServer) => server.cli("setrange", "maintenancemode", "50000000", "x")],
  ])("keeps its state while the key holds %s", async (_, spoil) => {
    const server = await start();
    const both = await followByTwo(server);
    await spoil(server);
    await until(() => both.every(({ errors }) => errors.length > 0), "both complain");
    for (const { state, seen, errors } of both) {
      expect(state.current.reason).toBe("one");
      expect(seen).toEqual(["one"]);
      expect(errors.length).toBe(1);
    }
    await server.cli("set", "maintenancemode", '{ "mode": "on", "reason": "two" }');
    await holds(both, "two");
    await server.cli("del", "maintenancemode");
    await until(() => both.every(({ state }) => state.current.mode === "off"), "all are off");
  });

  test("keeps its state when somebody flushes Redis, and puts it back at once", async () => {
    const server = await start();
    const both = await followByTwo(server);
    await server.cli("flushall");
    await until(async () => (await server.cli("get", "maintenancemode")).includes("one"), "the state is there");
    const newcomer = await follow(server);
    expect(newcomer.state.current.reason).toBe("one");
    for (const { seen, errors } of both) {
      expect(seen).toEqual(["one"]);
      expect(errors).toEqual([]);
    }
  });

  test("ends in one state everywhere when two operators set 500 states each at once", async () => {
    const server = await start();
    const both = await followByTwo(server);
    const onlooker = await follow(server);
    await Promise.all(both.map(async ({ state }, operator) => {
      for (let i = 0; i < 500; i++) await state.set(stateOf(`${operator} ${i}`));
    }));
    const { reason } = JSON.parse(await server.cli("get", "maintenancemode"));
    expect(reason).toMatch(/^[01] 499$/);
    await holds([...both, onlooker], reason);
    expect([...both, onlooker].flatMap(({ errors }) => errors)).toEqual([]);
    // An onlooker sees the states of each operator in order.
    const numbers = onlooker.seen.filter((seen) => seen.startsWith("0 ")).map((seen) => Number(seen.slice(2)));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  test("ends in the last of 1000 states that were asked for at once", async () => {
    const server = await start();
    const both = await followByTwo(server);
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => both[0].state.set(stateOf(`number ${i}`))));
    await holds(both, "number 999");
    expect(both.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
