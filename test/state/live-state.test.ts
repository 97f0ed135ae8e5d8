import { afterEach, expect, test, vi } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import { liveState } from "../../src/state/live-state.ts";
import type { LiveStateOptions } from "../../src/state/live-state-options.ts";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { StoreError } from "../../src/state/errors.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { MaintenanceStore } from "../../src/types/store.ts";
import { settle, SteppedStore, until } from "./_stores.ts";

const opened: LiveState[] = [];

/** A live state that is closed after the test. */
function open(store: MaintenanceStore, options: LiveStateOptions = {}): LiveState {
  const state = liveState(store, { onError: () => {}, ...options });
  opened.push(state);
  return state;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((state) => state.close()));
});

const ON = '{"mode":"on"}';
const OFF = '{"mode":"off"}';
const modeOf = (state: LiveState) => state.current.mode;

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

test.each<[LiveStateOptions["initial"], MaintenanceState]>([
  [undefined, { mode: "off" }],
  ["on", { mode: "on" }],
  [{ mode: "read-only", reason: "Who knows" }, { mode: "read-only", reason: "Who knows" }],
])("liveState() with initial %j holds it until the store was read", async (initial, expected) => {
  const store = new SteppedStore();
  const state = open(store, { ...(initial !== undefined && { initial }) });
  expect(state.current).toEqual(expected);
  (await store.nextRead()).answer('{"mode":"on","reason":"Known"}');
  await state.ready;
  expect(state.current).toEqual({ mode: "on", reason: "Known" });
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

test("liveState() does not take a reading that overlaps a writing", async () => {
  const store = new SteppedStore();
  const state = open(store);
  (await store.nextRead()).answer(OFF);
  await state.ready;
  store.changed!();
  const old = await store.nextRead();
  const set = state.set({ mode: "on" });
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
    const write = await store.nextWrite();
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
  (await store.nextWrite()).fail(new Error("disk full"));
  await expect(failing).rejects.toThrow(new StoreError("write the state to stepped", new Error("disk full")));
  expect(modeOf(state)).toBe("off");
  const next = state.set({ mode: "on" });
  (await store.nextWrite()).done();
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

test("liveState() reads from time to time a store that does not tell of changes", async () => {
  const { watch: _, ...silent } = memoryStore(OFF);
  const state = open(silent, { pollIntervalMs: 5 });
  await state.ready;
  await silent.write!(ON);
  await until(() => modeOf(state) === "on");
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

test("set() puts the last state into force that was set, however long one takes to prepare", async () => {
  const store = memoryStore();
  const state = open(store);
  const slow = state.set({ mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1h" }] });
  await Promise.all([slow, state.set({ mode: "off", reason: "Last" })]);
  expect(state.current).toEqual({ mode: "off", reason: "Last" });
  expect((await store.read(new AbortController().signal))!.text).toContain("Last");
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

test("by default the console is told what holds while the store cannot be read", async () => {
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  let isGone = false;
  const { watch: _, instances: __, ...store } = memoryStore(ON);
  const read = async (signal: AbortSignal) => {
    if (isGone) throw new Error("gone");
    return await store.read(signal);
  };
  const state = liveState({ ...store, read }, { pollIntervalMs: 5 });
  opened.push(state);
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

test("liveState() reads a store whose records of processes hang", async () => {
  const store = memoryStore(ON);
  const hanging = { ...store, instances: { ...store.instances!, put: () => new Promise<void>(() => {}) } };
  const state = open(hanging, { startTimeoutMs: 20 });
  await state.ready;
  expect(modeOf(state)).toBe("on");
});

test("close() leaves the record of a process that still has requests until it expires", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
  const tracked = tracker!.enter({ method: "GET", url: "/slow" }, false, () => {});
  await state.close();
  expect((await store.instances!.list()).length).toBe(1);
  tracker!.leave(tracked);
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
  const waiting = internals.refresh?.(undefined);
  expect(waiting).toBeInstanceOf(Promise);
  expect(internals.refresh?.(undefined)).toBe(waiting);
  await waiting;
  expect(modeOf(state)).toBe("on");
  expect(internals.refresh?.(undefined)).toBeUndefined();
  // Where it is time to renew the record first, requests wait, too.
  await store.write!(OFF);
  clock.mockImplementation(() => real() + 32_000);
  internals.noteAdmission("allowed");
  const again = internals.refresh?.(undefined);
  expect(again).toBeInstanceOf(Promise);
  await again;
  expect(modeOf(state)).toBe("off");
  clock.mockRestore();
});

test("during() does not end the maintenance of another one that says the same", async () => {
  const store = memoryStore();
  const errors: string[] = [];
  const onError = (error: unknown) => void errors.push((error as Error).message);
  const [one, two] = [open(store, { onError }), open(store, { onError })];
  await Promise.all([one.ready, two.ready]);
  let finishFirst = () => {};
  const first = one.during({ reason: "Deploy" }, () => new Promise<void>((resolve) => finishFirst = resolve));
  await until(() => modeOf(two) === "on");
  const modes = await two.during({ reason: "Deploy" }, async () => {
    finishFirst();
    await first;
    return [modeOf(one), modeOf(two)];
  });
  expect(modes).toEqual(["on", "on"]);
  expect(errors).toEqual(["Cannot switch maintenance off: somebody changed the state meanwhile, theirs stays"]);
  expect(modeOf(two)).toBe("off");
});

test("during() refuses a store that cannot tell when all processes have followed", async () => {
  const { instances: _, ...store } = memoryStore();
  const state = open(store);
  await expect(state.during({}, () => {})).rejects.toThrow("keeps no records of processes");
  expect(modeOf(state)).toBe("off");
});

test("during() runs under maintenance and switches it off afterwards", async () => {
  const state = open(memoryStore());
  await state.ready;
  const seen: MaintenanceState[] = [];
  const result = await state.during({ reason: "Migration" }, () => {
    seen.push(state.current);
    return 42;
  });
  expect(result).toBe(42);
  expect(seen).toEqual([{ mode: "on", reason: "Migration", owner: expect.stringMatching(/^during\(\) \d+@\S+ \w+$/) }]);
  expect(state.current).toEqual({ mode: "off" });
});

test("during() still switches off what an editor has written anew, as long as its owner stays", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  await state.during({}, async () => {
    const { text } = (await store.read(new AbortController().signal))!;
    await store.write!(`${JSON.stringify({ ...JSON.parse(text), reason: "Longer than expected" })}`);
  });
  expect(state.current).toEqual({ mode: "off" });
});

test("during() leaves a state without its owner alone", async () => {
  const store = memoryStore();
  const errors: unknown[] = [];
  const state = open(store, { onError: (error) => errors.push(error) });
  await state.ready;
  await state.during({}, () => store.write!('{ "mode": "on" }'));
  await until(() => state.current.owner === undefined);
  expect(state.current).toEqual({ mode: "on" });
  expect(errors).toMatchObject([{ code: "ERR_STORE", message: expect.stringContaining("somebody changed the state") }]);
});

test("during() leaves maintenance on and rethrows where it threw", async () => {
  const state = open(memoryStore());
  const error = new Error("the migration failed");
  await expect(state.during({}, () => Promise.reject(error))).rejects.toBe(error);
  expect(modeOf(state)).toBe("on");
});

test("during() leaves alone what somebody else has set meanwhile", async () => {
  const store = memoryStore();
  const errors: string[] = [];
  const [state, other] = [open(store, { onError: (error) => errors.push((error as Error).message) }), open(store)];
  await state.during({}, () => other.set({ mode: "on", reason: "Still not done" }));
  await until(() => state.current.reason === "Still not done");
  expect(errors).toEqual(["Cannot switch maintenance off: somebody changed the state meanwhile, theirs stays"]);
});

test("during() waits for the fleet and fails in time, naming who has not followed", async () => {
  const store = memoryStore();
  const state = open(store);
  await state.ready;
  const [self] = (await state.fleet())!;
  await store.instances!.put(
    "other",
    JSON.stringify({ ...self, id: "other", host: "web-2", pid: 7, revision: "x" }),
    60_000,
  );
  const run = vi.fn();
  const error = await state.during({}, run, { timeoutMs: 50 }).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "ERR_FLEET", stragglers: [{ host: "web-2" }] });
  expect((error as Error).message).toContain("web-2 (pid 7) has not taken the new state, it is off there");
  expect(run).not.toHaveBeenCalled();
  expect(modeOf(state)).toBe("on");
});

test("during() within during() leaves the outer one under maintenance", async () => {
  const state = open(memoryStore());
  await state.ready;
  const seen: (string | undefined)[] = [];
  await state.during({ reason: "Outer" }, async () => {
    await state.during({ reason: "Inner" }, () => void seen.push(state.current.reason as string));
    seen.push(state.current.reason as string, modeOf(state));
  });
  expect(seen).toEqual(["Inner", "Outer", "on"]);
  expect(modeOf(state)).toBe("off");
});

test.each<[string, unknown[], string]>([
  [
    "a function alone",
    [() => {}],
    '"run" must be a function, received undefined: the first argument is what the state',
  ],
  ["no function", [{}, 42], '"run" must be a function, received 42'],
  ["an unknown option", [{}, () => {}, { timeout: 1 }], 'unknown name "timeout" in the third argument of during()'],
  ["an aborted signal", [{}, () => {}, { signal: AbortSignal.abort(new Error("too late")) }], "too late"],
])("during() with %s switches nothing on", async (_what, args, message) => {
  const state = open(memoryStore());
  await state.ready;
  await expect((state.during as (...args: unknown[]) => Promise<unknown>)(...args)).rejects.toThrow(message);
  expect(modeOf(state)).toBe("off");
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

test("during() refuses to run with maintenance off", async () => {
  const state = open(memoryStore());
  await expect(state.during({ mode: "off" }, () => {})).rejects.toThrow('"mode" must be "on" or "read-only"');
});

test.each<[string, () => unknown, string]>([
  ["a path in place of a store", () => liveState("maintenance.json" as never), '"store" must be a store such as'],
  [
    "a store with the old name of pollIntervalMs",
    () => liveState({ ...memoryStore(), pollInterval: 1_000 } as never),
    'Cannot follow the maintenance state: "store.pollInterval" must be left out, received 1000: ' +
    'rename it to "pollIntervalMs"',
  ],
  [
    "an unknown option",
    () => liveState(memoryStore(), { poll: 1 } as never),
    'unknown name "poll" in options: did you mean "pollIntervalMs"?',
  ],
  [
    "an interval of 0",
    () => liveState(memoryStore(), { pollIntervalMs: 0 }),
    '"pollIntervalMs" must be a number of milliseconds above 0, received 0',
  ],
  [
    "a misspelt mode",
    () => liveState(memoryStore(), { initial: "onn" as never }),
    '"$.mode" must be "off", "on" or "read-only"',
  ],
  [
    "a misspelt event",
    () => open(memoryStore()).on("chagne" as never, () => {}),
    '"event" must be "change" or "error"',
  ],
  ["no listener", () => open(memoryStore()).on("change", undefined as never), '"listener" must be a function'],
])("liveState() refuses %s", (_what, act, message) => {
  expect(act).toThrow(TypeError);
  expect(act).toThrow(message);
});

test("maintenanceMode() refuses what is no live state and says how to make one", () => {
  const refused = (state: unknown) => () => maintenanceMode({ state: state as LiveState });
  expect(refused(memoryStore())).toThrow('"state" must be a live state: liveState(store) of "maintenancemode/state", ');
  expect(refused(memoryStore())).toThrow("write liveState(store)");
  expect(refused({ mode: "on" })).toThrow('a state that never changes is "enabled: true"');
  expect(refused(true)).toThrow(TypeError);
});
