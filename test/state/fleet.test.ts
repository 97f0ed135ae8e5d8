import { expect, test, vi } from "vitest";
import { describeHeld } from "../../src/state/this-process.ts";
import { type FleetReport, type FleetWait, readFleet, waitForFleet } from "../../src/state/fleet.ts";
import { formatFarewell } from "../../src/state/instance-record.ts";
import { describeStraggler } from "../../src/state/fleet-target.ts";
import { RequestTracker } from "../../src/counting/in-flight.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Instance } from "../../src/types/fleet.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { instance } from "./_instance.ts";

const TARGET = { revision: "new", drained: true };

async function storeOf(...records: Instance[]): Promise<MaintenanceStore> {
  const store = memoryStore();
  for (const record of records) await store.instances!.put(record.id, JSON.stringify(record), 60_000);
  return store;
}

test("readFleet() lists the processes by host and process id, those of unknown records, too", async () => {
  const store = await storeOf(instance({ id: "a", host: "b" }), instance({ id: "b", pid: 9 }), instance({ id: "c" }));
  await store.instances!.put("d", "{}", 60_000);
  await store.instances!.put("e", "nonsense", 60_000);
  expect((await readFleet(store))!.map(({ id }) => id)).toEqual(["a", "unknown-3", "unknown-4", "c", "b"]);
  const { isReady, stragglers } = await waitForFleet(store, { revision: "new", drained: false }, { timeoutMs: 1 });
  expect([isReady, stragglers.length]).toEqual([false, 2]);
  expect(describeStraggler(stragglers[0]!, TARGET)).toContain("its record cannot be read");
});

test("readFleet() knows no fleet where the store keeps no records", async () => {
  expect(await readFleet({ read: () => Promise.resolve(undefined) })).toBeUndefined();
});

test.each<[string, Partial<Instance>, boolean, boolean]>([
  ["has followed", {}, true, true],
  ["holds a request from before", { before: 1, inFlight: 1 }, true, false],
  ["holds requests of its own time", { inFlight: 5 }, true, true],
  ["holds a stream", { streams: 1 }, true, true],
  ["has another state", { revision: "old" }, true, false],
  ["has read no state yet", { revision: undefined }, true, false],
  ["does not take it for the time", { inForce: false }, true, false],
  ["does not take it for the time, and need not", { inForce: false, before: 3 }, false, true],
  ["has got the store back a moment ago", { clock: 100_000, connectedMs: 9_999 }, true, false],
  ["has got the store back a moment ago, which does not matter", { clock: 100_000, connectedMs: 9_999 }, false, true],
  ["has got the store back some time ago", { clock: 100_000, connectedMs: 10_000 }, true, true],
  ["has just started", { startedAt: 98_000, clock: 100_000, connectedMs: 1_000 }, true, true],
  ["has a clock that was set back", { startedAt: 98_000, clock: 0, connectedMs: 1_000 }, true, true],
])("waitForFleet() where a process %s (%j), drained %s: ready %s", async (_what, given, drained, isReady) => {
  const store = await storeOf(instance(), instance({ id: "b", ...given }));
  const report = await waitForFleet(store, { ...TARGET, drained }, { timeoutMs: 1 });
  expect(report.isReady).toBe(isReady);
  expect(report.stragglers.map(({ id }) => id)).toEqual(isReady ? [] : ["b"]);
});

test("waitForFleet() waits for a process whose record was lost until it is there again", async () => {
  const store = await storeOf(instance());
  const late = instance({ id: "late", before: 1 });
  const seen: string[][] = [];
  const report = await waitForFleet(store, TARGET, { known: [late] }, ({ stragglers }) => {
    seen.push(stragglers.map(({ id }) => id));
    if (seen.length === 2) void store.instances!.put("late", JSON.stringify({ ...late, before: 0 }), 60_000);
  });
  expect(report.isReady).toBe(true);
  expect(seen.slice(0, 2)).toEqual([["late"], ["late"]]);
});

/** Looks at a fleet every four seconds, as the clock has it. Gives what each look found, until the time is up. */
async function lookOften(
  store: MaintenanceStore,
  options: FleetWait,
  each: (look: number) => unknown = () => {},
): Promise<FleetReport[]> {
  let now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  const reports: FleetReport[] = [];
  try {
    await waitForFleet(store, TARGET, { timeoutMs: 30_000, ...options }, (report) => {
      reports.push(report);
      now += 4_000;
      void each(reports.length);
    });
  } finally {
    clock.mockRestore();
  }
  return reports;
}

