import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileHosts, readHosts } from "../match/url/hosts.ts";
import { compileRequestPatterns, type RequestTest } from "../match/url/methods.ts";
import type { Snapshot } from "../gate/live.ts";
import type { MaintenanceWindow } from "../types/maintenance-state.ts";

/**
 * Compiles the tests of the part of the site that a maintenance closes: `appliesTo` is `undefined` if it closes the whole site, and
 * `hosts` if it closes all hosts.
 */
export function compilePart(
  { hosts: listed, urls }: MaintenanceWindow,
): Pick<Snapshot, "appliesTo" | "hosts"> {
  const hosts = listed && readHosts(listed, "$.hosts");
  const isHost = hosts && compileHosts(hosts);
  const isUrl: RequestTest | undefined = urls && compileRequestPatterns(urls, "$.urls", compileClosedUrls, true);
  if (isHost === undefined) return { hosts, appliesTo: isUrl };
  return { hosts, appliesTo: (request) => isHost(request.url) && (isUrl === undefined || isUrl(request)) };
}
