import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createOverdueWatch, type Watched } from "../../src/state/overdue.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceWindow } from "../../src/types/maintenance-state.ts";

const TWO = Date.parse("2026-11-22T02:00:00Z");
const HOUR = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: TWO - HOUR }));
afterEach(() => void vi.useRealTimers());

const LATE: MaintenanceWindow = { mode: "on", expectedEnd: "2026-11-22T02:00:00Z" };

/** A watch over windows that can be replaced, and what it has told. */
function watchOf(windows: Record<string, MaintenanceWindow>, ticks = true) {
  const list = (given: Record<string, MaintenanceWindow>): Watched[] =>
    Object.entries(given).map(([name, state]) => ({
      name,
      state,
      isInForce: state.mode === "off" ? undefined : (now) => state.end === undefined || now < Date.parse(state.end),
    }));
  let all = list(windows);
  const told: string[] = [];
  const watch = createOverdueWatch(() => all, ticks);
  watch.listen((window, name) => void told.push(`${name} ${window.expectedEnd!.slice(11, 16)}`));
  watch.look();
  return {
    told,
    watch,
    set(next: Record<string, MaintenanceWindow>) {
      all = list(next);
      watch.look();
    },
  };
}

test("a maintenance is overdue at its expected end, once", async () => {
  const { told, set } = watchOf({ shop: LATE });
  await vi.advanceTimersByTimeAsync(HOUR - 1);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(["shop 02:00"]);
  await vi.advanceTimersByTimeAsync(HOUR);
  set({ shop: { ...LATE, reason: "Still at it" } });
  expect(told).toEqual(["shop 02:00"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a maintenance is overdue again past a later expected end", async () => {
  const { told, set } = watchOf({ shop: LATE });
  await vi.advanceTimersByTimeAsync(HOUR);
  set({ shop: { ...LATE, expectedEnd: "2026-11-22T02:30:00Z" } });
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(told).toEqual(["shop 02:00", "shop 02:30"]);
});

test("each window is overdue by itself, and none that is off, ends by itself before, or recurs", async () => {
  const { told } = watchOf({
    a: LATE,
    b: { ...LATE, expectedEnd: "2026-11-22T01:30:00Z", mode: "read-only" },
    off: { ...LATE, mode: "off" },
    over: { ...LATE, end: "2026-11-22T01:59:00Z" },
    recurring: { ...LATE, recurring: [{ cron: "0 1 * * *", duration: "3h" }] },
    open: { mode: "on" },
  });
  await vi.advanceTimersByTimeAsync(3 * HOUR);
  expect(told).toEqual(["b 01:30", "a 02:00"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("a watch that does not tick tells when it is asked to look, and one that is closed says nothing", () => {
  const closed = watchOf({ shop: LATE });
  closed.watch.close();
  const { told, watch } = watchOf({ shop: LATE }, false);
  expect(vi.getTimerCount()).toBe(0);
  vi.setSystemTime(TWO);
  watch.look();
  expect(told).toEqual(["shop 02:00"]);
  closed.watch.look();
  expect([closed.told, vi.getTimerCount()]).toEqual([[], 0]);
});

test("liveState() tells of maintenance that is overdue", async () => {
  await using state = liveState(memoryStore());
  const told: unknown[] = [];
  const stop = state.on("overdue", (window, name) => void told.push([window.expectedEnd, name]));
  await state.set(LATE);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(told).toEqual([[LATE.expectedEnd, undefined]]);
  stop();
  await state.set({ ...LATE, expectedEnd: "2026-11-22T02:30:00Z" });
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(told).toHaveLength(1);
});
