import { expect, test, vi } from "vitest";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { StoreError } from "../../src/state/errors.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { modeOf, OFF, ON, open } from "./_live.ts";
import { settle, SteppedStore, until } from "./_stores.ts";

test("liveState() holds what the store holds once it is ready", async () => {
  const state = open(memoryStore('{"mode":"on","reason":"Moving"}'));
  expect(state.current).toEqual({ mode: "off" });
  expect(await state.ready).toBe(state);
  expect(state.current).toEqual({ mode: "on", reason: "Moving" });
  expect(Object.isFrozen(state.current)).toBe(true);
});

test("liveState() takes an empty store for off and an empty text for on", async () => {
  const [empty, touched] = [open(memoryStore(), { initial: "on" }), open(memoryStore(""))];
  await Promise.all([empty.ready, touched.ready]);
  expect([modeOf(empty), modeOf(touched)]).toEqual(["off", "on"]);
});

test("liveState() is ready in bounded time with a store that does not answer, and takes its answer later", async () => {
  const store = new SteppedStore();
  const state = open(store, { startTimeoutMs: 5 });
  await state.ready;
  expect(modeOf(state)).toBe("off");
  (await store.nextRead()).answer(ON);
  await until(() => modeOf(state) === "on");
});

test("liveState() with requireStore rejects ready where the store cannot be read, and goes on", async () => {
  const store = new SteppedStore();
  const state = open(store, { startTimeoutMs: 50, requireStore: true });
  (await store.nextRead()).fail(new Error("no such host"));
  const error = await state.ready.catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StoreError);
  expect((error as StoreError).message).toContain("no such host");
  (await store.nextRead()).answer(ON);
  await until(() => modeOf(state) === "on");
});

test("liveState() tells of changes, of the same state not", async () => {
  const store = memoryStore(OFF);
  const state = open(store);
  await state.ready;
  const changes: string[] = [];
  const stop = state.on("change", (current, former) => changes.push(`${former.mode} ${current.mode}`));
  await store.write!(ON);
  await until(() => changes.length === 1);
  await store.write!('{ "mode": "on" }');
  await store.write!('{"mode":"read-only"}');
  await until(() => changes.length === 2);
  stop();
  await store.write!(OFF);
  await until(() => modeOf(state) === "off");
  expect(changes).toEqual(["off on", "on read-only"]);
});

test("liveState() reads one at a time, and once more after changes it was told of meanwhile", async () => {
  const store = new SteppedStore();
  const state = open(store);
  const first = await store.nextRead();
  await settle();
  for (let change = 0; change < 100; change++) store.changed!();
  await settle();
  expect(store.reads.length).toBe(0);
  first.answer(OFF);
  (await store.nextRead()).answer(ON);
  await until(() => modeOf(state) === "on");
  await settle();
  expect(store.reads.length).toBe(0);
});

test("liveState() reads from time to time a store that does not tell of changes", async () => {
  const { watch: _, ...silent } = memoryStore(OFF);
  const state = open(silent, { pollIntervalMs: 5 });
  await state.ready;
  await silent.write!(ON);
  await until(() => modeOf(state) === "on");
});

test("liveState() reads the store again once it is in the fleet, and leaves it when it is closed", async () => {
  const store = memoryStore();
  const order: string[] = [];
  const { instances } = store;
  const state = open({
    ...store,
    read: (signal) => (order.push("read"), store.read(signal)),
    instances: { ...instances!, put: (...args) => (order.push("put"), instances!.put(...args)) },
  });
  await state.ready;
  expect(order.slice(order.indexOf("put"))).toContain("read");
  await until(async () => (await state.fleet())?.[0]?.revision !== undefined);
  expect(await state.fleet()).toMatchObject([{
    pid: process.pid,
    mode: "off",
    inForce: false,
    inFlight: 0,
    before: 0,
  }]);
  await state.close();
  expect(await instances!.list()).toEqual([]);
});

test("liveState() reads a store whose records of processes hang", async () => {
  const store = memoryStore(ON);
  const hanging = { ...store, instances: { ...store.instances!, put: () => new Promise<void>(() => {}) } };
  const state = open(hanging, { startTimeoutMs: 20 });
  await state.ready;
  expect(modeOf(state)).toBe("on");
});

test("a process whose machine has slept reads the store before it decides", async () => {
  const { watch: _, ...store } = memoryStore();
  const state = open(store, { pollIntervalMs: 1_000_000 });
  await state.ready;
  const internals = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
  await until(() => internals.refresh?.(undefined) === undefined);
  await store.write!(ON);
  // The monotonic clock has stood still meanwhile.
  const real = Date.now.bind(Date);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => real() + 16_000);
  await internals.refresh?.(undefined);
  expect(modeOf(state)).toBe("on");
  expect(internals.refresh?.(undefined)).toBeUndefined();
  // A clock that is set back is no reason to read.
  clock.mockImplementation(() => real());
  expect(internals.refresh?.(undefined)).toBeUndefined();
  clock.mockRestore();
});

test("a process that was stopped for longer than its record lasts reads the store before it decides", async () => {
  const { watch: _, ...store } = memoryStore();
  const state = open(store, { pollIntervalMs: 1_000_000 });
  await state.ready;
  const internals = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
  await until(() => internals.refresh?.(undefined) === undefined);
  await store.write!(ON);
  const real = performance.now.bind(performance);
  const clock = vi.spyOn(performance, "now").mockImplementation(() => real() + 10_000);
  // Requests show that the process goes on, but renew no record.
  expect(internals.refresh?.(undefined)).toBeUndefined();
  clock.mockImplementation(() => real() + 16_000);
  // Somebody has set the other clock back meanwhile.
  const day = vi.spyOn(Date, "now").mockReturnValue(1_000);
  const waiting = internals.refresh?.(undefined);
  expect(waiting).toBeInstanceOf(Promise);
  expect(internals.refresh?.(undefined)).toBe(waiting);
  await waiting;
  expect(modeOf(state)).toBe("on");
  expect(internals.refresh?.(undefined)).toBeUndefined();
  // Where it is time to renew the record first, requests wait, too.
  await store.write!(OFF);
  clock.mockImplementation(() => real() + 32_000);
  day.mockReturnValue(2_000);
  internals.noteAdmission("allowed");
  const again = internals.refresh?.(undefined);
  expect(again).toBeInstanceOf(Promise);
  await again;
  expect(modeOf(state)).toBe("off");
  day.mockRestore();
  clock.mockRestore();
});
