import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileHosts } from "../match/url/hosts.ts";
import { compileRequestPatterns, type RequestTest } from "../match/url/methods.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";

/** Compiles the test of the part of the site that a state closes; `undefined` if it closes the whole site. */
export function compilePart({ hosts, urls }: MaintenanceState): RequestTest | undefined {
  const isHost = hosts && compileHosts(hosts, "$.hosts");
  const isUrl = urls && compileRequestPatterns(urls, "$.urls", compileClosedUrls, true);
  if (isHost === undefined) return isUrl;
  return (request) => isHost(request.url) && (isUrl === undefined || isUrl(request));
}
