import { canonicalHost } from "./canonical-host.ts";
import { compileHost } from "./closed-urls.ts";
import { type HostName, readHosts } from "./hosts.ts";
import { withoutMethods } from "./methods.ts";
import { readPattern } from "./read-pattern.ts";

/**
 * Finds the URL patterns that are for other hosts than those of a list, so that no URL matches both. In doubt a pattern is not
 * among them.
 *
 * @param hosts The list of hosts, which is valid.
 * @param urls The URL patterns, which are valid.
 * @returns The indexes of these patterns.
 */
export function findExcluded(hosts: readonly string[], urls: readonly string[]): number[] {
  const listed = readHosts(hosts, "hosts");
  const known = new Map<string, boolean>();
  const excluded: number[] = [];
  urls.forEach((url, index) => {
    const pattern = withoutMethods(url);
    if (pattern.startsWith("/")) return;
    const { hostname } = readPattern(pattern, "urls");
    if (!known.has(hostname)) known.set(hostname, hostname === "*" || maySomeMeet(hostname, listed, pattern));
    if (!known.get(hostname)) excluded.push(index);
  });
  return excluded;
}

/** Whether the pattern of a host may match a host of a list. */
function maySomeMeet(hostname: string, listed: readonly HostName[], pattern: string): boolean {
  const test = compileHost(hostname, "urls", pattern);
  // Of a name below another one, only the end is known.
  const end = /[^*?+(){}\\:]*$/.exec(hostname)![0].replace(/\.+$/, "");
  const whole = end.length >= hostname.replace(/\.+$/, "").length ? canonicalHost(end) : undefined;
  return listed.some(({ name, isParent }) => {
    if (!isParent) return test(name);
    const below = `.${name}`;
    return whole === undefined ? end.endsWith(below) || below.endsWith(end) : whole.endsWith(below);
  });
}
