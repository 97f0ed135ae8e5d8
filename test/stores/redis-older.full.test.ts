import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { liveState } from "../../src/state/live-state.ts";
import { type RedisClient, type RedisStore, redisStore } from "../../src/stores/redis.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { hasRedis, PASSWORD, type RedisServer, startRedis, until } from "./_redis.ts";

const KEY = "maintenancemode";
const VERSION = `{${KEY}}:version`;

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const clients: Record<string, (url: string) => Promise<RedisClient>> = {
  async redis(url) {
    const client = await createClient({ url }).on("error", () => {}).connect();
    opened.push(() => client.destroy());
    return client;
  },
  // deno-lint-ignore require-await
  async ioredis(url) {
    const client = new Redis(url);
    opened.push(() => client.disconnect());
    return client;
  },
};

interface Process {
  readonly state: LiveState;
  /** Every state that was in force, by its reason or mode. */
  readonly seen: string[];
  readonly errors: string[];
}

const stateOf = (reason: string): MaintenanceState => ({ mode: "on", reason });

describe.skipIf(!hasRedis()).each(Object.keys(clients))("a Redis that comes back with an older state, %s", (name) => {
  async function start(): Promise<RedisServer> {
    const server = await startRedis();
    opened.push(() => server[Symbol.asyncDispose]());
    return server;
  }

  async function open(server: RedisServer): Promise<RedisStore> {
    const store = redisStore(await clients[name]!(server.url));
    opened.push(() => store.close());
    return store;
  }

  async function follow(server: RedisServer): Promise<Process> {
    const errors: string[] = [];
    const state = liveState(await open(server), { onError: (error) => errors.push(String(error)) });
    opened.push(() => state.close());
    await state.ready;
    const seen: string[] = [];
    state.on("change", ({ mode, reason }) => seen.push(reason === undefined ? mode : String(reason)));
    return { state, seen, errors };
  }

  const hold = (processes: Process[], reason: string) =>
    until(() => processes.every(({ state }) => state.current.reason === reason), `all hold ${reason}`);

  const isStored = (server: RedisServer, text: string) =>
    until(async () => (await server.cli("get", KEY)).includes(text), `${text} is stored`);

  /** Ends the server and starts it again with the last snapshot on its disk. */
  async function restart(server: RedisServer): Promise<void> {
    await server.kill();
    await server.start();
  }

  const complaints = (processes: Process[]) =>
    processes.flatMap(({ errors }) => errors).filter((error) => error.includes("older state"));

  test("does not reopen the site while processes know the newer state, and one of them says so once", async () => {
    const server = await start();
    const both = [await follow(server), await follow(server)];
    await both[0]!.state.set({ mode: "off" });
    await server.cli("save");
    await both[0]!.state.set(stateOf("migration"));
    await hold(both, "migration");
    await restart(server);
    const newcomer = await follow(server);
    await isStored(server, "migration");
    await hold([...both, newcomer], "migration");
    await until(() => complaints(both).length === 1, "one complains");
    expect(complaints([newcomer])).toEqual([]);
    for (const { seen } of both) expect(seen).toEqual(["migration"]);
  });

  test("puts back the newer of two closures, with its version, and shows it in the fleet until the next change", async () => {
    const server = await start();
    const both = [await follow(server), await follow(server)];
    await both[0]!.state.set(stateOf("one"));
    await hold(both, "one");
    await server.cli("save");
    await both[1]!.state.set(stateOf("two"));
    await hold(both, "two");
    const version = await server.cli("get", VERSION);
    await restart(server);
    await isStored(server, "two");
    expect(await server.cli("get", VERSION)).toBe(version);
    const newcomer = await follow(server);
    expect(newcomer.state.current.reason).toBe("two");
    await until(() => complaints(both).length > 0, "one complains");
    expect(complaints([...both, newcomer])).toEqual([
      expect.stringMatching(
        /^StoreError: Cannot follow redis:maintenancemode at .*: it came back with an older state, of \S+Z: this process has put back the newer one, of \S+Z$/,
      ),
    ]);
    expect(complaints(both).join()).not.toContain(PASSWORD);
    const notices = async () => (await newcomer.state.fleet())!.flatMap(({ notice }) => notice ?? []);
    await until(async () => (await notices()).length === 1, "the fleet shows it");
    for (const { seen } of both) expect(seen).toEqual(["one", "two"]);
    await both[0]!.state.set({ mode: "off" });
    await until(async () => (await notices()).length === 0, "the fleet shows it no longer");
  });

  test("follows a change that somebody makes after it has come back", async () => {
    const server = await start();
    const both = [await follow(server), await follow(server)];
    await both[0]!.state.set(stateOf("one"));
    await server.cli("save");
    await both[0]!.state.set(stateOf("two"));
    await hold(both, "two");
    await restart(server);
    await (await open(server)).write('{"mode":"on","reason":"three"}');
    await hold(both, "three");
    expect(await server.cli("get", KEY)).toContain("three");
    for (const { seen } of both) expect(seen).toEqual(["one", "two", "three"]);
  });

  test("follows a change that somebody makes by hand after it has come back", async () => {
    const server = await start();
    const store = await open(server);
    await store.write("one");
    const older = await server.cli("get", VERSION);
    await store.write("two");
    await server.cli("mset", KEY, "three", VERSION, older);
    expect((await store.read(AbortSignal.timeout(5_000)))?.text).toBe("three");
    expect(await server.cli("get", VERSION) > older).toBe(true);
  });

  test("takes the older state if no process knows a newer one", async () => {
    const server = await start();
    const first = await follow(server);
    await first.state.set(stateOf("one"));
    await server.cli("save");
    await first.state.set(stateOf("two"));
    await first.state.close();
    await restart(server);
    const second = await follow(server);
    expect(second.state.current.reason).toBe("one");
    expect(second.errors).toEqual([]);
  });

  test("is closed if the older state has expired by now", async () => {
    const server = await start();
    const store = await open(server);
    await server.cli("set", KEY, "for an hour");
    await store.read(AbortSignal.timeout(5_000));
    const older = await server.cli("get", VERSION);
    await store.write("for long");
    await server.cli("set", VERSION, older);
    await server.cli("del", KEY);
    expect((await store.read(AbortSignal.timeout(5_000)))?.text).toBe("for long");
  });

  test("stays off if maintenance was ended by hand since then", async () => {
    const server = await start();
    const store = await open(server);
    const notices: string[] = [];
    const read = () => store.read(AbortSignal.timeout(5_000), (message) => notices.push(message));
    await store.write("on");
    const older = await server.cli("get", VERSION);
    await server.cli("del", KEY);
    expect(await read()).toBeUndefined();
    await server.cli("mset", KEY, "on", VERSION, older);
    expect(await read()).toBeUndefined();
    expect(await server.cli("exists", KEY)).toBe("0");
    expect(notices.length).toBe(1);
    expect(await (await open(server)).read(AbortSignal.timeout(5_000))).toBeUndefined();
  });

  test("ends in the newest state that any process knows, whichever reads first", async () => {
    const server = await start();
    const [cutOff, other] = [await open(server), await open(server)];
    await other.write("one");
    const [text, older] = [await server.cli("get", KEY), await server.cli("get", VERSION)];
    await other.write("two");
    const read = async (store: RedisStore) => (await store.read(AbortSignal.timeout(5_000)))?.text;
    await read(cutOff);
    await other.write("three");
    await server.cli("mset", KEY, text, VERSION, older);
    expect(await read(cutOff)).toBe("two");
    expect(await read(other)).toBe("three");
    expect(await read(cutOff)).toBe("three");
  });

  test("takes the version of an earlier release for one of unknown age", async () => {
    const server = await start();
    const store = await open(server);
    await store.write("one");
    const hash = (await server.cli("get", VERSION)).slice(37);
    await store.write("two");
    await server.cli("mset", KEY, "one", VERSION, `${crypto.randomUUID()} ${hash}`);
    expect((await store.read(AbortSignal.timeout(5_000)))?.text).toBe("one");
    await store.write("three");
    expect((await server.cli("get", VERSION))[14]).toBe("7");
  });

  test("gives each writing a later version, whatever the clock of Redis says", async () => {
    const server = await start();
    const store = await open(server);
    const future = `${"f".repeat(8)}-0000-7000-8000-000000000000`;
    await store.write("one");
    await server.cli("set", VERSION, `${future} ${(await server.cli("get", VERSION)).slice(37)}`);
    const versions = [future];
    for (let i = 0; i < 5; i++) versions.push((await store.write(`text ${i}`))!);
    expect(versions).toEqual([...new Set(versions)].sort());
  });
});
