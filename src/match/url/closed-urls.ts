import { foldEscapes } from "./fold.ts";
import type { UrlPattern } from "./types.ts";
import { anyPathStart, pathEnd } from "./url-path.ts";
import { compileUrlPatterns, type UrlTest } from "./url-patterns.ts";

/**
 * Compiles the patterns of URLs that are to stay closed. The test is also `true` of URLs that an app may take for one of
 * them: the app may decode needless escapes (`/%73hop`), and ignore the case (`/SHOP`), a slash more or less (`//shop/`),
 * parameters in the path (`/shop;a=b`), all behind a semicolon (`/shop;/a`) and the dot of the root behind a host
 * (`site.test.`).
 *
 * @throws {OptionError} If a pattern is not valid.
 */
export function compileClosedUrls(patterns: readonly UrlPattern[], option: string): UrlTest {
  const test = compileUrlPatterns(patterns, option, true);
  return (url) => test(url) || otherReadings(url).some(test);
}

/** Other ways to write a URL that apps may read alike. */
function otherReadings(url: string): string[] {
  const start = anyPathStart(url);
  // URLs that the standard writes in another way are closed anyway.
  if (start < 0) return [];
  const end = pathEnd(url, start);
  const origin = url.slice(0, start).replace(/\.(?=:\d*$|$)/, "");
  const [path, rest] = [url.slice(start, end), url.slice(end)];
  const decoded = foldEscapes(path.replace(NEEDLESS, decodeURIComponent));
  const plain = [decoded.replace(/;[^/]*/g, ""), decoded.replace(/;.*/, "")].map((text) =>
    text.replace(/\/{2,}/g, "/")
  );
  const others = plain.map((text) => text.endsWith("/") ? text.slice(0, -1) : `${text}/`);
  return [...new Set([path, decoded, ...plain, ...others])]
    .filter((reading) => reading !== "").map((reading) => `${origin}${reading}${rest}`)
    .filter((reading) => reading !== url);
}

// Letters, digits and the other characters that need no escape in a path: RFC 3986 section 3.3.
const NEEDLESS = /%(?:2[146-9a-e]|3[0-9abd]|4[0-9a-f]|5[0-9abdf]|6[1-9a-f]|7[0-9a-e])/gi;
