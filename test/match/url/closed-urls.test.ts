import { expect, test } from "vitest";
import { compileClosedUrls } from "../../../src/match/url/closed-urls.ts";
import type { UrlPattern } from "../../../src/match/url/types.ts";
import { optionError } from "../../_errors.ts";

/** The URLs that the patterns close; paths are of `http://site.test`. */
function closed(patterns: readonly UrlPattern[], urls: readonly string[]): string[] {
  const test = compileClosedUrls(patterns, "urls");
  return urls.filter((url) => test(url.startsWith("/") ? `http://site.test${url}` : url));
}

test.each([
  "http://a.example.com/",
  "https://a.example.com/",
  "http://a.example.com:8080/x",
  "https://a.example.com:8443/x",
  "http://A.EXAMPLE.com/",
  "http://a.example.com./",
  "http://a.example.com..:80/",
  "http://user:secret@a.example.com/",
  "http+unix://a.example.com/",
])("compileClosedUrls() closes https://a.example.com/* for %s", (url) => {
  expect(closed(["https://a.example.com/*"], [url])).toEqual([url]);
  expect(closed(["http://A.example.COM.:81/*"], [url])).toEqual([url]);
});

test.each([
  ["/shop", "/shop/__data.json"],
  ["/shop", "/shop.html__data.json"],
  ["/shop", "/shop/_payload.json?id"],
  ["/shop", "/shop.data?_routes=root"],
  ["/shop", "/shop/_.data"],
  ["/shop", "/shop.rsc"],
  ["/shop", "/_next/data/b1/shop.json"],
  ["/base/shop/:id", "/base/_next/data/b1/shop/1.json"],
  ["/", "/_root.data"],
  ["/", "/_next/data/b1/index.json"],
  ["/", "/_payload.json"],
  ["/shop", "/%73hop/__DATA%2Ejson"],
])("compileClosedUrls() closes with the page %s its data, %s", (pattern, url) => {
  expect(closed([pattern], [url])).toEqual([url]);
  expect(closed(["/other"], [url])).toEqual([]);
});

test("compileClosedUrls() takes no other file for the data of a page", () => {
  const urls = [
    "/shop.json",
    "/data/shop",
    "/_next/static/shop.json",
    "/shop/data.json",
    "/shopdata",
    "/shop.database",
  ];
  expect(closed(["/shop"], urls)).toEqual([]);
});

test("compileClosedUrls() closes no other host", () => {
  const others = [
    "https://b.example.com/",
    "https://example.com/",
    "https://x.a.example.com/",
    "https://a.example.com.evil.test/",
    "https://evil.test/a.example.com/",
    "https://evil.test/?https://a.example.com/",
    "https://a.example.com@evil.test/",
  ];
  expect(closed(["https://a.example.com/*"], others)).toEqual([]);
});

test.each([
  ["https://b\u00fccher.test/*", ["http://xn--bcher-kva.test/", "http://XN--BCHER-KVA.test./"], [
    "http://bucher.test/",
  ]],
  ["https://*.b\u00fccher.test/*", ["http://a.xn--bcher-kva.test/"], ["http://xn--bcher-kva.test/"]],
  ["https://[::1]/*", ["http://[::1]:3000/", "http://[0:0:0:0:0:0:0:1]/"], ["http://[::2]/"]],
  ["https://[2001:DB8:0:0::A]:443/*", ["http://[2001:db8::a]/"], ["http://[2001:db8::b]/"]],
  ["http://[::ffff:127.0.0.1]/*", ["http://[::ffff:7f00:1]/"], ["http://127.0.0.1/"]],
  ["https://127.1/*", ["http://127.0.0.1/", "http://0x7f.1/"], ["http://127.0.0.2/"]],
  ["https://*.a.test/*", ["http://x.y.A.test.:80/"], ["http://a.test/", "http://xa.test/"]],
  ["https://{*.}?a.test/*", ["http://x.a.test/", "http://a.test/"], ["http://xa.test/"]],
  ["https://:sub.a.test/*", ["http://x.a.test/"], ["http://x.y.a.test/"]],
  ["http{s}?://a.test:*/*", ["http://a.test:1/"], ["http://b.test:1/"]],
  ["*://*/shop", ["http://a.test/shop", "https://b.test:1/shop"], ["http://a.test/"]],
  ["https://a.test/p?a=1", ["http://a.test/p?b", "http://a.test/p"], ["http://a.test/?a=1"]],
])("compileClosedUrls() reads %s by host and path", (pattern, inside, outside) => {
  expect(closed([pattern], [...inside, ...outside])).toEqual(inside);
});

