import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import { StoreError } from "../../src/state/errors.ts";
import { StateError } from "../../src/state/state-error.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { modeOf, OFF, ON, open } from "./_live.ts";
import { settle, SteppedStore } from "./_stores.ts";

test("liveState() does not take a reading that overlaps a writing", async () => {
  const store = new SteppedStore();
  const state = open(store);
  (await store.nextRead()).answer(OFF);
  await state.ready;
  store.changed!();
  const old = await store.nextRead();
  const set = state.set({ mode: "on" });
  (await store.nextRead()).answer(OFF);
  (await store.nextWrite()).done();
  await set;
  expect(modeOf(state)).toBe("on");
  old.answer(OFF);
  await settle();
  expect(modeOf(state)).toBe("on");
  (await store.nextRead()).answer(ON);
  await settle();
  expect(modeOf(state)).toBe("on");
});

test("liveState() writes one state after the other, and the last one that was set holds", async () => {
  const store = new SteppedStore();
  const state = open(store);
  (await store.nextRead()).answer(OFF);
  await state.ready;
  const sets = ["on", "off", "read-only"].map((mode) => state.set({ mode } as MaintenanceState));
  for (let index = 0; index < 3; index++) {
    const write = await store.nextWriteAfter(OFF);
    expect(store.writes.length).toBe(0);
    write.done(String(index));
  }
  await Promise.all(sets);
  expect(modeOf(state)).toBe("read-only");
});

test("liveState() tells who sets that it failed, and goes on with what was in force", async () => {
  const store = new SteppedStore();
  const state = open(store);
  (await store.nextRead()).answer(OFF);
  await state.ready;
  const failing = state.set({ mode: "on" });
  (await store.nextWriteAfter(OFF)).fail(new Error("disk full"));
  await expect(failing).rejects.toThrow(new StoreError("write the state to stepped", new Error("disk full")));
  expect(modeOf(state)).toBe("off");
  const next = state.set({ mode: "on" });
  (await store.nextWriteAfter(OFF)).done();
  expect((await next).mode).toBe("on");
});

test("liveState() refuses to set what is not valid, and what cannot be written", async () => {
  const state = open({ read: () => Promise.resolve(undefined) });
  await state.ready;
  await expect(state.set({ mode: "onn" as never })).rejects.toMatchObject({ path: "$.mode" });
  await expect(state.set({ mode: "on" })).rejects.toThrow(
    "Cannot write the state to the store: it can only be read: change the state where it comes from",
  );
});

const NOON = Date.UTC(2026, 10, 22, 12);

describe("at noon", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOON }));
  afterEach(() => void vi.useRealTimers());

  test.each<[MaintenanceState, string, string]>([
    [
      { mode: "on", end: "2026-11-22T12:00:00Z" },
      "$.end",
      'must be in the future, received "2026-11-22T12:00:00Z": set { mode: "off" } to turn maintenance off',
    ],
    [
      { mode: "read-only", start: "2026-11-21T12:00:00Z", end: "2026-11-22T11:00:00Z" },
      "$.end",
      'must be in the future, received "2026-11-22T11:00:00Z": set { mode: "off" } to turn maintenance off',
    ],
    [
      { mode: "off", end: "2026-11-22T13:00:00Z" },
      "$.end",
      'must be left out beside "mode": "off", received "2026-11-22T13:00:00Z": "off" holds until somebody turns ' +
      'maintenance on, set { mode: "off" } alone',
    ],
    [
      { mode: "off", start: "2026-11-22T13:00:00Z" },
      "$.start",
      'must be left out beside "mode": "off", received "2026-11-22T13:00:00Z": "off" holds until somebody turns ' +
      'maintenance on, set { mode: "off" } alone',
    ],
    [
      { mode: "off", recurring: [{ cron: "0 1 * * SUN", duration: "1h" }] },
      "$.recurring",
      'must be left out beside "mode": "off", received an array: "off" holds until somebody turns maintenance on, set ' +
      '{ mode: "off" } alone',
    ],
  ])("set() refuses %o as the command line does, and during() with it", async (given, path, rest) => {
    const state = open(memoryStore());
    await state.ready;
    const setting = state.set(given);
    await expect(setting).rejects.toBeInstanceOf(StateError);
    await expect(setting).rejects.toMatchObject({
      path,
      message: `Cannot read the maintenance state: "${path}" ${rest}`,
    });
    if (given.mode !== "off") await expect(state.during(given, () => {})).rejects.toMatchObject({ path });
    expect(state.current).toEqual({ mode: "off" });
  });

  test("set() takes an end of the next moment, and a stored state stays valid when its end has passed", async () => {
    const store = memoryStore();
    const state = open(store);
    const given = { mode: "on", end: "2026-11-22T12:00:00.001Z" } as const;
    await state.set(given);
    vi.setSystemTime(NOON + 3_600_000);
    const other = open(store);
    await other.ready;
    expect([state.current, other.current]).toMatchObject([given, given]);
    expect(maintenanceMode({ state: other }).active).toBe(false);
  });
});

test("set() puts the last state into force that was set, however long one takes to prepare", async () => {
  const store = memoryStore();
  const state = open(store);
  const slow = state.set({ mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1h" }] });
  await Promise.all([slow, state.set({ mode: "off", reason: "Last" })]);
  expect(state.current).toMatchObject({ mode: "off", reason: "Last" });
  expect((await store.read(new AbortController().signal))!.text).toContain("Last");
});
