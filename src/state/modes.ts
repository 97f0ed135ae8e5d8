import type { MaintenanceMode, MaintenanceState } from "../types/maintenance-state.ts";

/** The modes of a maintenance. */
export const MODES: readonly MaintenanceMode[] = ["off", "on", "read-only"];

/** The state of an empty store. */
export const OFF: MaintenanceState = Object.freeze({ mode: "off" });

/** The state of an empty file. */
export const ON: MaintenanceState = Object.freeze({ mode: "on" });
