import { expect, test } from "vitest";
import { COMMON, gateOf, requestTo } from "./_gate.ts";

test.each([
  ["/closed.html", "/closed.html"],
  ["/closed.html?from=gate#top", "/closed.html?from=gate#top"],
  ["/caf\u00e9", "/caf%C3%A9"],
  ["/a/../closed", "/closed"],
  ["https://status.test", "https://status.test/"],
  ["https://status.test/a?b#c", "https://status.test/a?b#c"],
])("gate redirects to %s", (redirectUrl, location) => {
  const response = gateOf({ redirectUrl, retryAfter: 600, headers: { "x-a": "1" } })(requestTo("/shop?secret=1"))!;
  expect([response.status, response.body]).toEqual([302, null]);
  expect(Object.fromEntries(response.headers)).toEqual({
    ...COMMON,
    location,
    vary: "accept, sec-fetch-dest, x-requested-with, hx-request, x-pjax, trpc-accept",
    "x-a": "1",
  });
});

test.each(["/closed.html", "/closed.html?a", "/closed.html#a"])("gate lets %s, where it redirects to, pass", (path) => {
  expect(gateOf({ redirectUrl: "/closed.html" })(requestTo(path))).toBe(undefined);
});

test.each([["/?page=closed", undefined], ["https://site.test/?page=closed#a", 503]])(
  "gate redirects to %s, and redirects from all other pages that the query tells apart",
  (redirectUrl, status) => {
    const gate = gateOf({ redirectUrl });
    const statuses = ["/?page=closed", "/?page=closed#b", "/", "/?page=shop", "/?page=closed&page=shop", "/?page=close"]
      .map((path) => gate(requestTo(path))?.status);
    expect(statuses).toEqual([status, status, 302, 302, 302, 302]);
  },
);

test.each([
  [{ accept: "application/json" }, "GET", 503, "application/json"],
  [{ accept: "*/*", "sec-fetch-dest": "empty" }, "GET", 503, "application/problem+json"],
  [{ accept: "application/graphql-response+json" }, "POST", 503, "application/graphql-response+json; charset=utf-8"],
  [{ accept: "text/event-stream" }, "GET", 503, "text/plain; charset=utf-8"],
  [{ upgrade: "websocket" }, "GET", 503, "text/plain; charset=utf-8"],
  [{ "content-type": "application/grpc-web+proto" }, "POST", 200, "application/grpc-web+proto"],
  [{ accept: "text/html" }, "GET", 302, null],
  [{ accept: "*/*" }, "HEAD", 302, null],
])("gate redirects who is shown a page, and tells programs: %o with %s", (headers, method, status, contentType) => {
  const request = new Request("https://site.test/", { method, headers: headers as Record<string, string> });
  const response = gateOf({ redirectUrl: "/closed.html", retryAfter: 600 })(request)!;
  expect([response.status, response.headers.get("content-type")]).toEqual([status, contentType]);
  // Some clients would wait before they follow the redirect.
  expect(response.headers.get("retry-after")).toBe(status === 302 ? null : "600");
});

test("gate leaves a Retry-After of the option headers on redirects", () => {
  const gate = gateOf({ redirectUrl: "/closed.html", headers: { "retry-after": "5" } });
  expect(gate(requestTo("/"))!.headers.get("retry-after")).toBe("5");
});

test("gate redirects with a fixed responseType where that is the page alone", () => {
  const ask = (responseType: "html" | "json") => gateOf({ redirectUrl: "/closed.html", responseType })(requestTo("/"))!;
  expect([ask("html").status, ask("html").headers.get("vary"), ask("json").status]).toEqual([302, null, 503]);
});

test.each(["/closed", "/closed.html/", "/Closed.html", "/a/closed.html", "/?/closed.html"])(
  "gate redirects %s",
  (path) => {
    expect(gateOf({ redirectUrl: "/closed.html" })(requestTo(path))?.status).toBe(302);
  },
);

test("gate takes characters of redirectUrl that have a meaning in patterns literally", () => {
  const gate = gateOf({ redirectUrl: "/:id/(a)*+{b}.html" });
  expect(gate(requestTo("/1/a.html"))?.status).toBe(302);
  expect(gate(requestTo("/:id/(a)*+{b}.html"))).toBe(undefined);
});

test("gate redirects beside ignoreUrls", () => {
  const gate = gateOf({ redirectUrl: "/closed.html", ignoreUrls: ["/health"] });
  expect(["/closed.html", "/health", "/"].map((path) => gate(requestTo(path))?.status)).toEqual([
    undefined,
    undefined,
    302,
  ]);
});

test.each([
  ["http://status.test/", 503],
  ["https://status.test/", 503],
  ["http://status.test/?a#b", 503],
  ["https://status.test/a", 302],
  ["https://status.test:8443/", 302],
  ["https://status.test.evil.test/", 302],
  ["https://site.test//status.test/", 302],
  ["https://site.test/?//status.test/", 302],
])("gate that redirects to https://status.test/ answers %s with %i, so that nobody goes in a circle", (url, status) => {
  expect(gateOf({ redirectUrl: "https://status.test/" })(new Request(url))?.status).toBe(status);
});
