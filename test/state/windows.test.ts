import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import { ConflictError, FleetError } from "../../src/state/errors.ts";
import { StateError } from "../../src/state/state-error.ts";
import { fileStore } from "../../src/stores/file.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import { closeLater, open, withoutAuthors } from "./_live.ts";

const folder = mkdtempSync(join(tmpdir(), "maintenancemode-windows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHOP = { mode: "on", urls: ["/shop/*"], reason: "Moving house" } as const;

/** Two live states over one file, as two processes have them. */
async function two(name: string): Promise<[LiveState, LiveState]> {
  const path = join(folder, name);
  const both = [open(fileStore(path)), open(fileStore(path))] as [LiveState, LiveState];
  await Promise.all(both.map((state) => state.ready));
  return both;
}

test("windows.set() and windows.delete() change one window and leave everything else", async () => {
  const state = open(memoryStore('{ "mode": "read-only", "windows": { "a": { "mode": "on", "hosts": ["a.test"] } } }'));
  await state.ready;
  const gate = maintenanceMode({ state });
  await state.windows.set("shop", SHOP);
  expect(withoutAuthors(state.current)).toEqual({
    mode: "read-only",
    windows: { a: { mode: "on", hosts: ["a.test"] }, shop: SHOP },
  });
  expect(gate(new Request("http://b.test/shop/x"))?.status).toBe(503);
  await state.windows.delete("a");
  await state.windows.set("shop", { ...SHOP, mode: "off" });
  expect(withoutAuthors(state.current)).toEqual({ mode: "read-only" });
  await state.windows.delete("never");
  await state.windows.delete(undefined);
  expect(withoutAuthors(state.current)).toEqual({ mode: "off" });
});

test("set() without windows leaves them as they are, and with them changes those that differ", async () => {
  const state = open(memoryStore());
  await state.ready;
  await state.windows.set("shop", SHOP);
  await state.set({ mode: "read-only" });
  expect(withoutAuthors(state.current)).toEqual({ mode: "read-only", windows: { shop: SHOP } });
  const blog = { mode: "on", urls: ["/blog"] } as const;
  await state.set({ ...state.current, mode: "off", windows: { ...state.current.windows, blog } });
  expect(withoutAuthors(state.current)).toEqual({ mode: "off", windows: { shop: SHOP, blog } });
  await state.set({ mode: "off", windows: { blog } });
  expect(withoutAuthors(state.current)).toEqual({ mode: "off", windows: { blog } });
  await state.set({ mode: "off", windows: {} });
  expect(withoutAuthors(state.current)).toEqual({ mode: "off" });
});

test("of two who change different windows at the same time both win, however often", async () => {
  const [one, other] = await two("different.json");
  for (let round = 0; round < 10; round++) {
    await Promise.all([
      one.windows.set("a", { mode: "on", reason: `a${round}` }),
      other.windows.set("b", { mode: "on", reason: `b${round}` }),
      one.set({ mode: "read-only", reason: `top${round}` }),
      other.windows.set(`c${round}`, { mode: "on" }),
    ]);
  }
  const expected = {
    a: "a9",
    b: "b9",
    ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`c${i}`, undefined])),
  };
  await expect.poll(() => {
    const { windows = {} } = one.current;
    return Object.fromEntries(Object.entries(windows).map(([name, { reason }]) => [name, reason]));
  }).toEqual(expected);
  expect(one.current.reason).toBe("top9");
});

test("set() of a known state brings back no window that somebody else has removed meanwhile", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  await state.windows.set("shop", SHOP);
  const known = state.current;
  // Another process removes it, and this one does not know yet.
  await store.write('{ "mode": "off" }');
  await state.set({ ...known, reason: "New" });
  expect(withoutAuthors(state.current)).toEqual({ mode: "off", reason: "New" });
});

test("of two who change the same window, the first one wins, and the other one is told", async () => {
  const [one, other] = await two("same.json");
  const results = await Promise.allSettled([
    one.windows.set("shop", { ...SHOP, reason: "one" }, { expected: undefined }),
    other.windows.set("shop", { ...SHOP, reason: "other" }, { expected: undefined }),
  ]);
  const lost = results.filter((result) => result.status === "rejected");
  expect(lost.length).toBe(1);
  const won = results.findIndex(({ status }) => status === "fulfilled") === 0 ? "one" : "other";
  const reason: unknown = lost[0]!.reason;
  expect(reason).toBeInstanceOf(ConflictError);
  expect(reason).toMatchObject({
    code: "ERR_CONFLICT",
    message: 'Cannot change the window "shop": somebody else has changed it at the same time, and their change stays',
    current: { ...SHOP, reason: won },
  });
  await expect.poll(() => [one, other].map(({ current }) => current.windows?.["shop"]?.reason))
    .toEqual([won, won]);
  await expect(one.windows.delete("shop", { expected: SHOP })).rejects.toThrow(ConflictError);
  await one.windows.delete("shop", { expected: { ...SHOP, reason: won } });
});

