import { BYPASS_NAME } from "../bypass/request-secret.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";

/**
 * Makes a bypass link: to the first host that the window closes, if it names one, or else to the site.
 *
 * @param origin A URL of the site, or of the panel.
 */
export function bypassLink(origin: URL, { hosts }: MaintenanceWindow, secret: string): string {
  const url = new URL("/", origin);
  const host = hosts?.find((name) => !name.startsWith("*."));
  // The port of the site may not be that of the other host.
  if (host !== undefined && host !== url.hostname) {
    url.host = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  }
  url.search = `?${BYPASS_NAME}=${secret}`;
  return url.href;
}
