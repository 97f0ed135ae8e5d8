import { describe, expect, test, vi } from "vitest";
import { liveState } from "../../src/state/live-state.ts";
import { attribute } from "../../src/state/attribution.ts";
import { lastedMs, readHistory, recordChange, storeNow } from "../../src/state/history.ts";
import { parseState } from "../../src/state/parse.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const AT_NOON = "2026-11-22T12:00:00.000Z";
const ALICE = { by: "alice@web1", at: NOON };

describe("attribute()", () => {
  test.each<[what: string, former: MaintenanceState, next: MaintenanceState, expected: MaintenanceState]>([
    ["dates a switch", { mode: "off" }, { mode: "on" }, { mode: "on", by: "alice@web1", since: AT_NOON }],
    ["leaves what says nothing new as it is", { mode: "off" }, { mode: "off" }, { mode: "off" }],
    [
      "keeps the date where only other fields change",
      { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z" },
      { mode: "on", reason: "Moving" },
      { mode: "on", reason: "Moving", by: "alice@web1", since: "2026-11-22T02:00:00Z" },
    ],
    [
      "keeps author and date of what is set again",
      { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z", owner: "run 1@web1 x" },
      { mode: "on", owner: "run 2@web1 y" },
      { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z", owner: "run 2@web1 y" },
    ],
    [
      "does not take the date of an earlier switch for that of this one",
      { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z" },
      { mode: "read-only", by: "bob", since: "2026-11-22T02:00:00Z" },
      { mode: "read-only", by: "bob", since: AT_NOON },
    ],
    [
      "keeps an author that is given",
      { mode: "off" },
      { mode: "on", by: "panel: carol" },
      { mode: "on", by: "panel: carol", since: AT_NOON },
    ],
    [
      "invents no date for a state that was written by hand",
      { mode: "on" },
      { mode: "on", reason: "Moving" },
      { mode: "on", reason: "Moving", by: "alice@web1" },
    ],
    [
      "looks at each window by itself",
      {
        mode: "off",
        windows: { shop: { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z" }, gone: { mode: "on" } },
      },
      { mode: "off", windows: { shop: { mode: "on" }, blog: { mode: "read-only" } } },
      {
        mode: "off",
        windows: {
          shop: { mode: "on", by: "bob", since: "2026-11-22T02:00:00Z" },
          blog: { mode: "read-only", by: "alice@web1", since: AT_NOON },
        },
      },
    ],
  ])("%s", (_what, former, next, expected) => {
    const attributed = attribute(parseState(next), parseState(former), ALICE);
    expect(attributed).toEqual(expected);
    expect(Object.isFrozen(attributed)).toBe(true);
  });

  test("gives a window that stays the same object, which is prepared already", () => {
    const state = parseState({ mode: "off", windows: { shop: { mode: "on" }, blog: { mode: "on" } } });
    const { shop, blog } = state.windows!;
    const next = { mode: "off", windows: { shop: shop!, blog: { ...blog!, reason: "Moving" } } } as const;
    expect(attribute(next, state, ALICE).windows!["shop"]).toBe(shop);
  });
});

describe("recordChange()", () => {
  const change = { ...ALICE, replaced: "none.", revision: "1a.1" };

  /** The entries that a change adds. */
  async function entries(former: MaintenanceState | undefined, next: MaintenanceState, revision = "1a.1") {
    const store = memoryStore();
    await recordChange(store, { ...change, former, next, revision });
    return await readHistory(store);
  }

  test("says who, when, what and why", async () => {
    const next: MaintenanceState = {
      mode: "on",
      by: "alice@web1",
      note: "Ticket 4711",
      reason: { de: "Umzug", en: "Moving" },
      end: "2026-11-22T14:00:00Z",
      expectedEnd: "2026-11-22T13:00:00Z",
    };
    expect(await entries({ mode: "off" }, next)).toEqual([{
      at: AT_NOON,
      by: "alice@web1",
      from: "off",
      to: "on",
      what: "on",
      note: "Ticket 4711",
      reason: "Umzug",
      end: "2026-11-22T14:00:00Z",
      expectedEnd: "2026-11-22T13:00:00Z",
      revision: "1a.1",
      replaced: "none.",
    }]);
  });

  test("says how long it lasted", async () => {
    const former: MaintenanceState = { mode: "on", by: "bob", since: "2026-11-22T11:48:00Z" };
    expect(await entries(former, { mode: "off", by: "alice@web1" })).toMatchObject([
      { by: "alice@web1", from: "on", to: "off", what: "off", lastedMs: 720_000 },
    ]);
  });

  test("names the fields of a change that switches nothing, without the hash of a bypass", async () => {
    const bypass = `sha256:${"a".repeat(22)}:${"b".repeat(43)}`;
    const found = await entries(
      { mode: "on", reason: "A", by: "bob", since: AT_NOON },
      { mode: "on", bypass, by: "alice@web1", since: AT_NOON, owner: "run 1@web1 x" },
    );
    expect(found).toMatchObject([{ what: "changed", fields: ["reason", "bypass"] }]);
    expect(JSON.stringify(found)).not.toContain("sha256");
  });

  test("has an entry for each window that changed, and for one that is gone", async () => {
    const found = await entries(
      { mode: "on", windows: { shop: { mode: "on" }, blog: { mode: "on" }, same: { mode: "on" } } },
      { mode: "on", windows: { shop: { mode: "read-only", by: "carol" }, same: { mode: "on" }, new: { mode: "on" } } },
    );
    expect(found!.map(({ window, by, from, to }) => [window, by, from, to])).toEqual([
      ["shop", "carol", "on", "read-only"],
      ["blog", "alice@web1", "on", "off"],
      ["new", "alice@web1", "off", "on"],
    ]);
  });

  test("says nothing of a state that is the same, and of a run that only marks it as its own", async () => {
    expect(await entries({ mode: "on", reason: "A" }, { mode: "on", reason: "A" })).toEqual([]);
    expect(await entries({ mode: "on" }, { mode: "on", owner: "run 1@web1 x", former: { mode: "on" } })).toEqual([]);
  });

  test("has an entry for a state that replaces a text that was not valid", async () => {
    expect(await entries(undefined, { mode: "off" })).toMatchObject([{ from: "off", to: "off", what: "off" }]);
  });

  test("takes the time from the version of the store, if that tells it", async () => {
    const stamp = (NOON + 5_000).toString(16).padStart(12, "0");
    const revision = `1a.${stamp.slice(0, 8)}-${stamp.slice(8)}-7abc-8abc-0123456789ab`;
    expect(await entries({ mode: "off" }, { mode: "on" }, revision)).toMatchObject([{
      at: "2026-11-22T12:00:05.000Z",
    }]);
  });

  test("cuts a long reason", async () => {
    const [entry] = (await entries({ mode: "off" }, { mode: "on", reason: "x".repeat(5_000) }))!;
    expect(entry!.reason).toBe(`${"x".repeat(499)}…`);
  });
});

test.each<[what: string, window: MaintenanceState, expected: number | undefined]>([
  ["since it was switched on", { mode: "on", since: "2026-11-22T11:00:00Z" }, 3_600_000],
  ["since its start", { mode: "on", since: "2026-11-22T10:00:00Z", start: "2026-11-22T11:30:00Z" }, 1_800_000],
  ["until its end", { mode: "on", since: "2026-11-22T10:00:00Z", end: "2026-11-22T10:15:00Z" }, 900_000],
  ["since its start, where nobody knows more", { mode: "on", start: "2026-11-22T11:59:00Z" }, 60_000],
  ["never, where it has not begun", { mode: "on", since: AT_NOON, start: "2026-11-23T00:00:00Z" }, undefined],
  ["an unknown time, where nobody dated it", { mode: "on" }, undefined],
  ["an unknown time, where it recurs", {
    mode: "on",
    since: "2026-11-22T11:00:00Z",
    recurring: [{ cron: "0 1 * * *", duration: "1h" }],
  }, undefined],
  ["never, while off", { mode: "off", since: "2026-11-22T11:00:00Z" }, undefined],
])("lastedMs() counts %s", (_what, window, expected) => {
  expect(lastedMs(window, NOON)).toBe(expected);
});

describe("readHistory()", () => {
  const line = (at: number, fields: object = {}) =>
    JSON.stringify({
      at: new Date(at).toISOString(),
      by: "a",
      from: "off",
      to: "on",
      what: "on",
      revision: "",
      ...fields,
    });

  async function read(lines: readonly string[], limit?: number) {
    const store = memoryStore();
    for (const each of lines) await store.history.append(each);
    return (await readHistory(store, limit))!.map(({ at, revision }) => [Date.parse(at) - NOON, revision]);
  }

  test("puts changes in the order in which they were made, not appended", async () => {
    const found = await read([
      line(NOON + 2, { revision: "c" }),
      line(NOON, { revision: "b", replaced: "a" }),
      line(NOON, { revision: "a", replaced: "none." }),
      line(NOON + 1, { revision: "d" }),
    ]);
    expect(found).toEqual([[0, "a"], [0, "b"], [1, "d"], [2, "c"]]);
    expect(await read([line(NOON + 2), line(NOON), line(NOON + 1)], 2)).toEqual([[1, ""], [2, ""]]);
  });

  test("skips what is no entry, and a line that a client has sent twice", async () => {
    const lines = [line(NOON), line(NOON), "{", "null", "[]", "{}", line(NOON, { from: "open" }), line(NOON + 1)];
    expect(await read(lines)).toEqual([[0, ""], [1, ""]]);
  });

  test("gives undefined for a store without a history", async () => {
    const { history: _, ...store } = memoryStore();
    expect(await readHistory(store)).toBeUndefined();
  });
});

test("storeNow() goes by the clock of this process if the store has none, or cannot tell", async () => {
  vi.useFakeTimers({ now: NOON });
  const store = memoryStore();
  expect(await storeNow({ ...store, now: () => Promise.resolve(NOON + 60_000) })).toBe(NOON + 60_000);
  expect(await storeNow(store)).toBe(NOON);
  expect(await storeNow({ ...store, now: () => Promise.reject(new Error("gone")) })).toBe(NOON);
  vi.useRealTimers();
});

describe("liveState()", () => {
  test("records each change that it makes, with the process as its author", async () => {
    await using state = liveState(memoryStore());
    await state.ready;
    await Promise.all([
      state.set({ mode: "on", note: "Ticket 4711" }),
      state.set({ mode: "read-only", by: "carol" }),
      state.set({ mode: "off" }),
    ]);
    const name = expect.stringMatching(new RegExp(`^process ${process.pid}(@.+)?$`));
    expect(state.current).toEqual({ mode: "off", by: name, since: expect.any(String) });
    expect(await state.history()).toMatchObject([
      { by: name, from: "off", to: "on", note: "Ticket 4711" },
      { by: "carol", from: "on", to: "read-only" },
      { by: name, from: "read-only", to: "off" },
    ]);
    expect(await state.history({ limit: 1 })).toMatchObject([{ to: "off" }]);
  });

  test("records the begin and the end of during()", async () => {
    await using state = liveState(memoryStore());
    await state.during({ note: "Ticket 4711" }, () => {});
    expect(await state.history()).toMatchObject([{ from: "off", to: "on" }, { from: "on", to: "off" }]);
  });

  test("names who has run during(), not who had set what it goes back to", async () => {
    await using state = liveState(memoryStore());
    await state.windows.set("shop", { mode: "on", by: "carol", reason: "Moving" });
    await state.during({ name: "shop", by: "dave" }, () => state.windows.set("blog", { mode: "on", by: "erin" }));
    await state.during({ by: "frank" }, () => {});
    const history = (await state.history())!;
    expect(history.map(({ by, window, to }) => [by, window, to])).toEqual([
      ["carol", "shop", "on"],
      ["dave", "shop", "on"],
      ["erin", "blog", "on"],
      ["dave", "shop", "on"],
      ["frank", undefined, "on"],
      ["frank", undefined, "off"],
    ]);
    expect(history.slice(1).map(({ replaced }) => replaced)).toEqual(
      history.slice(0, -1).map(({ revision }) => revision),
    );
    expect(state.current.windows?.["shop"]?.by).toBe("carol");
  });

  test("records what becomes of each window, by whoever changes it", async () => {
    const store = memoryStore();
    await using one = liveState(store);
    await using two = liveState(store);
    await Promise.all([one.ready, two.ready]);
    await Promise.all([
      one.windows.set("shop", { mode: "on", by: "carol" }),
      two.windows.set("blog", { mode: "read-only", by: "dave", note: "Ticket 4712" }),
    ]);
    await one.windows.set("shop", { mode: "on", by: "carol", reason: "Moving" });
    await two.windows.delete("blog");
    const history = (await one.history())!;
    const told = history.map(({ window, by, what, fields }) => [window, by, what, ...fields ?? []]);
    expect(told.slice(0, 2).sort()).toEqual([["blog", "dave", "read-only"], ["shop", "carol", "on"]]);
    expect(told.slice(2)).toEqual([
      ["shop", "carol", "changed", "reason"],
      ["blog", expect.stringMatching(/^process /), "off"],
    ]);
    expect(history[3]!.lastedMs).toBeGreaterThanOrEqual(0);
    expect(one.current.windows).toEqual({
      shop: { mode: "on", by: "carol", reason: "Moving", since: history.find(({ window }) => window === "shop")!.at },
    });
  });

  test("makes a change that it cannot record, and says so", async () => {
    const store: MaintenanceStore = {
      ...memoryStore(),
      name: "memory",
      history: { append: () => Promise.reject(new Error("the disk is full")), list: () => Promise.resolve([]) },
    };
    const errors: unknown[] = [];
    await using state = liveState(store, { onError: (error) => void errors.push(error) });
    await state.set({ mode: "on" });
    expect(state.current.mode).toBe("on");
    expect(String(errors)).toContain("Cannot add the change to the history of memory: the disk is full");
  });

  test("refuses a limit that is none", async () => {
    await using state = liveState(memoryStore());
    await expect(state.history({ limit: 0 })).rejects.toThrow(
      'Cannot read the history: "limit" must be a number of changes from 1 to 1000, received 0',
    );
  });
});
