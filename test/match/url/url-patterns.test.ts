import { optionError } from "../../_errors.ts";
import { expect, test } from "vitest";
import type { UrlPattern } from "../../../src/match/url/types.ts";
import { compileUrlPatterns } from "../../../src/match/url/url-patterns.ts";
import { expectWithin } from "../../_fast.ts";

const ACCEPTED = 'a path pattern such as "/docs/*", a URL pattern such as "https://api.example.com/*", a RegExp, ' +
  "a URLPattern or its parts";

/** The paths, as a Request would give them, and the URLs, as they are, that the patterns match. */
function matching(patterns: readonly UrlPattern[], urls: readonly string[]): string[] {
  const test = compileUrlPatterns(patterns, "ignoreUrls");
  return urls.filter((url) => test(url.startsWith("/") ? new URL(`http://site.test${url}`).href : url));
}

test("compileUrlPatterns() without patterns matches nothing", () => {
  expect(matching([], ["/", "/a"])).toEqual([]);
});

test.each([
  ["/health", ["/health", "/health?x=1", "/health#top"], ["/health/", "/healthz", "/a/health", "/Health", "/"]],
  ["/", ["/", "/?a"], ["/a", "//"]],
  ["/docs/*", ["/docs/", "/docs/a/b"], ["/docs", "/docsa"]],
  ["/docs*", ["/docs", "/docs/a", "/docsa"], ["/doc"]],
  ["/*", ["/", "/a", "//a/b"], []],
  ["/users/:id", ["/users/1", "/users/a.b"], ["/users/", "/users/1/", "/users/1/2"]],
  ["/users/:id?", ["/users", "/users/1"], ["/users/", "/users/1/2"]],
  ["/:path+/end", ["/a/end", "/a/b/end"], ["/end"]],
  ["/a{b}?c", ["/ac", "/abc"], ["/abbc"]],
  ["/:id(\\d+)", ["/1", "/123"], ["/", "/a", "/1a"]],
  ["/(a|b)", ["/a", "/b"], ["/c", "/ab"]],
  ["/caf\u00e9", ["/caf\u00e9", "/caf%C3%A9"], ["/cafe", "/caf%c3%a9"]],
  ["/a b", ["/a b", "/a%20b"], ["/ab"]],
  ["//cdn", ["//cdn"], ["/cdn"]],
  ["/a/../b", ["/b", "/a/../b"], []],
  ["/\\*", ["/*"], ["/a"]],
])("compileUrlPatterns() reads %s as a pattern for the whole path", (pattern, inside, outside) => {
  expect(matching([pattern], [...inside, ...outside])).toEqual(inside);
});

test.each([
  [
    "https://api.site.test/*",
    ["https://api.site.test/", "https://api.site.test/a?b"],
    ["http://api.site.test/", "https://site.test/", "https://api.site.test:8443/", "https://api.site.test.evil.test/"],
  ],
  ["http{s}?://site.test/a", ["http://site.test/a", "https://site.test/a"], ["https://site.test/b"]],
  ["*://*/status", ["http://a.test/status", "https://b.test/status"], ["http://a.test/", "http://a.test/status/"]],
  [
    "https://*.site.test/a",
    ["https://x.site.test/a", "https://x.y.site.test/a"],
    ["https://site.test/a", "https://x.site.test/b"],
  ],
  ["https://site.test:*/a", ["https://site.test/a", "https://site.test:8443/a"], ["https://site.test/"]],
  ["HTTPS://SITE.test/a", ["https://site.test/a"], ["http://site.test/a"]],
  ["https://site.test/a?b=*", ["https://site.test/a?b=1"], ["https://site.test/a", "https://site.test/a?c=1"]],
])("compileUrlPatterns() reads %s as a pattern for the whole URL", (pattern, inside, outside) => {
  expect(matching([pattern], [...inside, ...outside])).toEqual(inside);
});

