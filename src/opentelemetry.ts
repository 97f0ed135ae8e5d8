/**
 * What a gate does, as metrics of OpenTelemetry and as log lines.
 *
 * ```ts ignore
 * import { metrics } from "@opentelemetry/api";
 * import { maintenanceMode } from "maintenancemode";
 * import { instrument } from "maintenancemode/opentelemetry";
 * import { liveState } from "maintenancemode/state";
 * import { fileStore } from "maintenancemode/stores/file";
 *
 * const state = liveState(fileStore("maintenance.json"));
 * const maintenance = maintenanceMode({ state });
 * instrument(maintenance, { meter: metrics.getMeter("my-app") });
 * ```
 *
 * @module maintenancemode/opentelemetry
 */
export { instrument, type InstrumentOptions } from "./opentelemetry/instrument.ts";
export type { LoggerLike, MaintenanceLogFields } from "./opentelemetry/log.ts";
export type { MeterLike, MetricAttributes, MetricOptions, MetricResultLike } from "./opentelemetry/meter.ts";
export type { Maintenance, MaintenanceNotice, MaintenanceStatus } from "./gate/maintenance.ts";
export type { MaintenanceContext } from "./types/context.ts";
export type { MaintenanceMode } from "./types/maintenance-state.ts";
