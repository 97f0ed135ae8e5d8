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
export { formatState, parseState, StateError } from "./core/state.ts";
export type {
  HeldRequest,
  Instance,
  InstanceRegistry,
  LiveState,
  MaintenanceMode,
  MaintenanceState,
  MaintenanceStore,
  RecurringWindow,
  StoredState,
  Unwatch,
  WaitOptions,
} from "./core/types.ts";
export { FleetError, StoreError } from "./live/errors.ts";
export { type FleetReport, readFleet, type Target, waitForFleet } from "./live/fleet.ts";
export { liveState, type LiveStateOptions } from "./live/live-state.ts";
