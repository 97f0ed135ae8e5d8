import { compileSecretBypass } from "./bypass/bypass.ts";
import type { Texts } from "./answer/answers.ts";
import { createGate } from "./gate/gate.ts";
import { resolveOptions } from "./gate/options.ts";
import type { Maintenance } from "./gate/maintenance.ts";
import type { MaintenanceOptions } from "./gate/maintenance-options.ts";
import { LANGUAGES } from "./answer/page/languages.ts";
import { noticeMessage, presentMessage } from "./answer/page/notice.ts";
import { compilePage } from "./answer/page/page.ts";
import { compileTemplate } from "./answer/page/template.ts";
import { copyFor } from "./answer/page/texts.ts";
import { ownOf } from "./util/own.ts";

/**
 * Makes the gate that stands in front of an app: `undefined` lets a request through, a `Response` is the answer in the app's
 * place.
 *
 * Everything slow happens here, once: this function checks the options, compiles ranges and patterns, and prepares the page.
 * The gate itself never throws and never awaits.
 *
 * The gate takes these steps: maintenance is off, staff, internal IP address, ignored URL, bypass, `allow`, `admit` of the
 * state, a safe method while the site is read-only. The first one that holds lets the request through. If none does, the gate
 * answers. A GET or HEAD that opens a bypass link comes before all steps but the first: the gate redirects it to the same URL
 * without the secret.
 *
 * @param options Which requests may pass, and how the answer looks.
 * @returns The gate.
 * @throws {OptionError} If an option is unknown, of the wrong type or not valid. The message says what is accepted.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made `state`; with
 * `"ERR_RUNTIME"`, if the runtime has no `URLPattern` and cannot load the polyfill.
 * @example Usage
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 *
 * const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["/health"], retryAfter: 600 });
 *
 * maintenance(new Request("https://example.com/health")); // undefined: let it through
 * maintenance(new Request("https://example.com/"))?.status; // 503
 * ```
 */
export function maintenanceMode(options: MaintenanceOptions = {}): Maintenance {
  const settings = resolveOptions(options, LANGUAGES);
  const { languages, page: own, site } = settings;
  const page = compilePage(site);
  const texts: Texts = {
    copyFor: (place, occasion) => copyFor(languages[place]!, occasion, page, site),
    noticeMessage: (place, start, end) => noticeMessage(languages[place]!, start, end, site.timeZone),
    presentMessage: (place, mode, end) => presentMessage(languages[place]!, mode, end, site.timeZone),
    contentSecurityPolicy: page.contentSecurityPolicy,
    promptPolicy: page.promptPolicy,
    ownPage: typeof own === "string" ? compileTemplate(own) : own,
  };
  const { bypassSecret } = ownOf(options);
  const bypass = bypassSecret === undefined ? undefined : compileSecretBypass(bypassSecret);
  return createGate({ ...settings, bypass }, texts, { now: Date.now, random: Math.random });
}
