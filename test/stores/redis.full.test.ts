import { Redis } from "ioredis";
import { createClient, createClientPool, createSentinel } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { redisStore } from "../../src/stores/redis.ts";
import {
  contestants,
  hasRedis,
  PASSWORD,
  type RedisServer,
  type RedisUser,
  startRedis,
  startUser,
  until,
} from "./_redis.ts";

describe.skipIf(!hasRedis()).each(contestants())("redisStore() in %s with %s", (...contestant) => {
  let server: RedisServer;
  let user: RedisUser;

  beforeAll(async () => {
    server = await startRedis();
    user = await startUser(contestant, server);
  });
  afterAll(async () => {
    await user?.[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  afterEach(() => user.call("close").catch(() => {}));

  /** Opens stores over one key, as several processes would: their names are those of the key and a letter. */
  async function open(key: string, letters = "a"): Promise<void> {
    for (const letter of letters) await user.call("open", `${key}-${letter}`, { key });
  }
  const read = (id: string) => user.call("read", id);
  const until3s = async (id: string, text: string | undefined) =>
    await until(async () => (await read(id))?.text === text, `${id} reads ${text}`);

  test("gives a text that was set by hand one version for all, and another one when it is set again", async () => {
    await open("hand", "ab");
    await server.cli("set", "hand", '{"mode":"on"}');
    const first = await read("hand-a");
    expect(first.text).toBe('{"mode":"on"}');
    expect(first.version).toMatch(/^[0-9a-f-]{36}$/);
    expect(await read("hand-b")).toEqual(first);
    await server.cli("set", "hand", "other");
    const second = await read("hand-b");
    expect(second.version).not.toBe(first.version);
    await server.cli("del", "hand");
    expect(await read("hand-a")).toBeUndefined();
    await server.cli("set", "hand", "other");
    const third = await read("hand-a");
    expect(third.text).toBe("other");
    expect(third.version).not.toBe(second.version);
  });

  test("reports at once a text that is set by hand and its expiry, or, where it cannot, when another process polls", async () => {
    await open("told", "ab");
    const hearsAll = await user.call("hearsAll", "told-a");
    expect(hearsAll).toBe(contestant[1] !== "bun");
    await user.call("watch", "told-a");
    let before = user.changes("told-a");
    const isTold = async (what: string) => {
      if (!hearsAll) await read("told-b");
      await until(() => user.changes("told-a") > before, what);
      before = user.changes("told-a");
    };
    // It lives long enough to be reported twice, on a busy machine as well.
    await server.cli("set", "told", "one", "PX", "6000");
    await isTold("a text that is set by hand is told of");
    await until(async () => await server.cli("exists", "told") === "0", "it expires");
    await isTold("its expiry is told of");
    expect(await read("told-a")).toBeUndefined();
    await user.call("unwatch", "told-a");
  });

  test("puts back what Redis has lost, but not what was deleted", async () => {
    await open("lost", "abc");
    const version = await user.call("write", "lost-a", "one");
    await read("lost-b");
    await server.cli("flushall");
    // A store that has never read knows no text to put back.
    expect(await read("lost-c")).toBeUndefined();
    const [a, b] = await Promise.all([read("lost-a"), read("lost-b")]);
    expect([a, b]).toEqual([{ text: "one", version }, { text: "one", version }]);
    expect(await server.cli("get", "lost")).toBe("one");
    expect(await read("lost-c")).toEqual({ text: "one", version });

    await server.cli("flushall");
    await server.cli("set", "lost", "by hand");
    expect((await read("lost-a")).text).toBe("by hand");

    await server.cli("del", "lost");
    for (const id of ["lost-a", "lost-b", "lost-c"]) expect(await read(id)).toBeUndefined();
    await server.cli("flushall");
    for (const id of ["lost-a", "lost-b", "lost-c"]) expect(await read(id)).toBeUndefined();
    expect(await user.call("replace", "lost-a", "two", undefined)).toBeTruthy();
  });

  test("notifies others of the text that it has put back", async () => {
    await open("back", "ab");
    await user.call("write", "back-a", "one");
    await user.call("watch", "back-b");
    await server.cli("flushall");
    const before = user.changes("back-b");
    await read("back-a");
    await until(() => user.changes("back-b") > before, "what was put back is told of");
    await user.call("unwatch", "back-b");
  });

  test("refuses a key that is not text and a text that is too long, and continues when it is gone", async () => {
    await open("wrong");
    await user.call("write", "wrong-a", "one");
    await server.cli("del", "wrong");
    await server.cli("rpush", "wrong", "on");
    const complaint = 'the key "wrong" holds a list, not text: delete it, or give the store another key';
    await expect(read("wrong-a")).rejects.toThrow(complaint);
    await expect(user.call("write", "wrong-a", "two")).rejects.toThrow(complaint);
    await expect(user.call("replace", "wrong-a", "two", undefined)).rejects.toThrow(complaint);
    await server.cli("del", "wrong");
    await server.cli("setrange", "wrong", String(50_000_000), "x");
    await expect(read("wrong-a")).rejects.toThrow(
      'the key "wrong" holds 50000001 bytes, but a state has at most 1048576: delete it',
    );
    await user.call("write", "wrong-a", "x".repeat(1_048_576));
    expect((await read("wrong-a")).text.length).toBe(1_048_576);
    await expect(user.call("write", "wrong-a", "x".repeat(1_048_577))).rejects.toThrow("1048577 bytes");
  });

  test.each([
    ["its connection is killed", () => server.cli("client", "kill", "type", "pubsub")],
    ["it does not keep up", async () => {
      await server.cli("config", "set", "client-output-buffer-limit", "pubsub 1kb 1kb 1");
      await server.cli("publish", "{heard}:changed", "x".repeat(100_000));
      await server.cli("config", "set", "client-output-buffer-limit", "pubsub 32mb 8mb 60");
    }],
  ])("reports that the watch has failed when %s, and can watch again", async (_, interrupt) => {
    await open("heard", "ab");
    await user.call("watch", "heard-a");
    const before = user.failures("heard-a").length;
    await interrupt();
    await until(() => user.failures("heard-a").length === before + 1, "failed() is called");
    const changes = user.changes("heard-a");
    await user.call("watch", "heard-a");
    expect(user.changes("heard-a")).toBeGreaterThan(changes);
    const after = user.changes("heard-a");
    await user.call("write", "heard-b", `text ${after}`);
    await until(() => user.changes("heard-a") > after, "changed() is called");
    expect(user.failures("heard-a").length).toBe(before + 1);
    await user.call("unwatch", "heard-a");
  });

  test("continues when the connection of the client is killed", async () => {
    await open("killed");
    await user.call("write", "killed-a", "one");
    for (let i = 0; i < 3; i++) {
      await server.cli("client", "kill", "type", "normal");
      await until3s("killed-a", "one");
    }
    await user.call("write", "killed-a", "two");
    expect((await read("killed-a")).text).toBe("two");
  });

  test("puts its state back after Redis was killed and has lost everything", async () => {
    await open("crash", "ab");
    const version = await user.call("write", "crash-a", "one");
    await user.call("watch", "crash-a");
    await server.kill();
    await expect(user.call("read", "crash-a", 300)).rejects.toThrow();
    await server.start();
    await until3s("crash-a", "one");
    expect(await read("crash-b")).toEqual({ text: "one", version });
    await until(() => user.failures("crash-a").length === 1, "failed() is called");
    await until(() => user.call("watch", "crash-a").then(() => true), "it can be watched again");
    const changes = user.changes("crash-a");
    await user.call("write", "crash-b", "two");
    await until(() => user.changes("crash-a") > changes, "changed() is called");
    expect(user.failures("crash-a").length).toBe(1);
  });

  test("shows no password, and leaves nothing open or unhandled", async () => {
    await user.call("open", "last", {});
    const name: string = await user.call("name", "last");
    expect(name).toBe(
      contestant[1] === "bun" ? "redis:maintenancemode" : `redis:maintenancemode at 127.0.0.1:${server.port}`,
    );
    await user.call("watch", "last");
    await server.kill();
    const errors: string[] = [];
    await user.call("read", "last", 300).catch((error) => errors.push(String(error)));
    await user.call("watch", "last").catch((error) => errors.push(String(error)));
    expect(errors.length).toBe(2);
    await server.start();
    await until(() => read("last").then(() => true), "it reads again");
    await server.cli("config", "set", "requirepass", "another");
    await until(
      () => user.call("watch", "last").then(() => false, (error) => errors.push(String(error))),
      "it is refused",
    );
    expect(errors.join()).not.toContain(PASSWORD);
    const { code, stderr } = await user.finish();
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
});

describe.skipIf(!hasRedis())("redisStore()", () => {
  const { signal } = new AbortController();

  test.each([
    ["redis", "--appendonly", "yes", "--appendfsync", "always"],
    ["ioredis", "--save", "3600 100000"],
  ])("reads with %s the text that Redis has kept through a restart", async (client, ...settings) => {
    await using server = await startRedis(...settings);
    await using user = await startUser(["node", client], server);
    await user.call("open", "a", {});
    const version = await user.call("write", "a", "one");
    if (settings[0] === "--save") await server.cli("save");
    await server.kill();
    await server.start();
    await until(() => user.call("read", "a").then(() => true), "it reads again");
    expect(await user.call("read", "a")).toEqual({ text: "one", version });
    expect(await server.cli("get", "maintenancemode")).toBe("one");
  });

  test.each(["redis cluster", "ioredis cluster"])("works with a %s", async (client) => {
    await using server = await startRedis("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
    await server.cli("cluster", "addslotsrange", "0", "16383");
    await until(async () => (await server.cli("cluster", "info")).includes("cluster_state:ok"), "the cluster is ready");
    await using user = await startUser(["node", client], server);
    await user.call("open", "a", { key: "shop:maintenance" });
    await user.call("open", "b", { key: "shop:maintenance" });
    await user.call("watch", "a");
    const changes = user.changes("a");
    const version = await user.call("write", "b", "one");
    await until(() => user.changes("a") > changes, "changed() is called");
    expect(await user.call("read", "a")).toEqual({ text: "one", version });
    expect(await user.call("replace", "a", "two", "none")).toBeUndefined();
    expect(await user.call("replace", "a", "two", "one")).toBeTruthy();
    await user.call("put", "a", "one", "record", 60_000);
    expect(await user.call("list", "b")).toEqual(["record"]);
    expect(await user.finish()).toEqual({ code: 0, stderr: "" });
  });

  test.each(["redis", "ioredis"])("needs no more of an ACL than it says, with %s", async (client) => {
    await using server = await startRedis();
    const commands = "eval type strlen get set mset exists time publish subscribe ping hset hget hdel zadd zrem " +
      "zrangebyscore pttl pexpire xadd xrevrange";
    const acl = ["~shop", "~{shop}:*", "&{shop}:changed", ...commands.split(" ").map((name) => `+${name}`)];
    // The clients themselves need these.
    await server.cli("acl", "setuser", "site", "on", ">site-password", ...acl, "+hello", "+info");
    await using user = await startUser(["node", client], server, server.url.replace(/:[^:]*@/, "site:site-password@"));
    await user.call("open", "a", { key: "shop" });
    await user.call("watch", "a");
    const changes = user.changes("a");
    const version = await user.call("write", "a", "one");
    await until(() => user.changes("a") > changes, "changed() is called");
    expect(await user.call("read", "a")).toEqual({ text: "one", version });
    await server.cli("flushall");
    expect(await user.call("read", "a")).toEqual({ text: "one", version });
    await user.call("put", "a", "one", "record", 60_000);
    expect(await user.call("list", "a")).toEqual(["record"]);

    await user.call("open", "b", { key: "other" });
    const error = await user.call("read", "b").catch(String);
    expect(error).toMatch(/NOPERM|can't access/);
    expect(error).not.toContain("site-password");
  });

  test.each(["redis", "ioredis"])("never stores later what Redis could not store in time, with %s", async (client) => {
    await using server = await startRedis();
    await using user = await startUser(["node", client], server);
    await user.call("open", "a", {});
    await user.call("write", "a", "before");
    server.pause();
    const errors = await Promise.all([
      user.call("write", "a", "too late").catch(String),
      user.call("replace", "a", "too late", "before").catch(String),
      user.call("read", "a").catch(String),
    ]);
    expect(errors).toEqual(Array(3).fill("Error: Error: Redis did not answer within 4000 ms{}"));
    server.resume();
    for (let i = 0; i < 10; i++) expect((await user.call("read", "a")).text).toBe("before");
  });

  test("never stores a text later that reached Redis in time", async () => {
    await using server = await startRedis();
    const client = await createClient({ url: server.url }).connect();
    const store = redisStore(client);
    await store.write("before");
    const send = client.sendCommand.bind(client);
    client.sendCommand = (args, ...rest) => {
      // From here on Redis hangs. It has given the time before.
      if (args.includes("too late")) server.pause();
      return send(args, ...rest);
    };
    await expect(store.write("too late")).rejects.toThrow(new Error("Redis did not answer within 4000 ms"));
    server.resume();
    for (let i = 0; i < 10; i++) expect((await store.read(signal))?.text).toBe("before");
    store.close();
    client.destroy();
  });

  test("limits the commands to a Redis that hangs, and continues afterwards", async () => {
    await using server = await startRedis();
    const client = await createClient({ url: server.url }).connect();
    const store = redisStore(client);
    await store.write("one");
    server.pause();
    const reads = Array.from({ length: 1_100 }, () => store.read(AbortSignal.timeout(100)).catch(String));
    const outcomes = await Promise.all(reads);
    const refused = outcomes.filter((outcome) => outcome === "Error: Redis has not answered the last 1000 commands");
    expect(refused.length).toBe(100);
    server.resume();
    await until(async () => (await store.read(signal))?.text === "one", "it reads again");
    store.close();
    client.destroy();
  });

  test("listens to the errors of the client while it is open", async () => {
    await using server = await startRedis();
    for (const client of [await createClient({ url: server.url }).connect(), new Redis(server.url)]) {
      const before = client.listenerCount("error");
      const store = redisStore(client);
      expect(client.listenerCount("error")).toBe(before + 1);
      await store.read(signal);
      store.close();
      expect(client.listenerCount("error")).toBe(before);
      await expect(store.read(signal)).rejects.toThrow(new Error("the store is closed"));
      await expect(store.watch(() => {}, () => {})).rejects.toThrow(new Error("the store is closed"));
      if (client instanceof Redis) client.disconnect();
      else client.destroy();
    }
  });

  test("a thousand stores of one client bring no more listeners than one", async () => {
    await using server = await startRedis();
    for (const client of [await createClient({ url: server.url }).connect(), new Redis(server.url)]) {
      const count = () => ["error", "ready"].map((event) => client.listenerCount(event));
      const before = count();
      const stores = Array.from({ length: 1_000 }, (_, index) => redisStore(client, { key: `tenant-${index}` }));
      expect(count()).toEqual(before.map((listeners) => listeners + 1));
      await Promise.all(stores.map((store, index) => store.write(`${index}`)));
      expect((await stores[999]!.read(signal))?.text).toBe("999");
      for (const store of stores.slice(1)) store.close();
      expect(count()).toEqual(before.map((listeners) => listeners + 1));
      stores[0]!.close();
      expect(count()).toEqual(before);
      if (client instanceof Redis) client.disconnect();
      else client.destroy();
    }
  });

  test("asks to connect a client that is not", async () => {
    const url = "redis://:password-of-nobody@127.0.0.1:1";
    const complaint = new Error(
      "the client is not connected: connect the client first: await client.connect()",
    );
    await expect(redisStore(createClient({ url })).read(signal)).rejects.toThrow(complaint);
    await expect(redisStore(createClient({ url })).write("on")).rejects.toThrow(complaint);
    const ended = new Redis(url, { lazyConnect: true });
    ended.disconnect();
    await until(() => ended.status === "end", "it has ended");
    await expect(redisStore(ended).read(signal)).rejects.toThrow(complaint);
  });
});

const WHAT =
  'Cannot open the Redis store: "client" must be a client of the package "redis" or "ioredis", or Bun\'s RedisClient';

test.each<[string, () => unknown, string]>([
  [
    "a URL, without showing it",
    () => "redis://:password@127.0.0.1",
    `${WHAT}, received a string: make the client first, such as await createClient({ url }).connect() of "redis", ` +
    'new Redis(url) of "ioredis" or new RedisClient(url) of "bun"',
  ],
  [
    "nothing",
    () => undefined,
    `${WHAT}, received undefined: give it what createClient() or new Redis() returned`,
  ],
  [
    "a promise of a client",
    () => Promise.resolve(),
    `${WHAT}, received a promise: give it what createClient() or new Redis() returned`,
  ],
  [
    "a pool",
    () => createClientPool(),
    `${WHAT}, received a pool of clients: give it a client, because a pool cannot subscribe to changes`,
  ],
  [
    "a Sentinel client",
    () => createSentinel({ name: "main", sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }] }),
    `${WHAT}, received a client of Redis Sentinel: give it a "Redis" of "ioredis" with sentinels instead`,
  ],
  [
    "a client that changes the keys",
    () => new Redis({ lazyConnect: true, keyPrefix: "shop:" }),
    `${WHAT}, received a client with a keyPrefix: give it client.duplicate({ keyPrefix: "" }), and the whole key as the option "key"`,
  ],
])("redisStore() refuses %s", (_, client, message) => {
  expect(() => redisStore(client() as never)).toThrow(optionError(message));
});

test.each<[object, string]>([
  [{ key: "" }, '"key" must be text without braces that is not empty, received ""'],
  [{ key: "{shop}:maintenance" }, '"key" must be text without braces that is not empty, received "{shop}:maintenance"'],
  [{ key: 7 }, '"key" must be text without braces that is not empty, received 7'],
  [{ prefix: "shop" }, 'unknown name "prefix" in options: accepted are key'],
])("redisStore() refuses the options %j", (options, message) => {
  const client = createClient();
  expect(() => redisStore(client, options as never)).toThrow(optionError(`Cannot open the Redis store: ${message}`));
  expect(client.listenerCount("error")).toBe(0);
});
