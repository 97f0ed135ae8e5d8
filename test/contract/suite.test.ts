/** The contract itself: the case about a promise finds a store that breaks it. */
import { expect, test, vi } from "vitest";
import { memoryStore } from "../../src/stores/memory.ts";
import { type MaintenanceStore, storeContract, type StoreFixture } from "../../src/testing.ts";
import { optionError } from "../_errors.ts";
import { outcomeOf } from "../../src/testing/check.ts";
import { startStateServer } from "../stores/_state-server.ts";
import { open as openHttp } from "./fixtures/http.ts";
import { hold } from "./hold.ts";

/** A store in memory with some members replaced. */
function open(change: (good: ReturnType<typeof memoryStore>) => object): () => StoreFixture {
  return () => {
    const good = memoryStore();
    const store: MaintenanceStore = { ...good, ...change(good) };
    return { store, another: () => store };
  };
}

async function names(open: () => StoreFixture): Promise<string[]> {
  return (await storeContract(open)).map(({ name }) => name);
}

test.each<[what: string, found: RegExp, change: (good: ReturnType<typeof memoryStore>) => object]>([
  ["gives an empty text where nothing is stored", /^read\(\) resolves to undefined/, (good) => ({
    read: async (signal: AbortSignal) => await good.read(signal) ?? { text: "" },
  })],
  ["takes an empty text for none", /^read\(\) gives an empty text/, (good) => ({
    async read(signal: AbortSignal) {
      const stored = await good.read(signal);
      return stored?.text ? stored : undefined;
    },
  })],
  ["trims", /^read\(\) gives white space/, (good) => ({ write: (text: string) => good.write(text.trim()) })],
  ["loses characters beyond Latin-1", /^read\(\) gives unicode/, (good) => ({
    write: (text: string) => good.write(text.replace(/[^\0-\xff]/g, "?")),
  })],
  [
    "cuts",
    /^read\(\) gives a text of 60 kB/,
    (good) => ({ write: (text: string) => good.write(text.slice(0, 1 << 15)) }),
  ],
  ["parses", /^read\(\) gives a number that is rounded/, (good) => ({
    write: (text: string) => good.write(/^\d+$/.test(text) ? String(Number(text)) : text),
  })],
  ["writes later than it says", /^write\(\) is seen by another process/, (good) => ({
    write(text: string) {
      setTimeout(() => good.write(text), 20);
      return Promise.resolve(undefined);
    },
  })],
  ["knows the version of what it reads but not of what it writes", /^write\(\) resolves to the version/, (good) => ({
    write: async (text: string) => (await good.write(text), undefined),
  })],
  ["takes its text for its version", /^write\(\) resolves to the version/, (good) => ({
    write: async (text: string) => (await good.write(text), text),
    read: async (signal: AbortSignal) => {
      const stored = await good.read(signal);
      return stored && { text: stored.text, version: stored.text };
    },
  })],
  ["replaces whatever is there", /^replace\(\) stores a text only if/, (good) => ({
    replace: async (text: string) => ({ version: await good.write(text) }),
  })],
  ["looks before it replaces, in two steps", /^replace\(\) by several at once/, (good) => ({
    async replace(text: string, expected: string | undefined) {
      const stored = await good.read(new AbortController().signal);
      return stored?.text === expected ? { version: await good.write(text) } : undefined;
    },
  })],
  ["never reports changes", /^watch\(\) reports the writes of another process/, () => ({ watch: () => () => {} })],
  ["reports only the first change", /^watch\(\) reports the writes of the store itself/, (good) => ({
    watch(changed: () => void) {
      const unwatch = good.watch(() => {
        void (unwatch as () => void)();
        changed();
      }, () => {});
      return unwatch;
    },
  })],
  ["cannot be stopped", /^watch\(\) no longer calls a listener/, (good) => ({
    async watch(changed: () => void) {
      await good.watch(changed, () => {});
      return () => {};
    },
  })],
  ["stops all when one stops", /still calls the others$/, (good) => {
    const stops = new Set<() => unknown>();
    return {
      async watch(changed: () => void) {
        stops.add(await good.watch(changed, () => {}));
        return () => stops.forEach((stop) => stop());
      },
    };
  }],
  ["throws when it is closed", /^close\(\) stops watching/, () => ({
    close() {
      throw new Error("closed");
    },
  })],
  ["keeps one instance only", /^instances are kept/, ({ instances }) => ({
    instances: { ...instances, put: (_id: string, record: string, ttl: number) => instances.put("1", record, ttl) },
  })],
  ["keeps instances for ever", /^instances expire/, ({ instances }) => ({
    instances: { ...instances, put: (id: string, record: string) => instances.put(id, record, 1e9) },
  })],
  ["lets instances expire too early", /^instances expire/, ({ instances }) => ({
    instances: { ...instances, put: (id: string, record: string) => instances.put(id, record, 50) },
  })],
  ["lists ten instances", /^instances of a hundred/, ({ instances }) => ({
    instances: { ...instances, list: async () => (await instances.list()).slice(0, 10) },
  })],
  ["gives the latest change first", /^history gives the latest/, ({ history }) => ({
    history: { ...history, list: async (limit: number) => (await history.list(limit)).reverse() },
  })],
  ["gives the oldest changes", /^history gives the latest/, ({ history }) => ({
    history: { ...history, list: async (limit: number) => (await history.list(1_000)).slice(0, limit) },
  })],
  ["parses the changes", /^history keeps entries of all kinds/, ({ history }) => ({
    history: { ...history, append: (entry: string) => history.append(JSON.stringify(JSON.parse(entry))) },
  })],
  ["loses changes that come at once", /^history loses no entry/, ({ history }) => {
    let last = Promise.resolve();
    let isBusy = false;
    return {
      history: {
        ...history,
        append(entry: string) {
          if (isBusy) return last;
          isBusy = true;
          return last = history.append(entry).finally(() => isBusy = false);
        },
      },
    };
  }],
  ["keeps equal changes once", /^history keeps entries of all kinds/, ({ history }) => ({
    history: { ...history, list: async (limit: number) => [...new Set(await history.list(limit))] },
  })],
  ["has a clock that goes back", /^now\(\) gives the time/, () => {
    let now = 0;
    return { now: () => Promise.resolve(--now) };
  }],
])("storeContract() finds out a store that %s", async (_what, found, change) => {
  const cases = (await storeContract(open(change))).filter(({ name }) => found.test(name));
  expect(cases).toHaveLength(1);
  // With fake timers, the test need not wait until a case gives up.
  vi.useFakeTimers();
  const outcome = outcomeOf(cases[0]!.run());
  await vi.advanceTimersByTimeAsync(60_000);
  vi.useRealTimers();
  expect(await outcome).toMatchObject({
    error: { message: expect.stringMatching(/: expected |: not within|is none of|closed|although|after/) },
  });
});