test("windows refuse what is not valid, and store no secret", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  await expect(state.windows.set("-x", SHOP)).rejects.toThrow(StateError);
  await expect(state.windows.set("shop", { mode: "onn" } as never)).rejects.toThrow('"$.mode" must be "off", "on" or');
  await expect(state.windows.set("shop", { mode: "on", end: "2020-01-01T00:00:00Z" })).rejects.toThrow("in the future");
  await expect(state.windows.set("shop", SHOP, { expcted: SHOP } as never)).rejects.toThrow('did you mean "expected"?');
  expect(withoutAuthors(state.current)).toEqual({ mode: "off" });
  await state.windows.set("shop", { ...SHOP, bypass: "a-secret-of-sixteen" });
  await state.set({ mode: "off", windows: { blog: { mode: "on", bypass: "a-secret-of-sixteen" } } });
  const { text } = (await store.read(new AbortController().signal))!;
  expect(text).not.toContain("a-secret");
  expect(text.match(/sha256:/g)?.length).toBe(1);
});

test("windows.list() says what is on, planned and over", async () => {
  const [start, end] = [1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  const state = open(memoryStore(JSON.stringify({
    mode: "off",
    windows: {
      now: { mode: "on", end },
      planned: { mode: "read-only", start, end },
      over: { mode: "on", end: "2020-01-01T00:00:00Z" },
      off: { mode: "off" },
    },
  })));
  await state.ready;
  expect(state.windows.list().map(({ window: _, ...rest }) => rest)).toEqual([
    { name: "now", inForce: true, endsAt: new Date(end!) },
    { name: "planned", inForce: false, beginsAt: new Date(start!), endsAt: new Date(end!) },
    { name: "over", inForce: false },
  ]);
  expect(state.inForce).toEqual({ mode: "on", end });
});

test("begin and end come for each window, with its name", async () => {
  const state = open(memoryStore());
  await state.ready;
  const told: string[] = [];
  for (const event of ["begin", "end"] as const) {
    state.on(event, ({ mode }, name) => told.push(`${event} ${name ?? "site"} ${mode}`));
  }
  await state.windows.set("shop", SHOP);
  await state.set({ mode: "read-only" });
  await state.windows.set("shop", { ...SHOP, reason: "Still" });
  await state.windows.delete("shop");
  await state.set({ mode: "off" });
  expect(told).toEqual(["begin shop on", "begin site read-only", "end shop on", "end site read-only"]);
});

test("during() with a name closes its window alone, and goes back to what was there", async () => {
  const [one, other] = await two("during.json");
  await one.windows.set("shop", { mode: "read-only", urls: ["/shop/*"] });
  const before = one.current;
  await one.during({ name: "shop", ...SHOP }, async () => {
    expect(one.current.windows!["shop"]).toMatchObject({ ...SHOP, former: { mode: "read-only" } });
    // What others change meanwhile stays.
    await other.windows.set("blog", { mode: "on", urls: ["/blog"] });
    await other.set({ mode: "off", reason: "Top" });
  }, { allowUncounted: true });
  expect(one.current.windows!["shop"]).toEqual(before.windows!["shop"]);
  expect(withoutAuthors(one.current)).toEqual({
    mode: "off",
    reason: "Top",
    windows: { shop: withoutAuthors(before.windows!["shop"]), blog: { mode: "on", urls: ["/blog"] } },
  });
});

test("during() waits for a window though others change all the time", async () => {
  const [one, other] = await two("busy.json");
  let isOver = false;
  const changing = (async () => {
    for (let round = 0; !isOver; round++) await other.windows.set("blog", { mode: "on", reason: `${round}` });
  })();
  try {
    await one.during({ name: "shop", ...SHOP }, () => {}, { allowUncounted: true, timeoutMs: 60_000 });
  } finally {
    isOver = true;
    await changing;
  }
});

test("during() is not content with a process for which the window is not in force by its clock", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  await state.set({ mode: "on" });
  const start = new Date(Date.now() - 1_000).toISOString();
  // A process whose clock is an hour behind has the top level in force, and the window not yet.
  const report = async () => {
    const record = {
      ...{
        id: "late",
        host: "web2",
        pid: 2,
        runtime: "node 24",
        startedAt: 0,
        counts: ["nothing"],
        inFlight: 0,
        before: 0,
      },
      ...{ streams: 0, held: [], admits: [], mode: "on", inForce: true, clock: Date.now() - 3_600_000 },
    };
    const { revision } = (await state.fleet())!.find(({ id }) => id !== "late")!;
    await store.instances!.put("late", JSON.stringify({ ...record, revision }), 60_000);
  };
  // It is there before anybody waits for it.
  await report();
  const run = state.during({ name: "shop", ...SHOP, start }, () => "done", { allowUncounted: true, timeoutMs: 300 });
  const behind = setInterval(() => void report(), 5);
  try {
    await expect(run).rejects.toThrow(FleetError);
    await expect(run).rejects.toThrow("web2 (pid 2) has the new state, but does not apply it: its clock may be wrong");
  } finally {
    clearInterval(behind);
  }
});

test("a change of one of a thousand windows checks and prepares no other one again", async () => {
  const windows = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => [`t${index}`, { mode: "on", hosts: [`t${index}.test`] } as const]),
  );
  const state = closeLater(open(memoryStore(JSON.stringify({ mode: "off", windows }))));
  await state.ready;
  const before = state.current.windows!;
  await state.windows.set("t500", { mode: "read-only", hosts: ["t500.test"] });
  const after = state.current.windows!;
  // What stays the same is the same object, so it is prepared once.
  expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual(["t500"]);
});
