import { expect, test, vi } from "vitest";
import { withMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { createReporter } from "../../src/state/reporter.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { Instance } from "../../src/types/fleet.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import { closeLater, open } from "./_live.ts";
import { until } from "./_stores.ts";

const REQUEST = new Request("https://example.com/");

/** The record of the only process, once a condition holds for it. */
async function recordOf(state: LiveState, holds: (instance: Instance) => unknown): Promise<Instance> {
  let found: Instance | undefined;
  await until(async () => {
    found = (await state.fleet())![0];
    return found !== undefined && holds(found);
  });
  return found!;
}

function declared(counts?: "work" | "nothing"): LiveState {
  return closeLater(liveState(memoryStore(), { onError: () => {}, ...(counts !== undefined && { counts }) }));
}

test.each<[string, (state: LiveState) => unknown, "work" | "nothing" | undefined, string[], string | undefined]>([
  ["nothing is known of", () => {}, undefined, ["unknown"], "undeclared"],
  ["only watches", () => {}, "nothing", ["nothing"], undefined],
  ["will track its work", () => {}, "work", ["work"], undefined],
  ["tracks work", (state) => state.track(() => 1), undefined, ["work"], undefined],
  ["has a gate that nobody has called", (state) => maintenanceMode({ state }), undefined, ["unknown"], "undeclared"],
  [
    "has a helper",
    (state) => withMaintenance(maintenanceMode({ state }), () => new Response()),
    undefined,
    ["requests"],
    undefined,
  ],
  [
    "has a helper and tracks work",
    (state) => {
      withMaintenance(maintenanceMode({ state }), () => new Response());
      return state.track(Promise.resolve(1));
    },
    undefined,
    ["requests", "work"],
    undefined,
  ],
  ["calls its gate by hand", (state) => maintenanceMode({ state })(REQUEST), undefined, ["unknown"], "by-hand"],
  [
    "calls its gate by hand and says that it counts nothing",
    (state) => maintenanceMode({ state })(REQUEST),
    "nothing",
    ["unknown"],
    "by-hand",
  ],
  [
    "has a helper and calls its gate by hand as well",
    (state) => {
      const maintenance = maintenanceMode({ state });
      withMaintenance(maintenance, () => new Response());
      return maintenance(REQUEST);
    },
    undefined,
    ["requests", "unknown"],
    "by-hand",
  ],
])("a process that %s reports it", async (_what, act, given, counts, uncounted) => {
  const state = declared(given);
  await act(state);
  const record = await recordOf(state, (instance) => instance.counts.join() === counts.join());
  expect(record.uncounted).toBe(uncounted);
});

test("a gate called by hand that answers leaves nothing at work", async () => {
  const state = declared("nothing");
  await state.set({ mode: "on" });
  expect(maintenanceMode({ state })(REQUEST)?.status).toBe(503);
  await state.set({ mode: "on", reason: "again" });
  expect((await recordOf(state, ({ revision }) => revision !== undefined)).counts).toEqual(["nothing"]);
});

test("track() counts a job from before until it has ended, and names it", async () => {
  const state = declared();
  await state.ready;
  let finish = () => {};
  const done = state.track(() => new Promise<void>((resolve) => finish = resolve), { name: "reindex orders?" });
  await state.set({ mode: "on" });
  const { before, inFlight, streams, held } = await recordOf(state, ({ before }) => before === 1);
  expect([before, inFlight, streams]).toEqual([1, 1, 0]);
  expect(held).toEqual([{ method: "work", path: "reindex orders?", seconds: expect.any(Number), kind: "work" }]);
  finish();
  await done;
  expect(await recordOf(state, ({ before }) => before === 0)).toMatchObject({ inFlight: 0, held: [] });
});

test("track() counts a job that begins during maintenance as one from before: nobody has let it in", async () => {
  const state = declared();
  await state.set({ mode: "read-only" });
  let finish = () => {};
  const done = state.track(new Promise<void>((resolve) => finish = resolve), { name: "late" });
  await recordOf(state, ({ before }) => before === 1);
  finish();
  await done;
  await recordOf(state, ({ before, inFlight }) => before === 0 && inFlight === 0);
});

test("track() gives the result, and throws what the work throws", async () => {
  const state = declared();
  expect(await state.track(() => 7)).toBe(7);
  expect(await state.track(Promise.resolve("done"))).toBe("done");
  const error = new Error("no");
  await expect(state.track(() => Promise.reject(error))).rejects.toBe(error);
  await expect(state.track(() => {
    throw error;
  })).rejects.toBe(error);
  expect((await recordOf(state, ({ inFlight }) => inFlight === 0)).counts).toEqual(["work"]);
});

test("track() calls the function at once", () => {
  const work = vi.fn();
  void declared().track(work);
  expect(work).toHaveBeenCalledOnce();
});

test("track() takes the name of the function, or calls it work", async () => {
  const state = declared();
  const never = new Promise(() => {});
  void state.track(function sendNewsletter() {
    return never;
  });
  void state.track(never);
  const { held } = await recordOf(state, ({ inFlight }) => inFlight === 2);
  expect(held.map(({ path }) => path)).toEqual(["sendNewsletter", "work"]);
});

test("track() works where the store keeps no records of processes", async () => {
  const { instances: _, ...store } = memoryStore();
  expect(await open(store).track(() => 7)).toBe(7);
});

test.each<[unknown[], string]>([
  [
    [5],
    'Cannot track work: "work" must be a function or a promise, received 5: write state.track(() => sendMail(job))',
  ],
  [[() => {}, { nmae: "x" }], 'unknown name "nmae" in the second argument of track(): accepted are name'],
  [[() => {}, { name: "" }], '"name" must be text that is not empty, received ""'],
])("track(%j) is refused", (args, message) => {
  const { track } = declared() as unknown as { track(...args: unknown[]): unknown };
  expect(() => track(...args)).toThrow(message);
});

test("whenOpen() waits for the end of maintenance, and not otherwise", async () => {
  const state = declared();
  await state.whenOpen();
  await state.set({ mode: "read-only" });
  let isOpen = false;
  const waiting = state.whenOpen().then(() => isOpen = true);
  await state.set({ mode: "on" });
  await Promise.resolve();
  expect(isOpen).toBe(false);
  await state.set({ mode: "off" });
  await waiting;
});

test("whenOpen() waits for the first reading of the store", async () => {
  const store = memoryStore();
  await store.write('{"mode":"on"}');
  const state = open(store);
  const opened = vi.fn();
  void state.whenOpen().then(opened);
  await state.ready;
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(opened).not.toHaveBeenCalled();
});

test("whenOpen() stops waiting when its signal is aborted", async () => {
  const state = declared();
  await state.set({ mode: "on" });
  const controller = new AbortController();
  const waiting = state.whenOpen({ signal: controller.signal });
  controller.abort(new Error("the worker ends"));
  await expect(waiting).rejects.toThrow("the worker ends");
  await expect(state.whenOpen({ signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
});

test("a record has what begins in the turn in which it is asked for, such as a job that waited for the site to open", async () => {
  const put = vi.fn(() => Promise.resolve());
  const registry = { put, list: () => Promise.resolve([]), delete: () => Promise.resolve() };
  let jobs = 0;
  const reporter = createReporter(registry, () => ({ id: "a", inFlight: jobs }) as Instance, () => {});
  const reported = reporter.report();
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
  jobs = 1;
  await reported;
  expect(put.mock.calls).toEqual([["a", '{"id":"a","inFlight":1}', 15_000]]);
  jobs = 0;
  await reporter.close("farewell");
  expect(put.mock.lastCall).toEqual(["a", '{"id":"a","inFlight":0,"hasEnded":true}', 15_000]);
});

test("inForce, begin and end follow the state", async () => {
  const state = declared("nothing");
  const told: string[] = [];
  state.on("begin", ({ mode }) => told.push(`begin ${mode}`));
  const remove = state.on("end", ({ mode }) => told.push(`end ${mode}`));
  expect(state.inForce).toBeUndefined();
  await state.set({ mode: "on" });
  expect(state.inForce).toBe(state.current);
  await state.set({ mode: "on", start: "2999-01-01T00:00:00Z" });
  expect(state.inForce).toBeUndefined();
  remove();
  await state.set({ mode: "read-only" });
  await state.set({ mode: "off" });
  expect(told).toEqual(["begin on", "end on", "begin read-only"]);
});

test("liveState() refuses what it cannot count", () => {
  expect(() => liveState(memoryStore(), { counts: "requests" as never })).toThrow(
    'Cannot follow the maintenance state: "counts" must be "work" or "nothing", received "requests"',
  );
});
