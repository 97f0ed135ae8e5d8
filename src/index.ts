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
export { clientIpFrom, type ClientIpOptions, type HeaderFields } from "./match/ip/client-ip.ts";
export type { AnnounceOptions, MaintenanceOptions } from "./gate/maintenance-options.ts";
export type { AnswerOptions, CorsOptions, ResponseType } from "./answer/options.ts";
export type { HeadersInput } from "./types/headers-input.ts";
export type {
  AnswerDecision,
  AnswerExplanation,
  AnswerReason,
  Decision,
  DecisionReason,
  Explanation,
  PassDecision,
  PassExplanation,
  PassReason,
} from "./types/decision.ts";
export type { Counted, InFlightRequest, Instance, WaitOptions } from "./types/fleet.ts";
export type { InstanceRegistry, MaintenanceStore, StoredState, Unwatch } from "./types/store.ts";
export type { LiveState } from "./types/live-state.ts";
export type { Maintenance, MaintenanceNotice, MaintenanceStatus } from "./gate/maintenance.ts";
export type { MaintenanceContext } from "./types/context.ts";
export type { MaintenanceInfo } from "./answer/info.ts";
export type {
  MaintenanceMode,
  MaintenanceState,
  MaintenanceWindow,
  RecurringWindow,
} from "./types/maintenance-state.ts";
export type { Messages } from "./answer/messages.ts";
export type { Site, SiteColor } from "./answer/site-options.ts";
export type { UrlPattern, UrlPatternInit, UrlPatternObject } from "./match/url/types.ts";
export { type ErrorCode, MaintenanceError, OptionError, type Problem } from "./util/errors.ts";
export { maintenanceMode } from "./maintenance.ts";
export { renderPage, type RenderPageOptions } from "./answer/page/render-page.ts";