test("compileClosedUrls() keeps the paths of each host apart", () => {
  const patterns = ["https://a.test/x", "https://b.test/y", "/z"];
  const urls = ["a", "b", "c"].flatMap((host) => ["x", "y", "z"].map((path) => `http://${host}.test/${path}`));
  expect(closed(patterns, [...urls, ...urls.toReversed()])).toEqual([
    ...["http://a.test/x", "http://a.test/z", "http://b.test/y", "http://b.test/z", "http://c.test/z"],
    ...["http://c.test/z", "http://b.test/z", "http://b.test/y", "http://a.test/z", "http://a.test/x"],
  ]);
});

test.each([
  ["/shop", "/%73hop"],
  ["/shop", "/%2573hop"],
  ["/shop", "/%252573hop"],
  ["/shop", "/SHOP/"],
  ["/shop", "//shop"],
  ["/shop", "/shop;a=b"],
  ["/shop", "/shop;/a"],
  ["/shop", "/shop%20"],
  ["/shop", "/shop%20%20/"],
  ["/shop", "/x/..;/shop"],
  ["/users/:id/edit", "/users/%3b7/edit;/x"],
  ["/users/:id", "/users/7%3b/edit"],
  ["/%73hop", "/shop"],
  ["/a|b", "/a%7Cb"],
  ["/a%7cb", "/a|b"],
  ["/a^b", "/a%5Eb"],
  ["/[a]", "/%5Ba%5d"],
  ["/a/x|y/:id(\\d+)", "/a/x%7cy/1"],
  ["/caf\u00e9", "/cafe%CC%81"],
  ["/cafe\u0301", "/caf%C3%A9"],
  ["/CAFE\u0301/:id(\\d+)", "/caf%c3%a9/1"],
  ["/shop*", "/sho%70%FF"],
  ["/a//b", "/a/b"],
  ["/a b", "/A%20B"],
  ["/shop", "/x%2F..%2Fshop"],
  ["/shop", "/shop%00"],
  ["/shop", "/%252e%252e/y"],
  ["/shop", "/%2525252525252573hop"],
])("compileClosedUrls() closes %s for %s", (pattern, path) => {
  expect(closed([pattern], [path])).toEqual([path]);
});

test("compileClosedUrls() leaves what is not meant open", () => {
  const paths = ["/", "/shopping", "/sho", "/a?next=/shop", "/docs;/shop", "/%2525", "/100%25", "/caf%C3", "/a%7Cb"];
  expect(closed(["/shop", "/caf\u00e9", "/a%7C"], paths)).toEqual([]);
});

test("compileClosedUrls() closes a path in doubt on the hosts that are meant, and on no other", () => {
  const urls = ["http://a.test/x%2Fy", "http://a.test/x y", "http://b.test/x%2Fy", "http://b.test/x y"];
  expect(closed(["https://a.test/shop"], urls)).toEqual(urls.slice(0, 2));
});

test("compileClosedUrls() takes what the options take", () => {
  const patterns = [/^\/api\/v\d/, { pathname: "/shop" }, new URLPattern({ hostname: "a.test", pathname: "/x" })];
  const urls = ["/API/v1;a", "/%61pi/v2", "/SHOP/", "http://A.test./x", "/api/x", "/x"];
  expect(closed(patterns, urls)).toEqual(urls.slice(0, 4));
});

test("compileClosedUrls() refuses what is not a list", () => {
  const message = expect.stringMatching(/"urls" must be an array, each element .*, received "\/shop"$/) as never;
  expect(() => compileClosedUrls("/shop" as never, "urls")).toThrow(optionError(message));
});

test("compileClosedUrls() without patterns closes nothing", () => {
  expect(closed([], ["/", "/a%00", ""])).toEqual([]);
});

test.each(["", "site.test/shop", "http://", "http://256.1.1.1/shop", "http://site.test/a%00"])(
  "compileClosedUrls() closes %j, which nobody can read for certain",
  (url) => {
    expect(compileClosedUrls(["https://a.test/shop"], "urls")(url)).toBe(true);
  },
);

test.each([
  ["https://a.test", "without a path"],
  ["a.test/shop", 'write "/a.test/shop" for a path'],
  ["https://:a+:b+.test/x", "a pattern whose cost is bounded"],
  [/(?:a+)+b/, "a pattern whose cost is bounded"],
])("compileClosedUrls() refuses %s by its place", (pattern, part) => {
  const message = expect.stringMatching(RegExp(`"urls\\[2\\]".*${part}`)) as never;
  expect(() => compileClosedUrls(["https://a.test//a", "//b", pattern], "urls")).toThrow(optionError(message));
});