test("waitForFleet() misses a process that went silent until the time is up, and names it", async () => {
  const store = await storeOf(instance());
  const held = [{ method: "GET", path: "/slow", seconds: 3, kind: "request" }] as const;
  const reports = await lookOften(store, { known: [instance({ id: "gone", revision: "old", before: 1, held })] });
  expect(reports.length).toBe(9);
  const { isReady, stragglers } = reports.at(-1)!;
  expect(isReady).toBe(false);
  expect(stragglers.map((straggler) => describeStraggler(straggler, TARGET))).toEqual([
    "web-1 (pid 1) went silent 32 s ago with 1 request from before: GET /slow (35 s): nobody knows whether it still works " +
    "with the old state",
  ]);
});

test("waitForFleet() goes on without a silent process that somebody says is dead, after it could have come back", async () => {
  const reports = await lookOften(await storeOf(instance()), {
    known: [instance({ id: "gone", revision: "old" })],
    allowLost: true,
  });
  expect(reports.map(({ isReady }) => isReady)).toEqual([false, false, true]);
  expect(reports.at(-1)!.dead.map(({ id }) => id)).toEqual(["gone"]);
});

test.each<[string, Partial<Instance>]>([
  ["was ready before", {}],
  ["counts nothing", { revision: "old", counts: ["nothing"] }],
])("waitForFleet() does not miss a silent process that %s", async (_what, given) => {
  const reports = await lookOften(await storeOf(instance()), { known: [instance({ id: "gone", ...given })] });
  expect(reports.map(({ isReady }) => isReady)).toEqual([true]);
});

test("waitForFleet() does not miss a process that was ready when it said farewell", async () => {
  const store = await storeOf(instance());
  const left = instance({ id: "left" });
  const reports = await lookOften(store, { known: [{ ...left, revision: "old", before: 1 }] }, (look) => {
    if (look === 2) void store.instances!.put("left", formatFarewell(left), 60_000);
  });
  expect(reports.map(({ isReady }) => isReady)).toEqual([false, false, true]);
  expect(reports.at(-1)!.instances.map(({ id }) => id)).toEqual(["a"]);
});

test("waitForFleet() names a process that said farewell before it had followed: it may go on serving", async () => {
  const left = instance({ id: "left", revision: "old", mode: "off" });
  const store = await storeOf(instance());
  await store.instances!.put("left", formatFarewell(left), 60_000);
  const { isReady, stragglers } = await waitForFleet(store, TARGET, { timeoutMs: 1, known: [left] });
  expect(isReady).toBe(false);
  expect(stragglers.map((straggler) => describeStraggler(straggler, TARGET))).toEqual([
    "web-1 (pid 1) went silent: it closed its live state before it had the new one, and may still serve with the old one",
  ]);
  // Nobody who looks later has seen it.
  expect((await waitForFleet(store, TARGET, { timeoutMs: 1 })).isReady).toBe(true);
});

test("waitForFleet() waits for as many processes as are expected, and says how many are missing", async () => {
  const store = await storeOf(instance());
  const few = await waitForFleet(store, TARGET, { timeoutMs: 1, expect: 3 });
  expect([few.isReady, few.missing, few.stragglers]).toEqual([false, 2, []]);
  const enough = await waitForFleet(await storeOf(instance(), instance({ id: "b" })), TARGET, {
    timeoutMs: 1,
    expect: 2,
  });
  expect([enough.isReady, enough.missing]).toEqual([true, 0]);
  // One that has nothing at work stands in for no other.
  const watched = await storeOf(instance(), instance({ id: "b", counts: ["nothing"] }));
  expect((await waitForFleet(watched, TARGET, { timeoutMs: 1, expect: 2 })).missing).toBe(1);
  expect((await waitForFleet(watched, { ...TARGET, drained: false }, { timeoutMs: 1, expect: 2 })).isReady).toBe(true);
});

test.each<[string, Partial<Instance>, FleetWait, boolean]>([
  ["calls its gate by hand", { counts: ["requests", "unknown"], uncounted: "by-hand" }, {}, false],
  ["does not say what it counts", { counts: ["unknown"], uncounted: "undeclared" }, {}, false],
  ["does not say what it counts, and waits", { counts: ["unknown"], uncounted: "undeclared" }, { self: "b" }, true],
  ["calls its gate by hand, and waits", { counts: ["unknown"], uncounted: "by-hand" }, { self: "b" }, false],
  ["is of an earlier version", { counts: ["unknown"] }, {}, false],
  ["is of an earlier version, which is allowed", { counts: ["unknown"] }, { allowUncounted: true }, true],
  [
    "has a request, and its gate is called by hand",
    { counts: ["unknown"], before: 1 },
    { allowUncounted: true },
    false,
  ],
])("waitForFleet() where a process %s (%j) with %j: ready %s", async (_what, given, options, isReady) => {
  const store = await storeOf(instance(), instance({ id: "b", ...given }));
  const report = await waitForFleet(store, TARGET, { timeoutMs: 1, ...options });
  expect([report.isReady, report.isOnlyUncounted]).toEqual([isReady, !isReady && !given.before]);
});

