import { OptionError } from "../../util/errors.ts";
import { likeliest } from "../../util/likeliest.ts";
import { quote } from "../../util/received.ts";
import type { UrlPattern } from "./types.ts";
import type { UrlTest } from "./url-patterns.ts";

/** What patterns are compared with: a `Request`, by the members that are read. */
export interface RequestParts {
  readonly url: string;
  readonly method: string;
  readonly headers: { get(name: string): string | null };
}

/** Tells whether a request matches one of the compiled patterns. */
export type RequestTest = (request: RequestParts) => boolean;

/**
 * The methods that only read: those that IANA registers as safe, but for two. No app has a use for TRACE, and PRI begins an
 * HTTP/2 connection.
 *
 * @see {@link https://www.iana.org/assignments/http-methods/http-methods.xhtml | HTTP Method Registry} and
 * {@link https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1 | RFC 9110 section 9.2.1}
 */
export const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"];

/** Methods that people misspell. */
const COMMON = [...SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE"];

/** What people write for any method. */
const ANY = ["*", "ALL", "ANY"];

/** The words in front of a pattern. Neither a path nor a scheme matches: they hold one of the excluded characters. */
const PREFIX = /^([^\s/:({]+) +/;

/** A method that can be told from a mistake. A token may hold more, but no method in use does: RFC 9110 section 5.6.2. */
const METHOD = /^[A-Z][A-Z\d_-]*$/;

/**
 * Compiles patterns that may begin with methods, as in `"GET,HEAD /files/*"`, into one test. Where none does, it costs what
 * the test of the URL costs.
 *
 * GET stands for HEAD as well, which apps answer alike. A CORS preflight matches where the request does that it asks for:
 * otherwise the browser would never make that one.
 *
 * @param patterns The patterns.
 * @param option The name of the option, for messages.
 * @param compile Compiles the patterns without their methods.
 * @param ignoresCase Whether a method in lower case is the same: for URLs that are to stay closed, because some apps think so.
 * @throws {OptionError} If a pattern or a method is not valid.
 */
export function compileRequestPatterns<Pattern extends UrlPattern>(
  patterns: readonly Pattern[],
  option: string,
  compile: (patterns: readonly Pattern[], option: string) => UrlTest,
  ignoresCase = false,
): RequestTest {
  if (!Array.isArray(patterns) || !patterns.some(hasMethods)) {
    const test = compile(patterns, option);
    return ({ url }) => test(url);
  }

  // The holes in these lists keep the index of each pattern, which messages name.
  const withoutMethods: Pattern[] = [];
  const groups = new Map<string, Pattern[]>();
  patterns.forEach((pattern: Pattern, index) => {
    if (!hasMethods(pattern)) {
      withoutMethods[index] = pattern;
      return;
    }
    const { methods, rest } = split(pattern, `${option}[${index}]`);
    const key = methods.join();
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group[index] = rest as Pattern;
  });

  const testAny = compile(withoutMethods, option);
  const testsOf = new Map<string, UrlTest[]>();
  for (const [key, group] of groups) {
    const test = compile(group, option);
    for (const method of key.split(",")) testsOf.set(method, [...testsOf.get(method) ?? [], test]);
  }
  const testMethod = (method: string, url: string): boolean => {
    for (const test of testsOf.get(ignoresCase ? method.toUpperCase() : method) ?? []) if (test(url)) return true;
    return false;
  };
  return ({ url, method, headers }) => {
    if (testAny(url) || testMethod(method, url)) return true;
    const asked = method === "OPTIONS" ? headers.get("access-control-request-method") : null;
    return typeof asked === "string" && typeof headers.get("origin") === "string" && testMethod(asked, url);
  };
}

function hasMethods(pattern: unknown): pattern is string {
  return typeof pattern === "string" && PREFIX.test(pattern);
}

/** A pattern without the methods in front. */
export function withoutMethods(pattern: string): string {
  return pattern.replace(PREFIX, "");
}

/** The methods of a pattern, in alphabetical order and each once, and the rest of it. */
function split(pattern: string, name: string): { methods: string[]; rest: string } {
  const [prefix, words] = PREFIX.exec(pattern)!;
  const rest = pattern.slice(prefix.length);
  const methods = words!.split(",");
  const hint = methods.map((method) => hintFor(method, pattern, rest)).find((hint) => hint !== undefined);
  if (hint !== undefined) {
    const expected = 'a pattern behind its methods, in upper case and parted by commas, such as "GET,HEAD /files/*"';
    throw new OptionError("create maintenance mode", { path: name, expected, received: quote(pattern), hint });
  }
  if (methods.includes("GET")) methods.push("HEAD");
  return { methods: [...new Set(methods)].sort(), rest };
}

/** The method that a misspelt one most likely stands for, which would never match; `undefined` if none is near. */
function meantBy(method: string): string | undefined {
  // One of SSDP's, near SEARCH.
  if (method === "M-SEARCH" || COMMON.includes(method)) return undefined;
  const letters = (text: string) => Array.from(text).sort().join();
  return COMMON.find((common) => letters(common) === letters(method)) ?? likeliest(method, COMMON);
}

/** How to mend a method; `undefined` if it is right. */
function hintFor(method: string, pattern: string, rest: string): string | undefined {
  if (ANY.includes(method.toUpperCase())) return `write ${quote(rest)}, which is for every method`;
  if (METHOD.test(method)) {
    const meant = meantBy(method);
    return meant && `did you mean ${quote(meant)}?`;
  }
  const upper = method.toUpperCase();
  if (METHOD.test(upper)) return `methods are case-sensitive, write ${quote(pattern.replace(method, upper))}`;
  return method === ""
    ? "write no space between the methods, and no comma at their end"
    : `${quote(method)} is not a method`;
}
