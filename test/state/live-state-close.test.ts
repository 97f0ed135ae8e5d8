import { expect, test, vi } from "vitest";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { withMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { modeOf, OFF, ON, open } from "./_live.ts";
import { settle, SteppedStore, until } from "./_stores.ts";

test("liveState() is closed once, keeps its state, and follows nothing any more", async () => {
  const store = new SteppedStore(5);
  const state = open(store);
  (await store.nextRead()).answer(ON);
  await state.ready;
  await Promise.all([state.close(), state.close()]);
  await settle();
  const reads = store.reads.length;
  expect([store.closed, store.changed]).toEqual([1, undefined]);
  store.reads.forEach((read) => read.answer(OFF));
  await settle();
  expect(store.reads.length).toBe(reads);
  expect(modeOf(state)).toBe("on");
  await expect(state.set({ mode: "off" })).rejects.toThrow("it was closed");
});

test("liveState() is disposed of by await using", async () => {
  const store = new SteppedStore();
  {
    await using state = liveState(store);
    (await store.nextRead()).answer(ON);
    await state.ready;
  }
  expect(store.closed).toBe(1);
});

test("close() lets what was set before be written, and refuses what is set afterwards", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  const set = state.set({ mode: "on" });
  await state.close();
  await set;
  expect((await store.read(new AbortController().signal))!.text).toContain('"on"');
  await expect(state.set({ mode: "off" })).rejects.toThrow("it was closed");
});

test("close() keeps the record of a process that has something at work until that has finished", async () => {
  const store = memoryStore();
  const state = liveState(store, { counts: "work" });
  await state.ready;
  const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
  const tracked = tracker!.enter({ method: "GET", url: "/slow" }, undefined, () => {});
  await state.close();
  expect(await state.fleet()).toMatchObject([{ inFlight: 1 }]);
  tracker!.leave(tracked);
  await until(async () => (await state.fleet())!.length === 0);
  expect(JSON.parse((await store.instances!.list())[0]!)).toMatchObject({ hasEnded: true, inFlight: 0 });
});

test("close() says farewell with what the process had then, and once that requests still come in", async () => {
  const store = memoryStore();
  const errors: string[] = [];
  const state = liveState(store, { onError: (error) => void errors.push((error as Error).message) });
  const site = withMaintenance(maintenanceMode({ state }), () => new Response("app"));
  await state.ready;
  await state.set({ mode: "read-only" });
  await state.close();
  expect(await state.fleet()).toEqual([]);
  const [record] = await store.instances!.list();
  expect(JSON.parse(record!)).toMatchObject({ hasEnded: true, mode: "read-only", inForce: true, before: 0 });
  for (let i = 0; i < 2; i++) await site(new Request("https://example.com/"), { remoteAddr: {} });
  expect(errors).toEqual([
    "Cannot follow memory: it was closed, but requests or jobs still begin, and no command waits for them: close it after the server",
  ]);
});

test("close() does not wait for a store that never stops telling", async () => {
  const store = { ...memoryStore(), watch: () => () => new Promise<void>(() => {}) };
  const state = liveState(store);
  await state.ready;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const closing = state.close();
  await vi.advanceTimersByTimeAsync(5_000);
  vi.useRealTimers();
  await closing;
});
