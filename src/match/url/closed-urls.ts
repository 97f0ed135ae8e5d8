import { canonicalHost } from "./canonical-host.ts";
import { compileByHost } from "./hosts.ts";
import { parseComponent } from "./path-pattern.ts";
import { someReading } from "./path-readings.ts";
import { checkList, readPattern, TASK, textOf } from "./read-pattern.ts";
import { boundOrThrow, longestText } from "./regexp-cost.ts";
import type { UrlPattern } from "./types.ts";
import { compileUrlPatterns, toRegExp, type UrlTest } from "./url-patterns.ts";

/** In front of a path, makes it a URL. */
const ORIGIN = "http://h";

/**
 * Compiles the patterns of URLs that are to stay closed. The test is also `true` of URLs that an app may take for one of
 * them: see {@link someReading}.
 *
 * Of a pattern for a whole URL, host and path count. The scheme and the port do not: behind a proxy the app sees others than
 * the visitor. Nor does the query, whose parts apps take in any order and spelling.
 *
 * @throws {OptionError} If a pattern is not valid.
 */
export function compileClosedUrls(patterns: readonly UrlPattern[], option: string): UrlTest {
  checkList(patterns, option);
  const hosts = new Map<string, { isHost: (host: string) => boolean; paths: UrlPattern[] }>();
  patterns.forEach((pattern: UrlPattern, index) => {
    const name = `${option}[${index}]`;
    const isRegExp = pattern instanceof RegExp;
    const { hostname, pathname } = isRegExp ? { hostname: "*", pathname: "" } : readPattern(pattern, name);
    if (!hosts.has(hostname)) hosts.set(hostname, { isHost: compileHost(hostname, name, textOf(pattern)), paths: [] });
    const { paths } = hosts.get(hostname)!;
    // Each at its index, which messages name.
    paths[index] = isRegExp ? pattern : { pathname };
    // Apps may take several slashes for one.
    if (pathname.includes("//")) paths[patterns.length + index] = { pathname: pathname.replace(/\/{2,}/g, "/") };
  });
  if (hosts.size === 0) return () => false;
  const parts = [...hosts.values()].map(({ isHost, paths }) => ({
    isHost,
    isClosed: compileUrlPatterns(paths, option, true),
  }));
  return compileByHost((host) => {
    const own = parts.filter(({ isHost }) => host === undefined || isHost(host));
    if (own.length === 0) return undefined;
    return (path) => someReading(path, (reading) => own.some(({ isClosed }) => isClosed(ORIGIN + reading)));
  });
}

/** Compiles the pattern of a host, in the form that a `URLPattern` gives. */
export function compileHost(pattern: string, name: string, text: string): (host: string) => boolean {
  if (pattern === "*") return () => true;
  const plain = pattern.replace(/\\(?=[:[\]])/g, "");
  if (!/[*{}()?+\\]|:[^\]]*$/.test(plain)) {
    const own = canonicalHost(plain);
    return (host) => host === own;
  }
  const component = parseComponent(pattern.replace(/\.+$/, ""), ".");
  const test = component && toRegExp(component.source, true);
  // Doubt closes.
  if (test === undefined) return () => true;
  const longest = component!.isShortened ? undefined : longestText(test);
  const most = boundOrThrow(longest, TASK, name, text);
  return (host) => host.length > most || test.test(host);
}