test("storeContract() finds out a store that returns its last text while its place is unreachable", async () => {
  const server = await startStateServer();
  const outcome = await hold(() => {
    const fixture = openHttp(server.origin);
    let known: Awaited<ReturnType<MaintenanceStore["read"]>>;
    const read = (signal: AbortSignal) => fixture.store.read(signal).then((stored) => known = stored, () => known);
    return { ...fixture, store: { ...fixture.store, read } };
  }, /^liveState/);
  await server.close();
  expect(Object.entries(outcome).filter(([, complaint]) => complaint).map(([name]) => name)).toEqual([
    "read() rejects for an empty text and for white space",
    "read() rejects while the place is unreachable, and gives the same text afterwards",
    "read() rejects while the place of a store that was never read is unreachable",
  ]);
});

test("storeContract() leaves out the cases for abilities that a store lacks", async () => {
  const all = await names(open(() => ({})));
  expect(all.filter((name) => /^replace/.test(name))).not.toEqual([]);
  const without = (...members: string[]) =>
    names(open(() => Object.fromEntries(members.map((name) => [name, undefined]))));
  expect(await without("replace")).toEqual(all.filter((name) => !/^replace|tells the changes/.test(name)));
  expect(await without("watch")).toEqual(all.filter((name) => !/^watch/.test(name)));
  expect(all.filter((name) => /^history/.test(name))).not.toEqual([]);
  expect(await without("history")).toEqual(all.filter((name) => !/^history|tells the changes/.test(name)));
  expect(await without("instances")).toEqual(all.filter((name) => !/^instances|fleet|during/.test(name)));
});

test("storeContract() only reads a store that can only be read", async () => {
  const { store } = openHttp("http://127.0.0.1:1");
  const readOnly = await names(() => ({ store, put: () => {} }));
  const refusing = await names(() => ({ store, put: () => {}, refusesEmpty: true }));
  expect(readOnly.filter((name) => /^(write|replace|watch|instances)/.test(name))).toEqual([]);
  const about = ["read() gives an empty text as it was stored", "read() gives white space as it was stored"];
  const instead = "read() rejects for an empty text and for white space";
  expect(readOnly).toEqual(expect.arrayContaining(about));
  expect(readOnly).not.toContain(instead);
  expect(refusing).not.toEqual(expect.arrayContaining([about[0]]));
  expect(refusing).not.toEqual(expect.arrayContaining([about[1]]));
  expect(refusing).toContain(instead);
});

test.each<[what: string, open: unknown, message: string]>([
  [
    "a store in place of a function",
    memoryStore(),
    '"open" must be a function that opens the store over a new place, received an object',
  ],
  [
    "a function that returns a store",
    () => memoryStore(),
    '"open().store" must be a store with a method "read", received undefined',
  ],
  [
    "a store that nothing can be written to",
    () => ({ store: { read: () => Promise.resolve(undefined) } }),
    '"open().put" must be a function where the store has no "write", received undefined',
  ],
])("storeContract() refuses %s", async (_what, open, message) => {
  await expect(storeContract(open as never)).rejects.toThrow(optionError(`Cannot test the store: ${message}`));
});

test("storeContract() closes everything it has opened, once, even when a case fails", async () => {
  const closed: string[] = [];
  const cases = await storeContract(() => ({
    store: { ...memoryStore(), close: () => void closed.push("store") },
    another: () => ({ ...memoryStore(), close: () => void closed.push("another") }),
    close: () => closed.push("fixture"),
  }));
  expect(closed).toEqual(["store", "fixture"]);
  closed.length = 0;
  const complaint = "read() resolved to undefined although something is stored";
  await expect(cases.find(({ name }) => /seen by another/.test(name))!.run()).rejects.toThrow(complaint);
  expect(closed).toEqual(["store", "another", "fixture"]);
});
