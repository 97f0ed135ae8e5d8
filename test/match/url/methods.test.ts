import { expect, test } from "vitest";
import { compileClosedUrls } from "../../../src/match/url/closed-urls.ts";
import { compileRequestPatterns, SAFE_METHODS } from "../../../src/match/url/methods.ts";
import { compilePaths } from "../../../src/match/url/paths.ts";
import type { UrlPattern } from "../../../src/match/url/types.ts";
import { compileUrlPatterns } from "../../../src/match/url/url-patterns.ts";
import { optionError } from "../../_errors.ts";

/** The requests, each a method and a path, that the patterns match. */
function matching(patterns: readonly UrlPattern[], requests: readonly string[]): string[] {
  const test = compileRequestPatterns(patterns, "ignoreUrls", compileUrlPatterns);
  return requests.filter((request) => test(requestOf(request)));
}

function requestOf(text: string, headers: HeadersInit = {}): Request {
  const [method, path] = text.split(" ");
  return new Request(new URL(path!, "http://site.test"), { method: method!, headers });
}

test.each<[UrlPattern[], string[], string[]]>([
  [["/a"], ["GET /a", "POST /a", "BREW /a"], ["GET /b"]],
  [["POST /a"], ["POST /a", "POST /a?b"], ["GET /a", "POST /b", "DELETE /a", "OPTIONS /a"]],
  [["GET,PUT /a"], ["GET /a", "PUT /a"], ["POST /a"]],
  [["GET /a"], ["GET /a", "HEAD /a"], ["OPTIONS /a"]],
  [["HEAD /a"], ["HEAD /a"], ["GET /a"]],
  [["POST  /a"], ["POST /a"], ["GET /a"]],
  [["POST http://site.test/a"], ["POST /a"], ["GET /a"]],
  [["POST http{s}?://site.test/*"], ["POST /a"], ["GET /a"]],
  [["M-SEARCH /a", "VERSION-CONTROL /a", "PURGE /a"], ["M-SEARCH /a", "VERSION-CONTROL /a", "PURGE /a"], ["GET /a"]],
  [["POST /a", "/b", "PUT,POST /c"], ["POST /a", "GET /b", "PUT /c", "POST /c"], ["GET /a", "GET /c"]],
  [["POST /a", /^\/b/, { pathname: "/c" }], ["POST /a", "GET /b", "GET /c"], ["GET /a"]],
  [["POST /:id(\\d+)"], ["POST /1"], ["GET /1", "POST /a"]],
])("compileRequestPatterns() compares the methods of %o", (patterns, inside, outside) => {
  expect(matching(patterns, [...inside, ...outside])).toEqual(inside);
});

test("compileRequestPatterns() takes a preflight for the request that it asks for", () => {
  const isIgnored = compileRequestPatterns(["POST /a", "OPTIONS /b"], "ignoreUrls", compileUrlPatterns);
  const origin = "https://other.test";
  const asks = (method: string) => ({ origin, "access-control-request-method": method });
  expect(isIgnored(requestOf("OPTIONS /a", asks("POST")))).toBe(true);
  expect(isIgnored(requestOf("OPTIONS /a", asks("DELETE")))).toBe(false);
  expect(isIgnored(requestOf("OPTIONS /b", asks("DELETE")))).toBe(true);
  // Not a preflight.
  expect(isIgnored(requestOf("OPTIONS /a", { origin }))).toBe(false);
  expect(isIgnored(requestOf("OPTIONS /a", { "access-control-request-method": "POST" }))).toBe(false);
  expect(isIgnored(requestOf("GET /a", asks("POST")))).toBe(false);
});

test("compileRequestPatterns() keeps a method in lower case closed, but does not let it in", () => {
  const request = { url: "http://site.test/a", method: "patch", headers: new Headers() };
  expect(compileRequestPatterns(["PATCH /a"], "$.urls", compileClosedUrls, true)(request)).toBe(true);
  expect(compileRequestPatterns(["PATCH /a"], "ignoreUrls", compileUrlPatterns)(request)).toBe(false);
});

test("compileRequestPatterns() reads the method only where a pattern has one", () => {
  const request = {
    url: "http://site.test/a",
    get method(): string {
      throw new Error("the method was read");
    },
    headers: new Headers(),
  };
  expect(compileRequestPatterns(["/a", "/b"], "ignoreUrls", compileUrlPatterns)(request)).toBe(true);
});

test.each<[string, string]>([
  ["post /a", 'methods are case-sensitive, write "POST /a"'],
  ["GET,post /a", 'methods are case-sensitive, write "GET,POST /a"'],
  ["PSOT /a", 'did you mean "POST"?'],
  ["PROPFND /a", 'did you mean "PROPFIND"?'],
  ["GET, HEAD /a", "write no space between the methods, and no comma at their end"],
  ["GET|PUT /a", '"GET|PUT" is not a method'],
  ["* /a", 'write "/a", which is for every method'],
  ["ANY /a", 'write "/a", which is for every method'],
])("compileRequestPatterns() refuses %s", (pattern, hint) => {
  for (const compile of [compileUrlPatterns, compilePaths] as const) {
    expect(() => compileRequestPatterns(["/ok", pattern], "ignoreUrls", compile)).toThrow(optionError(
      'Cannot create maintenance mode: "ignoreUrls[1]" must be a pattern behind its methods, in upper case and parted ' +
        `by commas, such as "GET,HEAD /files/*", received ${JSON.stringify(pattern)}: ${hint}`,
    ));
  }
});

test("compileRequestPatterns() names the place of a pattern that is not valid among others", () => {
  const compile = () => compileRequestPatterns(["/a", "POST /b", "GET /c", "POST d"], "reads", compileUrlPatterns);
  expect(compile).toThrow(/"reads\[3\]" must be a path pattern .*, received "d"/);
});

test("SAFE_METHODS are those of IANA's registry but for TRACE and PRI", () => {
  expect(SAFE_METHODS).toEqual(["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"]);
});
