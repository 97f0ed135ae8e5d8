import { afterEach, expect, test, vi } from "vitest";
import { COMMON, gateOf, NOON, requestTo, thrower } from "./_gate.ts";

afterEach(() => void vi.restoreAllMocks());

// The built-in answer.

const NOSNIFF = { "x-content-type-options": "nosniff" };
const OWN_PAGE = {
  ...COMMON,
  ...NOSNIFF,
  "content-type": "text/html; charset=utf-8",
  "referrer-policy": "no-referrer",
};
const BUILT_IN = { ...OWN_PAGE, "content-security-policy": "default-src 'none'", "content-language": "en" };

test.each<[string, Record<string, string>, string, string]>([
  ["text/html", BUILT_IN, "accept", "<p>built-in"],
  ["*/*", BUILT_IN, "accept, sec-fetch-dest, x-requested-with, hx-request, x-pjax, trpc-accept", "<p>built-in"],
  [
    "application/json",
    { ...COMMON, ...NOSNIFF, "content-type": "application/json", "content-language": "en" },
    "accept",
    '{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"Come back.","instance":"/a","mode":"on"}',
  ],
  [
    "text/plain",
    { ...COMMON, ...NOSNIFF, "content-type": "text/plain; charset=utf-8", "content-language": "en" },
    "accept",
    "Closed\n\nCome back.\n",
  ],
  [
    "application/graphql-response+json",
    {
      ...COMMON,
      ...NOSNIFF,
      "content-type": "application/graphql-response+json; charset=utf-8",
      "content-language": "en",
    },
    "accept",
    '{"errors":[{"message":"Come back.","extensions":{"code":"SERVICE_UNAVAILABLE","status":503,"mode":"on"}}]}',
  ],
])("gate answers %s with %j", async (accept, fields, vary, body) => {
  const response = gateOf()(requestTo("/a?b", { headers: { accept } }))!;
  expect(Object.fromEntries(response.headers)).toEqual({ ...fields, vary });
  expect(await response.text()).toBe(body);
});

