import { expect, test } from "vitest";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { prepareSnapshot as prepareState } from "../../src/state/state-snapshot.ts";

/** Prepares the maintenance at the top level of a state. */
const prepareSnapshot = async (state: MaintenanceState) => (await prepareState(state)).find(undefined)!;

const at = (instant: string) => Date.parse(instant);

test("prepareSnapshot() has off never in force", async () => {
  expect((await prepareSnapshot({ mode: "off" })).isInForce).toBeUndefined();
});

test("prepareSnapshot() takes the window from its start to before its end", async () => {
  const { isInForce, endsAt } = await prepareSnapshot({
    mode: "on",
    start: "2026-11-22T01:00:00Z",
    end: "2026-11-22T03:00:00Z",
  });
  const times = [
    "2026-11-22T00:59:59.999Z",
    "2026-11-22T01:00:00Z",
    "2026-11-22T02:59:59.999Z",
    "2026-11-22T03:00:00Z",
  ];
  expect(times.map((time) => isInForce!(at(time)))).toEqual([false, true, true, false]);
  expect(endsAt(at("2026-11-22T02:00:00Z"))).toBe(at("2026-11-22T03:00:00Z"));
});

test("prepareSnapshot() knows no end of what goes on until it is switched off", async () => {
  const { isInForce, endsAt } = await prepareSnapshot({ mode: "on" });
  expect([isInForce!(0), isInForce!(Date.now()), endsAt(0)]).toEqual([true, true, undefined]);
});

const SUNDAYS = { cron: "0 1 * * SUN", duration: "1h", timeZone: "Europe/Amsterdam" };

test.each([
  // 25 October 2026 is the day of the change to winter time, 01:00 in Amsterdam is before it.
  ["2026-10-24T22:59:59.999Z", false],
  ["2026-10-24T23:00:00Z", true],
  ["2026-10-24T23:59:59.999Z", true],
  ["2026-10-25T00:00:00Z", false],
  // A week later the same wall clock is an hour later by UTC.
  ["2026-10-31T23:30:00Z", false],
  ["2026-11-01T00:00:00Z", true],
  ["2026-11-01T01:00:00Z", false],
  ["2026-11-02T00:30:00Z", false],
])("prepareSnapshot() of every Sunday at 01:00 in Amsterdam at %s: %s", async (instant, expected) => {
  const { isInForce } = await prepareSnapshot({ mode: "on", recurring: [SUNDAYS] });
  expect(isInForce!(at(instant))).toBe(expected);
});

test.each([
  // 02:30 does not exist on 29 March 2026, when 02:00 becomes 03:00: the window starts at 03:00 and lasts an hour.
  ["2026-03-29T00:59:59Z", false],
  ["2026-03-29T01:00:00Z", true],
  ["2026-03-29T01:59:59Z", true],
  ["2026-03-29T02:00:00Z", false],
  // 02:30 comes twice on 25 October 2026: the window starts with the first and lasts an hour of real time.
  ["2026-10-25T00:30:00Z", true],
  ["2026-10-25T01:29:59Z", true],
  ["2026-10-25T01:30:00Z", false],
  ["2026-10-25T02:00:00Z", false],
])("prepareSnapshot() of every day at 02:30 in Amsterdam at %s: %s", async (instant, expected) => {
  const window = { cron: "30 2 * * *", duration: "1h", timeZone: "Europe/Amsterdam" };
  const { isInForce } = await prepareSnapshot({ mode: "on", recurring: [window] });
  expect(isInForce!(at(instant))).toBe(expected);
});

test("prepareSnapshot() answers the same in whatever order it is asked", async () => {
  const state = { mode: "on", recurring: [SUNDAYS, { cron: "*/20 * * * *", duration: "5m" }] } as const;
  const { isInForce } = await prepareSnapshot(state);
  const times = Array.from({ length: 400 }, (_, index) => at("2026-10-24T20:00:00Z") + index * 71_000);
  const fresh = await Promise.all(times.map(async (time) => (await prepareSnapshot(state)).isInForce!(time)));
  expect(times.map((time) => isInForce!(time))).toEqual(fresh);
  expect(times.toReversed().map((time) => isInForce!(time))).toEqual(fresh.toReversed());
  expect(new Set(fresh)).toEqual(new Set([true, false]));
});

