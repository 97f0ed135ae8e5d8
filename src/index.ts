/**
 * Maintenance mode for every server that speaks the Fetch API: one synchronous gate in front of an app.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * const response = maintenance(new Request("https://example.com/"));
 * ```
 *
 * @module maintenancemode
 */
export { clientIpFrom, type ClientIpOptions, type HeaderFields } from "./core/client-ip.ts";
export type {
  AnnounceOptions,
  CorsOptions,
  Decision,
  DecisionReason,
  Explanation,
  HeadersInput,
  HeldRequest,
  Instance,
  InstanceRegistry,
  LiveState,
  Maintenance,
  MaintenanceContext,
  MaintenanceInfo,
  MaintenanceMode,
  MaintenanceNotice,
  MaintenanceOptions,
  MaintenanceState,
  MaintenanceStore,
  Messages,
  RecurringWindow,
  ResponseType,
  Site,
  SiteColor,
  StoredState,
  Unwatch,
  UrlPattern,
  UrlPatternInit,
  UrlPatternObject,
  WaitOptions,
} from "./core/types.ts";
export { maintenanceMode } from "./maintenance.ts";
export { renderPage, type RenderPageOptions } from "./render-page.ts";
