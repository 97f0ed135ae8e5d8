import { afterEach, expect, test, vi } from "vitest";
import type { MaintenanceInfo } from "../../src/answer/info.ts";
import { answerOf, BROKEN, gateOf, requestTo, thrower } from "./_gate.ts";

afterEach(() => void vi.restoreAllMocks());

// onDecision.

test("gate tells onDecision of each decision with the request and the context", () => {
  const onDecision = vi.fn();
  const request = requestTo("/");
  const ctx = { clientIp: "203.0.113.9" };
  gateOf({ onDecision })(request, ctx);
  gateOf({ onDecision, enabled: false })(request, ctx);
  gateOf({ onDecision, ignoreUrls: ["/"] })(request);
  expect(onDecision.mock.calls).toEqual([
    [{ outcome: "answer", because: "maintenance" }, request, ctx],
    [{ outcome: "pass", because: "off" }, request, ctx],
    [{ outcome: "pass", because: "ignored-url" }, request, {}],
  ]);
});

test("gate lets nobody change its decision through onDecision", () => {
  const onDecision = (decision: { outcome: string }) => void (decision.outcome = "pass");
  const gate = gateOf({ onDecision, onError: () => {} });
  expect([gate(requestTo("/"))?.status, gate(requestTo("/"))?.status]).toEqual([503, 503]);
});

test("gate lets requests pass where onDecision throws", () => {
  const onError = vi.fn();
  expect(gateOf({ enabled: false, onDecision: thrower, onError })(requestTo("/"))).toBe(undefined);
  expect(gateOf({ ignoreUrls: ["/"], onDecision: thrower, onError })(requestTo("/"))).toBe(undefined);
  expect(onError.mock.calls).toEqual([[BROKEN], [BROKEN]]);
});

// handler503 and page.

test("gate answers with the Response of handler503, as it is", () => {
  const own = new Response("own", { status: 418, headers: { "x-own": "1" } });
  const response = gateOf({ handler503: () => own, headers: { "x-a": "1" }, redirectUrl: "/closed" })(requestTo("/"));
  expect(response).toBe(own);
  expect([...own.headers.keys()]).toEqual(["content-type", "x-own"]);
});

test("gate tells handler503 and page about the request", () => {
  const infos: MaintenanceInfo[] = [];
  const request = requestTo("/caf\u00e9/menu?x=1#y");
  const keep = <Result>(info: MaintenanceInfo, result: Result) => (infos.push(info), result);
  gateOf({ retryAfter: 600, handler503: (_request, info) => keep(info, new Response()) })(request);
  gateOf({ statusCode: 500, page: (info) => keep(info, "own") })(request);
  const none = { language: "en", reason: undefined, start: undefined, end: undefined };
  const both = { request, requestPath: "/caf%C3%A9/menu", because: "maintenance", mode: "on", ...none };
  expect(infos).toEqual([{ ...both, status: 503, retryAfter: 600 }, { ...both, status: 500, retryAfter: undefined }]);
});

test("gate gives handler503 the request itself", () => {
  const handler503 = vi.fn(() => new Response());
  const request = requestTo("/");
  gateOf({ handler503 })(request);
  expect(handler503.mock.calls).toMatchObject([[{}, {}]]);
  expect((handler503.mock.calls as unknown[][])[0]![0]).toBe(request);
});

test("gate does not ask handler503 about requests that pass", () => {
  const handler503 = vi.fn(() => new Response());
  gateOf({ handler503, ignoreUrls: ["/"] })(requestTo("/"));
  gateOf({ handler503, enabled: false })(requestTo("/"));
  expect(handler503).not.toHaveBeenCalled();
});

test("gate answers with the page in place of the built-in one", async () => {
  expect((await answerOf({ page: "<p>own" })).body).toBe("<p>own");
  expect((await answerOf({ page: ({ requestPath }) => `<p>${requestPath}` }, requestTo("/a"))).body).toBe("<p>/a");
  expect((await answerOf({ page: "" })).body).toBe("");
  expect((await answerOf({ page: () => "" })).body).toBe("");
});

test("gate says no language for a page that is not its own", () => {
  expect(gateOf({ page: "own" })(requestTo("/"))?.headers.get("content-language")).toBe(null);
  expect(gateOf({ page: () => "own" })(requestTo("/"))?.headers.get("content-language")).toBe(null);
  expect(gateOf()(requestTo("/"))?.headers.get("content-language")).toBe("en");
});

test("gate says the language of its own page where the page fails", () => {
  const response = gateOf({ page: thrower, onError: () => {} })(requestTo("/"));
  expect(response?.headers.get("content-language")).toBe("en");
});

test.each(["application/json", "text/plain"])("gate does not ask page for %s", (accept) => {
  const page = vi.fn(() => "own");
  gateOf({ page })(requestTo("/", { headers: { accept } }));
  expect(page).not.toHaveBeenCalled();
});
