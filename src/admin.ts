/**
 * A panel for operators: a fetch handler with a JSON API and one page, to switch maintenance from a phone.
 *
 * ```ts
 * import { adminHandler } from "maintenancemode/admin";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const operators = new Map([["ann", "a session of hers"]]);
 * const state = liveState(fileStore("maintenance.json"));
 * const admin = adminHandler({
 *   state,
 *   authorize: (request) => request.headers.get("cookie") === `session=${operators.get("ann")}` && { by: "ann" },
 * });
 * ```
 *
 * @module maintenancemode/admin
 */
export { type AdminHandler, adminHandler } from "./admin/handler.ts";
export type { AdminOptions, Authorization } from "./admin/options.ts";
export type { Counted, InFlightRequest, Instance, WaitOptions } from "./types/fleet.ts";
export type { HistoryEntry } from "./types/history.ts";
export type { ListedWindow, LiveState, LiveWindows } from "./types/live-state.ts";
export type {
  MaintenanceMode,
  MaintenanceState,
  MaintenanceWindow,
  RecurringWindow,
} from "./types/maintenance-state.ts";
