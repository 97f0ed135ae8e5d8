import { expect, test, vi } from "vitest";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { closeLater, modeOf, OFF, ON, open } from "./_live.ts";
import { SteppedStore, until } from "./_stores.ts";

test("liveState() keeps the last good state where the text is not valid, and says so once", async () => {
  const store = memoryStore(ON);
  const errors: string[] = [];
  const state = open(store, { onError: (error) => errors.push((error as Error).message), pollIntervalMs: 5 });
  await state.ready;
  await store.write!('{"mode":"onn"}');
  await until(() => errors.length === 1);
  const [record] = (await state.fleet())!;
  expect(modeOf(state)).toBe("on");
  expect(record).toMatchObject({ mode: "on" });
  await until(async () => (await state.fleet())![0]!.problem?.includes('"onn"') === true);
  await store.write!("");
  await store.write!('{"mode":"onn"}');
  await until(() => errors.length === 2);
  expect(errors[1]).toContain('"$.mode" must be "off", "on" or "read-only", received "onn"');
});

test("liveState() takes a good state after a bad one that came first", async () => {
  const store = memoryStore("nonsense");
  const state = open(store);
  await state.ready;
  expect(modeOf(state)).toBe("off");
  await store.write!(ON);
  await until(() => modeOf(state) === "on");
});

test("liveState() keeps the last known state while the store fails, says so once, and recovers", async () => {
  const store = new SteppedStore();
  const errors: string[] = [];
  const state = open(store, { onError: (error) => errors.push((error as Error).message) });
  (await store.nextRead()).answer(ON);
  await state.ready;
  for (let failure = 0; failure < 3; failure++) {
    store.changed!();
    (await store.nextRead()).fail(new Error("gone"));
  }
  expect(modeOf(state)).toBe("on");
  (await store.nextRead()).answer(OFF);
  await until(() => modeOf(state) === "off");
  expect(errors).toEqual(["Cannot read the state from stepped: gone"]);
});

test("liveState() watches again after the watch has failed", async () => {
  const store = new SteppedStore();
  const errors: unknown[] = [];
  const state = open(store, { onError: (error) => errors.push(error) });
  (await store.nextRead()).answer(OFF);
  await state.ready;
  store.failed!(new Error("connection lost"));
  await until(() => store.watches === 2);
  // What changed meanwhile was not told.
  while (modeOf(state) === "off") (await store.nextRead()).answer(ON);
  expect((errors[0] as Error).message).toBe("Cannot watch stepped: connection lost");
});

test("liveState() goes on where a listener throws", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const state = open(memoryStore());
  await state.ready;
  const modes: string[] = [];
  state.on("change", () => {
    throw new Error("mine");
  });
  state.on("change", ({ mode }) => modes.push(mode));
  await state.set({ mode: "on" });
  expect(modes).toEqual(["on"]);
  expect(log.mock.calls.map(([text]) => text)).toEqual(["maintenancemode: a listener failed"]);
  log.mockRestore();
});

test("liveState() tells the console of errors only where nobody else wants to know", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const failing: MaintenanceStore = { name: "down", read: () => Promise.reject(new Error("refused")) };
  const heard: unknown[] = [];
  const loud = liveState(failing, { startTimeoutMs: 20 });
  const quiet = liveState(failing, { startTimeoutMs: 20 });
  quiet.on("error", (error) => heard.push(error));
  await Promise.all([loud.ready, quiet.ready]);
  await Promise.all([loud.close(), quiet.close()]);
  const told = [
    "Cannot read the state from down: refused",
    'Cannot start with the state in down: it could not be read within 20 ms, until then it is off, as "initial" says',
  ];
  expect(log.mock.calls).toEqual(told.map((text) => ["maintenancemode:", text]));
  expect(heard.map((error) => (error as Error).message)).toEqual(told);
  log.mockRestore();
});

test("by default the console is told what holds while the store cannot be read", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  let isGone = false;
  const { watch: _, instances: __, ...store } = memoryStore(ON);
  const read = async (signal: AbortSignal) => {
    if (isGone) throw new Error("gone");
    return await store.read(signal);
  };
  const state = closeLater(liveState({ ...store, read }, { pollIntervalMs: 5 }));
  await state.ready;
  isGone = true;
  await until(() => log.mock.calls.length === 1);
  expect(log.mock.calls[0]).toEqual([
    "maintenancemode:",
    'Cannot read the state from memory: gone; until it can be read again, maintenance stays "on" here',
  ]);
  log.mockRestore();
});

test("a listener that rejects ends nothing", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const state = open(memoryStore());
  state.on("change", (() => Promise.reject(new Error("mine"))) as never);
  await state.set({ mode: "on" });
  await until(() => log.mock.calls.length === 1);
  expect(log.mock.calls[0]![0]).toBe("maintenancemode: a listener failed");
  log.mockRestore();
});