test("compileUrlPatterns() takes the parts of a URLPattern", () => {
  const patterns = [{ pathname: "/a" }, { hostname: "*.cdn.test" }, { protocol: "https", pathname: "/b" }];
  const urls = ["http://site.test/a", "http://x.cdn.test/z", "https://site.test/b", "http://site.test/b"];
  expect(matching(patterns, urls)).toEqual(urls.slice(0, 3));
});

test("compileUrlPatterns() takes the base URL of a URLPattern's parts", () => {
  const urls = ["https://site.test/docs/a", "https://site.test/docs/b", "http://site.test/docs/a"];
  expect(matching([{ pathname: "a", baseURL: "https://site.test/docs/" }], urls)).toEqual(urls.slice(0, 1));
});

test("compileUrlPatterns() keeps the options of a URLPattern", () => {
  const pattern = new URLPattern({ pathname: "/docs/*" }, { ignoreCase: true });
  expect(matching([pattern], ["/docs/a", "/DOCS/a", "/other"])).toEqual(["/docs/a", "/DOCS/a"]);
});

test("compileUrlPatterns() takes a RegExp for the path, at any place in it", () => {
  expect(matching([/^\/api\//, /\.ico$/], ["/api/a", "/x/api/", "/favicon.ico", "/favicon.ico?x", "/?api/"])).toEqual([
    "/api/a",
    "/favicon.ico",
    "/favicon.ico?x",
  ]);
});

test("compileUrlPatterns() tests a RegExp against the percent-encoded path", () => {
  expect(matching([/caf\u00e9/], ["/caf\u00e9", "/caf%C3%A9"])).toEqual([]);
  expect(matching([/^\/caf%C3%A9$/], ["/caf%C3%A9"])).toEqual(["/caf%C3%A9"]);
});

test.each([/a/g, /a/gi, /a/gu, /a/gs])("compileUrlPatterns() with %s answers the same each time", (pattern) => {
  pattern.lastIndex = 2;
  const test = compileUrlPatterns([pattern], "ignoreUrls");
  expect([1, 2, 3, 4].map(() => test("http://site.test/a"))).toEqual([true, true, true, true]);
  expect(pattern.lastIndex).toBe(2);
});

test("compileUrlPatterns() takes a sticky RegExp from the start of the path, each time", () => {
  const test = compileUrlPatterns([/\/a/y], "ignoreUrls");
  const paths = ["/a", "/a/a", "/b/a", "/a"];
  expect(paths.map((path) => test(`http://site.test${path}`))).toEqual([true, true, false, true]);
});

test("compileUrlPatterns() keeps the flag i of a RegExp", () => {
  expect(matching([/^\/health$/i], ["/HEALTH", "/health", "/healthy"])).toEqual(["/HEALTH", "/health"]);
});

test("compileUrlPatterns() does not see a RegExp compiled anew later", () => {
  const pattern = /^\/a$/;
  const test = compileUrlPatterns([pattern], "ignoreUrls");
  // deno-lint-ignore no-explicit-any -- Deprecated, and for that reason in few type declarations.
  (pattern as any).compile("^/b$");
  expect([test("http://site.test/a"), test("http://site.test/b")]).toEqual([true, false]);
});

test.each([
  ["a string", "/*"],
  ["a string with more behind its star", "/*a*"],
  ["a whole URL", "*://*/*"],
  ["parts", { pathname: "*" }],
  ["parts without a path", { protocol: "*" }],
  ["a URLPattern", new URLPattern({ pathname: "*" })],
  ["a RegExp", /./],
])("compileUrlPatterns() never matches an unsafe path with %s", (_what, pattern) => {
  const unsafe = [
    "/a%2Fb",
    "/a%2fb",
    "/a%5Cb",
    "/a%5cb",
    "/a%00b",
    "/%2F",
    "/a/%2F",
    "/a%2F",
    "/a/%2e%2e%2fadmin",
    "/a%2Fb?c",
    "/a%252F%2Fb",
    "/a%2Fb#c",
    "/a;b",
    "/admin;/a",
    "/admin%3Fa",
    "/admin%3fa",
    "/admin%23a",
  ];
  expect(matching([pattern], [...unsafe, "/a/b"])).toEqual(["/a/b"]);
});

test.each([
  ["an encoded slash in the query", "/a?b=%2F"],
  ["an encoded slash in the fragment", "/a#%2F"],
  ["another encoded character", "/a%2E%41"],
  ["a double-encoded slash", "/a%252Fb"],
  ["dots that are no segment", "/a/...b/.c/d."],
])("compileUrlPatterns() matches a path with %s", (_what, path) => {
  expect(matching(["/*"], [path])).toEqual([path]);
});

test.each([
  ["raw dot segments", "http://site.test/public/../admin"],
  ["a raw dot segment at the end", "http://site.test/public/.."],
  ["a single dot segment", "http://site.test/public/./a"],
  ["half-encoded dot segments", "http://site.test/public/.%2e/admin"],
  ["encoded dot segments", "http://site.test/public/%2E%2E/admin"],
  ["a raw backslash", "http://site.test/public\\..\\admin"],
  ["a raw NUL", "http://site.test/public/\0/admin"],
  ["a raw NUL behind all of the pattern", "http://site.test/public/a\0/../admin"],
  ["a raw tab", "http://site.test/public/\t../admin"],
  ["a raw line feed", "http://site.test/public/a\n"],
  ["a raw space", "http://site.test/public/a b"],
  ["raw characters outside ASCII", "http://site.test/public/\u2025/admin"],
])("compileUrlPatterns() never matches a URL that nobody normalized, with %s", (_what, url) => {
  expect(matching(["/public/*", "/public/a", /public/, { pathname: "/public/*" }], [url])).toEqual([]);
});

test("compileUrlPatterns() takes a path that starts with two slashes for a path", () => {
  const urls = ["http://site.test//health", "http://site.test//cdn.test/health", "http://site.test/health"];
  expect(matching(["/health"], urls)).toEqual(["http://site.test/health"]);
  expect(matching(["http://cdn.test/health"], urls)).toEqual([]);
  expect(matching([/^\/health/], urls)).toEqual(["http://site.test/health"]);
  expect(matching([{ pathname: "/health", search: "*" }], urls)).toEqual(["http://site.test/health"]);
});

test.each([
  ["a host with the path in its user name", "http://site.test%2Fhealth@other.test/admin"],
  ["a host with a slash in front of the sign @", "http://x/health@site.test/admin"],
  ["the path in the query", "http://site.test/admin?/health"],
  ["the path in the query of no path", "http://site.test?/health"],
  ["the path in the fragment", "http://site.test/admin#/health"],
  ["the path in the fragment of no path", "http://site.test#/health"],
  ["the path behind a query mark in the host", "http://site.test?x@y/health"],
])("compileUrlPatterns() is not taken in by %s", (_what, url) => {
  expect(matching(["/health", "/health/*"], [url])).toEqual([]);
});

test.each(["", "/health", "//site.test/health", "health", "http://", "http:/", "not a url/health"])(
  "compileUrlPatterns() matches %j, which is no URL, with nothing",
  (url) => {
    const test = compileUrlPatterns(["/*", "*://*/*", { pathname: "*" }, /health/], "ignoreUrls");
    expect(test(url)).toBe(false);
  },
);

test("compileUrlPatterns() finds the one that matches among many", () => {
  const patterns = Array.from({ length: 10_000 }, (_, i) => `/section/${i}/:name/page-${i}*`);
  expect(matching(patterns, ["/section/7/x/page-7", "/section/9999/y/page-9999z", "/section/7/x/page-8"])).toEqual([
    "/section/7/x/page-7",
    "/section/9999/y/page-9999z",
  ]);
});

test("compileUrlPatterns() does not modify its input", () => {
  const patterns = Object.freeze(["/a", Object.freeze({ pathname: "/b" }), Object.freeze(/c/g)]);
  const test = compileUrlPatterns(patterns, "ignoreUrls");
  expect(test("http://site.test/c")).toBe(true);
});

test("compileUrlPatterns() takes no host for the one of the request before", () => {
  const test = compileUrlPatterns(["/health", /^\/up/], "ignoreUrls");
  const origin = "http://site.test";
  expect(test(`${origin}/health`)).toBe(true);
  for (
    const rest of [".evil?/health", "#/health", "\\/health", "x%2f/health", "/x/health"]
  ) {
    expect([rest, test(`${origin}${rest}`)]).toEqual([rest, false]);
  }
  expect(test(`${origin}/up`)).toBe(true);
  expect(test("http://other.test:8080/up")).toBe(true);
  expect(test("http://other.test/admin")).toBe(false);
});

const SLOW: [what: string, pattern: UrlPattern][] = [
  ["stars in a path", "/*a*a*a*b"],
  ["many stars in a path", "/*a*a*a*a*a*a*a*a*a*a*a*a*b"],
  ["a repeated name", "/{:a}*b"],
  ["a repeated name and stars", "/{:a}+*b"],
  ["repeated stars", "/***b"],
  ["a repeated star behind a name", "/{:a}{*}+b"],
  ["a repeated name behind a star", "/*:a+"],
  ["stars in a whole URL", "http://site.test/*a*a*a*b"],
  ["many stars in a whole URL", "http://site.test/*a*a*a*a*a*a*a*a*a*a*a*a*b"],
  ["a repeated name in a whole URL", "http://site.test/{:a}*b"],
  ["stars in parts", { hostname: "site.test", pathname: "/*a*a*a*b" }],
  ["a repeated name in parts", { hostname: "site.test", pathname: "/{:a}+b" }],
  ["stars in a URLPattern", new URLPattern({ pathname: "/*a*a*a*b" })],
  ["regexp groups", "/(a*)(a*)(a*)(a*)b"],
  ["names with a regexp", "/:a(.*):b(.*):c(.*):d(.*)b"],
  ["repetitions in a RegExp", /^\/a*a*a*a*b/],
  ["counted repetitions in a RegExp", /^\/a{0,}a{1,}a{0,9999}a*b/],
  ["repetitions within a repetition in a RegExp, each told from the next", /^\/(?:a+c)+b/],
  ["a repetition in a RegExp without a start", /a.*b/],
  ["repetitions in a RegExp with a lookahead", /^\/(?!x)a*a*a*a*b/],
  ["a repetition without a start in a RegExp with a lookahead", /(?!x)a.*b/],
  ["repetitions in a RegExp with a back reference", /^\/(a*)a*\1a*b/],
  ["repetitions in a sticky RegExp", /\/a*a*a*a*b/y],
  [
    "many parts that may be missing in a RegExp with a lookahead",
    /^(?!x)\/a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a{25}b/,
  ],
];

test.each(SLOW)(
  "compileUrlPatterns() decides about 25 to 100 000 characters within a second for %s",
  (_what, pattern) => {
    const test = compileUrlPatterns([pattern], "ignoreUrls");
    for (const length of [25, 27, 70, 180, 1_400, 8_000, 100_000]) {
      expectWithin(1_000, () => void test(`http://site.test/${"a".repeat(length)}c`));
    }
  },
  60_000,
);

test.each<[UrlPattern, string]>([
  [/^\/(?:a+)+b/, "/^\\/(?:a+)+b/"],
  [/^\/(?:a|a)+b/, "/^\\/(?:a|a)+b/"],
  [/^\/(?:a*)*b/, "/^\\/(?:a*)*b/"],
  [/^\/(?:(?:a?|b?)c)*d/, "/^\\/(?:(?:a?|b?)c)*d/"],
  [/^\/(?:a?b?)*c/, "/^\\/(?:a?b?)*c/"],
  [/^\/(?:[^a]|\s)*b/, "/^\\/(?:[^a]|\\s)*b/"],
  [/^\/(?:\u00e9|[^a])*b/, "/^\\/(?:\\u00e9|[^a])*b/"],
  [/^\/(?=a)(?:a+)+b/, "/^\\/(?=a)(?:a+)+b/"],
  [/^\/(?!x)(?:a|aa)+b/, "/^\\/(?!x)(?:a|aa)+b/"],
  [/^\/(?!x)(?:aa?){20}b/, "/^\\/(?!x)(?:aa?){20}b/"],
  [/\/(?:a+)+b/y, "/\\/(?:a+)+b/y"],
  ["/((?:a+)+)b", "/((?:a+)+)b"],
  ["/b:a(\\d+)+", "/b:a(\\d+)+"],
  ["/{:a(\\d+)}*b", "/{:a(\\d+)}*b"],
  [{ pathname: "/a", search: "((?:a+)+)b" }, '{"pathname":"/a","search":"((?:a+)+)b"}'],
  [{ pathname: "/a", search: "{a*}+b" }, '{"pathname":"/a","search":"{a*}+b"}'],
  [{ pathname: "/a", search: "{:a}*b" }, '{"pathname":"/a","search":"{:a}*b"}'],
  [{ pathname: "/a", search: ":a+b" }, '{"pathname":"/a","search":":a+b"}'],
  [{ pathname: "/a", search: "**b" }, '{"pathname":"/a","search":"**b"}'],
  [{ pathname: "/a", hostname: ":a*b.test" }, '{"hostname":":a*b.test","pathname":"/a"}'],
  [new URLPattern({ hostname: "h.test", pathname: "/{a*}+b" }), '{"hostname":"h.test","pathname":"/{a*}+b"}'],
  [new URLPattern({ pathname: "/((?:a+)+)" }, { ignoreCase: true }), '{"pathname":"/((?:a+)+)"}'],
])("compileUrlPatterns() refuses %o, whose cost doubles with each character", (pattern, received) => {
  const message = `Cannot create maintenance mode: "ignoreUrls[0]" must be a pattern whose cost is bounded, received ` +
    `${received}: it repeats a part that can match the same text in more than one way, so that one request could take ` +
    'the server down: write it without that, or test it yourself in "allow"';
  expect(() => compileUrlPatterns([pattern], "ignoreUrls")).toThrow(optionError(message));
});

test.each<[what: string, pattern: UrlPattern]>([
  ["stars", "/*a*a*a*b"],
  ["a star in a whole URL", "http://site.test/*"],
  ["stars in a whole URL", "http://site.test/*a*a*a*b"],
  ["parts", { hostname: "site.test", pathname: "/*b" }],
  ["a URLPattern", new URLPattern({ pathname: "/*" })],
  ["a name with any text", "/:a(.*)b"],
])("compileUrlPatterns() matches %s with a path and a query of 8 000 characters", (_what, pattern) => {
  const urls = [`/${"a".repeat(8_000)}b`, `/aaab?${"q".repeat(8_000)}`];
  expect(matching([pattern], urls)).toEqual(urls);
});

test.each<[what: string, pattern: UrlPattern]>([
  ["a RegExp", /^\/a*a*a*a*b/],
  ["a RegExp with a lookahead", /^\/(?!x)a*a*a*a*b/],
  ["a RegExp with a back reference", /^\/(a?)a*a*a*a*\1b/],
  ["a sticky RegExp", /\/a*a*a*a*b/y],
  ["regexp groups", "/(a*)(a*)(a*)(a*)b"],
  ["a URLPattern for a host", new URLPattern({ hostname: "site.test", pathname: "/*a*a*a*b" })],
])("compileUrlPatterns() does not try many repetitions in %s on a long path, even if they match", (_what, pattern) => {
  expect(matching([pattern], [`/${"a".repeat(20)}b`, `/${"a".repeat(8_000)}b`])).toEqual([`/${"a".repeat(20)}b`]);
});

test("compileUrlPatterns() tries a RegExp on a path of up to 2 048 characters, whatever the query", () => {
  const [longest, longer] = [2_048, 2_049].map((length) => `/${"a".repeat(length - 1)}`);
  const query = `?${"q".repeat(8_000)}`;
  for (const pattern of [/^\/a/, /^\/(?:a+c?)$/, /a$/y, /a(?=a)/]) {
    const inside = pattern.sticky ? [] : [longest, `${longest}${query}`];
    expect(matching([pattern], [longest!, `${longest}${query}`, longer!])).toEqual(inside);
  }
  expect(matching([/^\/a/, "/*"], [longer!])).toEqual([longer]);
});

test("compileUrlPatterns() refuses a RegExp that the runtime takes and then cannot compile", () => {
  const pattern = new RegExp(`^/${"(?:a|b)".repeat(20_000)}`);
  expect(() => compileUrlPatterns([/^\/a/, pattern], "ignoreUrls")).toThrow(
    /^Cannot create maintenance mode: "ignoreUrls\[1\]" must be a pattern that this runtime can hold, received "/,
  );
});

test.each([
  ["/api/:version/users/:user/posts/:post/comments/:comment", "/api/v1/users/1234567890/posts/1234567890/comments/1"],
  ["/api/(\\d+)/(\\d+)/(\\d+)/(\\d+)", "/api/1234567890/1234567890/1234567890/1234567890"],
])("compileUrlPatterns() matches the parts %s with a URL of ordinary length", (pathname, path) => {
  expect(matching([{ hostname: "site.test", pathname }], [`${path}?utm_source=newsletter`])).toEqual([
    `${path}?utm_source=newsletter`,
  ]);
});

test.each([
  [42, "42"],
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  [["/a"], "an array"],
  [() => "/a", "a function"],
])("compileUrlPatterns() refuses the element %o", (pattern, received) => {
  const message = `Cannot create maintenance mode: "ignoreUrls[1]" must be ${ACCEPTED}, received ${received}`;
  expect(() => compileUrlPatterns(["/a", pattern as never], "ignoreUrls")).toThrow(optionError(message));
});

test.each([
  ["/a", '"/a"'],
  [/a/, "an instance of RegExp"],
  [null, "null"],
])("compileUrlPatterns() refuses %o in place of an array", (patterns, received) => {
  const message =
    `Cannot create maintenance mode: "ignoreUrls" must be an array, each element ${ACCEPTED}, received ${received}`;
  expect(() => compileUrlPatterns(patterns as never, "ignoreUrls")).toThrow(optionError(message));
});

const SCHEME = 'start it with "/" or with a scheme such as "https://"';

test.each([
  ["", SCHEME],
  ["docs/*", SCHEME],
  ["*", SCHEME],
  ["*/docs", SCHEME],
  ["^/docs", SCHEME],
  [":path*", SCHEME],
  [" /docs", SCHEME],
  ["?a=b", SCHEME],
  ["#top", SCHEME],
  ["mailto:a", SCHEME],
  ["www.site.test", SCHEME],
  ["site.test", 'write "/site.test" for a path or "https://site.test" for a URL'],
  ["site.test/docs", 'write "/site.test/docs" for a path or "https://site.test/docs" for a URL'],
  ["robots.txt", 'write "/robots.txt" for a path or "https://robots.txt" for a URL'],
])("compileUrlPatterns() refuses %j, which starts with neither a slash nor a scheme", (pattern, hint) => {
  const message = `Cannot create maintenance mode: "ignoreUrls[0]" must be ${ACCEPTED}, received ${
    JSON.stringify(pattern)
  }: ${hint}`;
  expect(() => compileUrlPatterns([pattern], "ignoreUrls")).toThrow(optionError(message));
});

test.each([
  ["https://site.test", "https://site.test/*"],
  ["https://*.site.test", "https://*.site.test/*"],
  ["https://site.test*", "https://site.test/*"],
  ["https://*", "https:///*"],
])("compileUrlPatterns() refuses %j, which would match every path by accident", (pattern, suggested) => {
  const message = `Cannot create maintenance mode: "ignoreUrls[0]" must be ${ACCEPTED}, received ${
    JSON.stringify(pattern)
  }: without a path it would match every path of the host, write ${JSON.stringify(suggested)} to mean that`;
  expect(() => compileUrlPatterns([pattern], "ignoreUrls")).toThrow(optionError(message));
});

test.each([
  ["/(", '"/("'],
  ["/:id/:id", '"/:id/:id"'],
  ["/{a", '"/{a"'],
  ["https://[/a", '"https://[/a"'],
  [{ pathname: "/(" }, '{"pathname":"/("}'],
])("compileUrlPatterns() passes on the parser's complaint about %j", (pattern, received) => {
  const complaint = complaintAbout(
    typeof pattern === "string" && pattern.startsWith("/") ? { pathname: pattern } : pattern,
  );
  const message =
    `Cannot create maintenance mode: "ignoreUrls[0]" must be a valid URLPattern, received ${received}: ${complaint}`;
  expect(() => compileUrlPatterns([pattern], "ignoreUrls")).toThrow(optionError(message));
});

function complaintAbout(pattern: ConstructorParameters<typeof URLPattern>[0]): string {
  try {
    new URLPattern(pattern);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the pattern is valid");
}

test("compileUrlPatterns() keeps the parser's error as the cause", () => {
  let thrown: unknown;
  try {
    compileUrlPatterns(["/("], "ignoreUrls");
  } catch (error) {
    thrown = error;
  }
  expect((thrown as TypeError).cause).toBeInstanceOf(TypeError);
});

test("compileUrlPatterns() refuses parts without a part", () => {
  const message = `Cannot create maintenance mode: "ignoreUrls[0]" must be ${ACCEPTED}, received an object: ` +
    "without parts it would match every URL";
  expect(() => compileUrlPatterns([{}], "ignoreUrls")).toThrow(optionError(message));
});

test.each([
  ["/users/[^/]+/", "; strings are URLPatterns, for a regular expression give a RegExp"],
  ["/docs?x=1", "; leave out the query, which does not matter"],
])("compileUrlPatterns() says of %j what to write instead", (pattern, hint) => {
  const message =
    `Cannot create maintenance mode: "ignoreUrls[0]" must be a valid URLPattern, received "${pattern}": ` +
    complaintAbout({ pathname: pattern }) + hint;
  expect(() => compileUrlPatterns([pattern], "ignoreUrls")).toThrow(optionError(message));
});

test("compileUrlPatterns() asks for the path of a URL object", () => {
  const url = new URL("https://example.com/a") as unknown as UrlPattern;
  expect(() => compileUrlPatterns([url], "ignoreUrls")).toThrow("received an instance of URL: give its pathname");
});

test.each([
  ["path", 'did you mean "pathname"?'],
  ["hostName", 'did you mean "hostname"?'],
  ["baseUrl", 'did you mean "baseURL"?'],
  ["zebra", "accepted are protocol, username, password, hostname, port, pathname, search, hash, baseURL"],
])("compileUrlPatterns() refuses the unknown part %s", (part, hint) => {
  const message = `Cannot create maintenance mode: unknown name "${part}" in "ignoreUrls[0]": ${hint}`;
  expect(() => compileUrlPatterns([{ [part]: "/a" }], "ignoreUrls")).toThrow(optionError(message));
});
