import { expect, test } from "vitest";
import { maintenanceMode } from "../../src/maintenance.ts";
import type { LiveStateOptions } from "../../src/state/live-state-options.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { LiveState } from "../../src/types/live-state.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { open } from "./_live.ts";
import { SteppedStore } from "./_stores.ts";

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
    '"event" must be "change", "begin", "end", "overdue" or "error"',
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
