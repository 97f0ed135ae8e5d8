import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileHosts } from "../match/url/hosts.ts";
import type { UrlTest } from "../match/url/url-patterns.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";

/** Compiles the test of the part of the site that a state closes; `undefined` if it closes the whole site. */
export function compilePart({ hosts, urls }: MaintenanceState): UrlTest | undefined {
  const isHost = hosts && compileHosts(hosts, "$.hosts");
  const isUrl = urls && compileClosedUrls(urls, "$.urls");
  if (isHost === undefined || isUrl === undefined) return isHost ?? isUrl;
  return (url) => isHost(url) && isUrl(url);
}
