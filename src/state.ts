/**
 * The state of maintenance while the site runs: followed in a store, read by the gate from memory.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { liveState } from "maintenancemode/state";
 * import { memoryStore } from "maintenancemode/stores/memory";
 *
 * const state = liveState(memoryStore());
 * const maintenance = maintenanceMode({ state });
 * await state.set({ mode: "on" });
 * ```
 *
 * @module maintenancemode/state
 */
export { formatState, parseState } from "./state/parse.ts";
export { StateError } from "./state/state-error.ts";
export type { Counted, InFlightRequest, Instance, WaitOptions } from "./types/fleet.ts";
export type { HistoryEntry } from "./types/history.ts";
export type { HistoryLog, InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "./types/store.ts";
export type { ListedWindow, LiveState, LiveWindows } from "./types/live-state.ts";
export type {
  MaintenanceMode,
  MaintenanceState,
  MaintenanceWindow,
  RecurringWindow,
} from "./types/maintenance-state.ts";
export { ConflictError, FleetError, StoreError } from "./state/errors.ts";
export { type FleetReport, type FleetWait, readFleet, waitForFleet } from "./state/fleet.ts";
export type { FleetTarget, TargetWindow } from "./state/fleet-target.ts";
export { liveState } from "./state/live-state.ts";
export type { LiveStateOptions } from "./state/live-state-options.ts";
export { type ErrorCode, MaintenanceError, OptionError, type Problem } from "./util/errors.ts";
