/**
 * The gate of `maintenancemode` without what weighs, for Service Workers, edge functions and everything else that is loaded
 * often: an English page in plain style, JSON and text. It is made of the same parts, and decides in the same order.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode/tiny";
 *
 * const maintenance = maintenanceMode({ enabled: true, retryAfter: 600 });
 * const response = maintenance(new Request("https://example.com/"));
 * ```
 *
 * It has neither CORS, redirects, `bypassSecret`, announcements, GraphQL and gRPC, nor a page with colours and a script.
 * `admit` of a state lets nobody in. The full gate has every option of this one, `status` by the name `statusCode`, so
 * changing the import is enough to have the rest.
 *
 * @module maintenancemode/tiny
 */
import { en } from "./answer/page/languages/en.ts";
import { plainTexts } from "./answer/page/plain-texts.ts";
import { createGate } from "./gate/gate.ts";
import type { Maintenance } from "./gate/maintenance.ts";
import { resolveTinyOptions, type TinyOptions } from "./gate/tiny-options.ts";

export type { TinyOptions };

/**
 * Makes the gate that stands in front of an app: `undefined` lets a request through, a `Response` is the answer in the app's
 * place.
 *
 * @param options Which requests may pass, and how the answer looks.
 * @returns The gate, which the host helpers take like any other. It never throws and never awaits.
 * @throws {OptionError} If an option is unknown, of the wrong type or not valid. For an option that only the full gate has,
 * the message says so.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made `state` or
 * `languages`.
 * @example Usage
 * ```ts
 * import { maintenanceMode } from "maintenancemode/tiny";
 *
 * const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], status: 503 });
 *
 * maintenance(new Request("https://example.com/health")); // undefined: let it through
 * maintenance(new Request("https://example.com/"))?.status; // 503
 * ```
 */
export function maintenanceMode(options: TinyOptions = {}): Maintenance {
  const settings = resolveTinyOptions(options, en);
  return createGate(settings, plainTexts(settings), { now: Date.now, random: Math.random });
}