test("prepareSnapshot() joins windows that overlap and ends with the last", async () => {
  const windows = [{ cron: "0 1 * * *", duration: "1h" }, { cron: "30 1 * * *", duration: "2h" }];
  const { isInForce, endsAt } = await prepareSnapshot({ mode: "on", recurring: windows });
  expect(isInForce!(at("2026-11-22T02:30:00Z"))).toBe(true);
  expect(endsAt(at("2026-11-22T01:45:00Z"))).toBe(at("2026-11-22T03:30:00Z"));
});

test("prepareSnapshot() looks beyond the end of a window that the next one goes on from", async () => {
  const { endsAt } = await prepareSnapshot({ mode: "on", recurring: [{ cron: "0 1-3 * * *", duration: "90m" }] });
  expect(endsAt(at("2026-11-22T01:10:00Z"))).toBe(at("2026-11-22T04:30:00Z"));
  const always = await prepareSnapshot({ mode: "on", recurring: [{ cron: "* * * * *", duration: "2m" }] });
  expect(always.endsAt(at("2026-11-22T01:10:00Z"))).toBeUndefined();
});

test("prepareSnapshot() takes recurring windows within start and end only", async () => {
  const { isInForce, endsAt } = await prepareSnapshot({
    mode: "on",
    start: "2026-11-22T01:30:00Z",
    end: "2026-11-22T01:40:00Z",
    recurring: [{ cron: "0 1 * * *", duration: "1h" }],
  });
  const times = ["2026-11-22T01:29:59Z", "2026-11-22T01:30:00Z", "2026-11-22T01:40:00Z", "2026-11-23T01:30:00Z"];
  expect(times.map((time) => isInForce!(at(time)))).toEqual([false, true, false, false]);
  expect(endsAt(at("2026-11-22T01:35:00Z"))).toBe(at("2026-11-22T01:40:00Z"));
});

test("prepareSnapshot() refuses a window that never comes", async () => {
  const state = { mode: "on", recurring: [{ cron: "0 0 30 2 *", duration: "1h" }] } as const;
  await expect(prepareSnapshot(state)).rejects.toMatchObject({
    code: "ERR_STATE_INVALID",
    path: "$.recurring[0].cron",
  });
});

const UTC_SUNDAYS = { cron: "0 1 * * SUN", duration: "1h" };

test.each<[string, MaintenanceState, [string, string | undefined][]]>([
  ["a state that is off", { mode: "off", start: "2026-11-22T01:00:00Z" }, [["2026-11-22T00:00:00Z", undefined]]],
  ["a state without a start", { mode: "on" }, [["2026-11-22T00:00:00Z", undefined]]],
  ["a window", { mode: "on", start: "2026-11-22T01:00:00Z", end: "2026-11-22T03:00:00Z" }, [
    ["2026-11-21T00:00:00Z", "2026-11-22T01:00:00Z"],
    ["2026-11-22T00:59:59Z", "2026-11-22T01:00:00Z"],
    ["2026-11-22T01:00:00Z", undefined],
    ["2026-11-22T04:00:00Z", undefined],
  ]],
  ["windows that come back", { mode: "read-only", recurring: [UTC_SUNDAYS] }, [
    ["2026-11-21T00:00:00Z", "2026-11-22T01:00:00Z"],
    ["2026-11-22T00:59:59Z", "2026-11-22T01:00:00Z"],
    ["2026-11-22T01:30:00Z", undefined],
    ["2026-11-22T02:00:00Z", "2026-11-29T01:00:00Z"],
    // Backwards, too: what was found for later does not count.
    ["2026-11-15T02:00:00Z", "2026-11-22T01:00:00Z"],
  ]],
  ["windows within a window", {
    mode: "on",
    recurring: [UTC_SUNDAYS],
    start: "2026-11-22T01:30:00Z",
    end: "2026-11-29T01:00:00Z",
  }, [
    // In the middle of one.
    ["2026-11-22T01:00:00Z", "2026-11-22T01:30:00Z"],
    ["2026-11-22T01:45:00Z", undefined],
    // The next one is at the very end.
    ["2026-11-22T02:00:00Z", undefined],
  ]],
  ["windows of which the next begins after the start", {
    mode: "on",
    recurring: [UTC_SUNDAYS],
    start: "2026-11-22T12:00:00Z",
  }, [["2026-11-22T00:00:00Z", "2026-11-29T01:00:00Z"]]],
])("startsAt() of %s", async (_, state, expected) => {
  const { startsAt } = await prepareSnapshot(state);
  const toText = (ms: number | undefined) =>
    ms === undefined ? undefined : new Date(ms).toISOString().replace(".000", "");
  expect(expected.map(([now]) => [now, toText(startsAt(at(now)))])).toEqual(expected);
});