test("waitForFleet() does not wait long for what waiting does not change: processes that do not count", async () => {
  const store = await storeOf(instance({ counts: ["unknown"] }));
  const reports = await lookOften(store, {});
  expect(reports.map(({ isOnlyUncounted }) => isOnlyUncounted)).toEqual([true, true]);
});

test("readFleet() gives the ages of now", async () => {
  const held = [{ method: "GET", path: "/slow", seconds: 3, kind: "request" }] as const;
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now);
  const ages = async (clock: number) =>
    (await readFleet(await storeOf(instance({ clock, held }))))![0]!.held.map(({ seconds }) => seconds);
  expect(await ages(now - 2_500)).toEqual([5.5]);
  // Clocks that differ by more than a record lasts do not tell.
  expect(await ages(now - 600_000)).toEqual([3]);
  expect(await ages(now + 600_000)).toEqual([3]);
  vi.restoreAllMocks();
});

test("waitForFleet() with streams waits for streams, too", async () => {
  const store = await storeOf(instance({ streams: 1 }));
  expect((await waitForFleet(store, TARGET, { timeoutMs: 1, streams: true })).isReady).toBe(false);
});

test("waitForFleet() returns when the last process has followed", async () => {
  const store = await storeOf(instance({ before: 2 }));
  const seen: number[] = [];
  const waiting = waitForFleet(store, TARGET, {}, ({ stragglers }) => {
    seen.push(stragglers.length);
    void store.instances!.put("a", JSON.stringify(instance()), 60_000);
  });
  expect((await waiting).isReady).toBe(true);
  expect(seen).toEqual([1, 0]);
});

test("waitForFleet() outlives a store that fails for a while, and tells of one that fails until the time is up", async () => {
  const store = await storeOf(instance());
  let failures = 2;
  const shaky: MaintenanceStore = {
    ...store,
    instances: {
      ...store.instances!,
      list: () => failures-- > 0 ? Promise.reject(new Error("gone")) : store.instances!.list(),
    },
  };
  expect((await waitForFleet(shaky, TARGET)).isReady).toBe(true);
  failures = Infinity;
  await expect(waitForFleet(shaky, TARGET, { timeoutMs: 30 })).rejects.toMatchObject({ code: "ERR_STORE" });
});

test("waitForFleet() stops when its signal is aborted", async () => {
  const store = await storeOf(instance({ before: 1 }));
  const controller = new AbortController();
  const waiting = waitForFleet(
    store,
    TARGET,
    { signal: controller.signal },
    () => controller.abort(new Error("enough")),
  );
  await expect(waiting).rejects.toThrow("enough");
});

test.each<[Partial<Instance>, string]>([
  [{ revision: "old", mode: "off" }, "web-1 (pid 1) still has the old state (off)"],
  [
    { revision: "old", mode: "off", problem: "bad text" },
    "web-1 (pid 1) still has the old state (off): bad text",
  ],
  [{ inForce: false }, "web-1 (pid 1) has the new state, but does not apply it: its clock may be wrong"],
  [
    { before: 1, held: [{ method: "GET", path: "/slow", seconds: 12, kind: "request" }] },
    "web-1 (pid 1) still has 1 request from before: GET /slow (12 s)",
  ],
  [
    { before: 3, held: [{ method: "GET", path: "/slow", seconds: 12, kind: "request" }] },
    "web-1 (pid 1) still has 3 requests from before: GET /slow (12 s), …",
  ],
  [
    { streams: 1, held: [{ method: "GET", path: "/events", seconds: 1.5, kind: "event-stream" }] },
    "web-1 (pid 1) still has 1 stream: GET /events (1.5 s)",
  ],
])("describeStraggler() says of %j: %s", (given, text) => {
  expect(describeStraggler(instance(given), TARGET)).toBe(text);
});

test("describeHeld() names requests from before first, without queries and control characters", () => {
  const tracker = new RequestTracker(() => {});
  const inForce = {};
  tracker.enter({ method: "GET", url: "http://site.test/old?token=1#x" }, undefined, () => {});
  tracker.turn(inForce);
  tracker.enter({ method: "POST", url: "/new\u001b[31m?secret" }, inForce, () => {});
  const stream = tracker.enter({ url: "http://site.test" }, inForce, () => {});
  tracker.markAsStream(stream, "event-stream");
  expect(describeHeld(tracker).map(({ method, path, kind }) => `${method} ${path} ${kind}`)).toEqual([
    "GET /old request",
    "POST /new?[31m request",
    "GET / event-stream",
  ]);
});