test("gate answers a request without Accept with HTML", () => {
  const request = { url: "http://site.test/", method: "GET", headers: new Headers() } as Request;
  expect(gateOf()(request)?.headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test("gate answers with JSON as RFC 9457 has it, with the seconds to wait", async () => {
  const response = gateOf({ retryAfter: 600, responseType: "json" })(requestTo("/"));
  expect(await response?.json()).toEqual({
    type: "about:blank",
    title: "Service Unavailable",
    status: 503,
    detail: "Come back.",
    instance: "/",
    retryAfter: 600,
    mode: "on",
  });
});

test("gate says another statusCode in JSON, and does not call it by the name of 503", async () => {
  const problem = await gateOf({ statusCode: 500, responseType: "json" })(requestTo("/"))!.json();
  expect(problem.status).toBe(500);
  expect(problem.title).not.toBe("Service Unavailable");
});

test.each(["text/html", "application/json", "text/plain"])(
  "gate answers HEAD for %s without a body",
  async (accept) => {
    const headers = { accept };
    const get = gateOf({ retryAfter: 60 })(requestTo("/", { headers }))!;
    const head = gateOf({ retryAfter: 60 })(requestTo("/", { headers, method: "HEAD" }))!;
    const length = String(new TextEncoder().encode(await get.text()).length);
    const fields = Object.fromEntries(get.headers);
    expect([head.status, head.body]).toEqual([503, null]);
    expect(Object.fromEntries(head.headers)).toEqual({ ...fields, "content-length": length });
  },
);

test("gate answers HEAD with the length of the page that GET would get", () => {
  const response = gateOf({ page: ({ requestPath }) => `<p>${requestPath}</p>` })(requestTo("/a", { method: "HEAD" }));
  expect([response?.status, response?.body, response?.headers.get("content-length")]).toEqual([503, null, "9"]);
});

test("gate makes a fresh Response for each request", async () => {
  const gate = gateOf({ headers: { "x-a": "1" } });
  const first = gate(requestTo("/"))!;
  first.headers.set("x-a", "2");
  await first.text();
  const second = gate(requestTo("/"))!;
  expect([second.headers.get("x-a"), await second.text()]).toEqual(["1", "<p>built-in"]);
});

test.each([200, 400, 500, 599])("gate answers with the status %i", (statusCode) => {
  expect(gateOf({ statusCode })(requestTo("/"))?.status).toBe(statusCode);
});

test.each(
  [
    ["html", "text/html; charset=utf-8", null],
    ["json", "application/json", "accept"],
    ["text", "text/plain; charset=utf-8", null],
    ["trpc", "application/json", "accept, trpc-accept"],
  ] as const,
)("gate answers with %s whatever Accept prefers", (responseType, contentType, vary) => {
  const request = requestTo("/", { headers: { accept: "text/html, application/json;q=0.2, text/plain;q=0.1" } });
  const fixed = gateOf({ responseType })(request)!;
  expect([fixed.headers.get("content-type"), fixed.headers.get("vary")]).toEqual([contentType, vary]);
  expect(gateOf({ responseType: () => responseType })(request)?.headers.get("content-type")).toBe(contentType);
});

test("gate gives responseType the request", () => {
  const responseType = vi.fn(() => "text" as const);
  const request = requestTo("/api");
  gateOf({ responseType })(request);
  expect(responseType.mock.calls).toEqual([[request]]);
});

test("gate answers as the request asks where responseType returns undefined", () => {
  const errors: unknown[] = [];
  const gate = gateOf({
    responseType: ({ url }) => url.includes("/api/") ? "json" : undefined,
    onError: (error) => errors.push(error),
  });
  const typeOf = (path: string, accept: string) =>
    gate(requestTo(path, { headers: { accept } }))!.headers.get("content-type");
  expect([typeOf("/api/a", "text/html"), typeOf("/", "text/html"), typeOf("/", "text/plain")]).toEqual([
    "application/problem+json",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
  ]);
  expect(errors).toEqual([]);
});

test("gate negotiates where responseType fails", () => {
  const request = requestTo("/", { headers: { accept: "text/plain" } });
  const response = gateOf({ responseType: thrower, onError: () => {} })(request);
  expect(response?.headers.get("content-type")).toBe("text/plain; charset=utf-8");
});

// headers.

test("gate adds headers, which replace those of the same name", () => {
  const headers = { "X-A": "1", "Cache-Control": "no-cache", vary: "cookie", "Retry-After": "5" };
  const response = gateOf({ headers, retryAfter: 600 })(requestTo("/"))!;
  expect(Object.fromEntries(response.headers)).toEqual({
    ...BUILT_IN,
    "cache-control": "no-cache",
    "retry-after": "5",
    vary: "accept, sec-fetch-dest, x-requested-with, hx-request, x-pjax, trpc-accept, cookie",
    "x-a": "1",
  });
});

test("gate sends each cookie of headers", () => {
  const gate = gateOf({ headers: [["set-cookie", "a=1"], ["Set-Cookie", "b=2, c"]] });
  expect(gate(requestTo("/"))?.headers.getSetCookie()).toEqual(["a=1", "b=2, c"]);
  expect(gate(requestTo("/"))?.headers.getSetCookie()).toEqual(["a=1", "b=2, c"]);
});

// retryAfter.

test.each([[0, "0"], [600, "600"]])("gate sends retryAfter of %i seconds", (retryAfter, field) => {
  expect(gateOf({ retryAfter })(requestTo("/"))?.headers.get("retry-after")).toBe(field);
});

test("gate sends retryAfter as an HTTP-date until it has passed", () => {
  let now = NOON - 1;
  const infos: (number | undefined)[] = [];
  const gate = gateOf({ retryAfter: new Date(NOON) }, () => now);
  const own = gateOf({
    retryAfter: new Date(NOON),
    handler503: (_request, { retryAfter }) => (infos.push(retryAfter), new Response()),
  }, () => now);
  const fields = [NOON - 1, NOON, NOON + 1, NOON - 3_600_000].map((time) => {
    now = time;
    own(requestTo("/"));
    return gate(requestTo("/"))?.headers.get("retry-after");
  });
  expect(fields).toEqual([
    "Sun, 22 Nov 2026 12:00:00 GMT",
    null,
    null,
    "Sun, 22 Nov 2026 12:00:00 GMT",
  ]);
  expect(infos).toEqual([1, undefined, undefined, 3600]);
});

test("gate sends everything but retryAfter once it has passed", async () => {
  const gate = gateOf({ retryAfter: new Date(NOON), page: () => "own", headers: { "x-a": "1" } }, () => NOON);
  const response = gate(requestTo("/"))!;
  expect(Object.fromEntries(response.headers)).toEqual({
    ...OWN_PAGE,
    vary: "accept, sec-fetch-dest, x-requested-with, hx-request, x-pjax, trpc-accept",
    "x-a": "1",
  });
  expect(await response.text()).toBe("own");
});
