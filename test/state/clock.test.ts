import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { StateSnapshot } from "../../src/gate/live.ts";
import { createClock } from "../../src/state/clock.ts";
import { prepareSnapshot } from "../../src/state/state-snapshot.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../src/types/maintenance-state.ts";

const START = Date.parse("2026-11-22T02:00:00Z");
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: START - HOUR }));
afterEach(() => void vi.useRealTimers());

/** A clock over a state that can be replaced, and what it has told. */
async function clockOf(given: MaintenanceState, ticks = true) {
  let snapshot: StateSnapshot = await prepareSnapshot(given);
  const told: string[] = [];
  const clock = createClock(() => snapshot, ticks, () => told.push("turn"));
  const note = (event: string) => ({ mode, reason }: MaintenanceWindow) => told.push(`${event} ${reason ?? mode}`);
  clock.listen("begin", note("begin"));
  clock.listen("end", note("end"));
  clock.look();
  return {
    clock,
    told,
    async set(state: MaintenanceState) {
      snapshot = await prepareSnapshot(state);
      clock.look();
    },
  };
}

const WINDOW: MaintenanceState = { mode: "on", start: "2026-11-22T02:00:00Z", end: "2026-11-22T03:00:00Z" };

test("begin and end come by the clock, once each", async () => {
  const { clock, told } = await clockOf(WINDOW);
  await vi.advanceTimersByTimeAsync(HOUR - 1);
  expect([told, clock.inForce?.list[0]?.state]).toEqual([[], undefined]);
  await vi.advanceTimersByTimeAsync(1);
  expect([told, clock.inForce?.list[0]?.state]).toEqual([["turn", "begin on"], WINDOW]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect([told, clock.inForce?.list[0]?.state]).toEqual([["turn", "begin on", "turn", "end on"], undefined]);
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect(told.length).toBe(4);
  expect(vi.getTimerCount()).toBe(0);
});

test("begin and end come for each recurring window", async () => {
  const { told } = await clockOf({ mode: "read-only", recurring: [{ cron: "0 2 * * *", duration: "1h" }] });
  await vi.advanceTimersByTimeAsync(48 * HOUR);
  expect(told.filter((event) => event !== "turn")).toEqual(
    ["begin read-only", "end read-only", "begin read-only", "end read-only"],
  );
});

test("begin comes within a second of a change of the clock, or of a machine that has slept", async () => {
  const { told } = await clockOf(WINDOW);
  vi.setSystemTime(START + 1_000);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told).toEqual(["turn", "begin on"]);
  // Slept through the end, and the clock set back.
  vi.setSystemTime(START + 2 * HOUR);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(told.slice(2)).toEqual(["turn", "end on"]);
});

test("begin and end come by a change; a state that replaces one in force begins nothing", async () => {
  const { set, told } = await clockOf({ mode: "off" });
  await set({ mode: "on", reason: "a" });
  await set({ mode: "on", reason: "b" });
  await set({ mode: "read-only", reason: "c" });
  await set({ mode: "off" });
  await set({ mode: "off" });
  expect(told).toEqual(["turn", "begin a", "turn", "end c"]);
});

test("a clock that does not tick tells when it is asked to look", async () => {
  const { clock, told } = await clockOf(WINDOW, false);
  expect(vi.getTimerCount()).toBe(0);
  vi.setSystemTime(START);
  clock.look();
  expect(told).toEqual(["turn", "begin on"]);
});

test("a listener that throws or is removed does not keep the others from being called", async () => {
  const errors = vi.spyOn(console, "error").mockImplementation(() => {});
  const { clock, set } = await clockOf({ mode: "off" });
  const [failing, removed, last] = [vi.fn(() => Promise.reject(new Error("no"))), vi.fn(), vi.fn()];
  clock.listen("begin", failing);
  clock.listen("begin", removed)();
  clock.listen("begin", last);
  await set({ mode: "on" });
  expect([failing, removed, last].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 1]);
  await vi.advanceTimersByTimeAsync(0);
  expect(errors).toHaveBeenCalledOnce();
  errors.mockRestore();
});

test("a closed clock is silent", async () => {
  const { clock, told } = await clockOf(WINDOW);
  clock.close();
  await vi.advanceTimersByTimeAsync(2 * HOUR);
  clock.look();
  expect(told).toEqual([]);
});
