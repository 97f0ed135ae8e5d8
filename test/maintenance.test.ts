import { Window } from "happy-dom";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { optionError } from "./_errors.ts";
import { maintenanceMode } from "../src/maintenance.ts";

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 22, 12), toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const BROWSER = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

function requestTo(path: string, headers: Record<string, string> = BROWSER): Request {
  return new Request(`http://site.test${path}`, { headers });
}

test("maintenanceMode() without options lets everything through", () => {
  const maintenance = maintenanceMode();
  expect([maintenance(requestTo("/")), maintenance.active]).toEqual([undefined, false]);
  expect(maintenance.explain(requestTo("/"))).toEqual({ outcome: "pass", because: "off" });
});

test("maintenanceMode() that is enabled answers with a page that is not kept", async () => {
  const response = maintenanceMode({ enabled: true, retryAfter: 600 })(requestTo("/"))!;
  const { "content-security-policy": policy, ...fields } = Object.fromEntries(response.headers);
  expect([response.status, fields]).toEqual([503, {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "retry-after, maintenance-mode",
    "cache-control": "no-store",
    "content-language": "en",
    "content-type": "text/html; charset=utf-8",
    "maintenance-mode": "on",
    "referrer-policy": "no-referrer",
    "retry-after": "600",
    vary: "accept, accept-language",
    "x-content-type-options": "nosniff",
  }]);
  expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; /);
  const { document } = new Window();
  document.write(await response.text());
  expect([document.title, document.documentElement.lang]).toEqual(["Down for maintenance", "en"]);
});

test("maintenanceMode() answers programs with problem details", async () => {
  const response = maintenanceMode({ enabled: true, retryAfter: 600 })(
    requestTo("/", { accept: "application/problem+json" }),
  )!;
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toEqual({
    type: "about:blank",
    title: "Service Unavailable",
    status: 503,
    detail: "We are working on this site and will be back soon.",
    instance: "/",
    retryAfter: 600,
    mode: "on",
  });
});

test("maintenanceMode() answers terminals with plain text", async () => {
  const response = maintenanceMode({ enabled: true })(requestTo("/", { accept: "text/plain" }))!;
  expect(await response.text()).toBe(
    "Down for maintenance\n\nWe are working on this site and will be back soon.\n",
  );
});

test("maintenanceMode() answers HEAD like GET but without a body", async () => {
  const response = maintenanceMode({ enabled: true })(new Request("http://site.test/", { method: "HEAD" }))!;
  expect([response.status, await response.text()]).toEqual([503, ""]);
});

test("maintenanceMode() fills in the values that a page names, escaped", async () => {
  const page = '<a href="{{request_url}}">{{request_path}}</a> {{request_method}} {{status}} {{retry_after}}';
  const maintenance = maintenanceMode({ enabled: true, page, retryAfter: new Date(Date.now() + 60_000) });
  const response = maintenance(requestTo("/it's/%3Cb%3E?a=1&b='$&"))!;
  expect(await response.text()).toBe(
    '<a href="http://site.test/it&#39;s/%3Cb%3E?a=1&amp;b=%27$&amp;">/it&#39;s/%3Cb%3E</a> GET 503 60',
  );
});

test("maintenanceMode() refuses a page that names an unknown value", () => {
  expect(() => maintenanceMode({ page: "{{ reqest_path }}" })).toThrow(
    optionError(
      'Cannot create maintenance mode: "page" names the unknown value "{{reqest_path}}": did you mean ' +
        '"{{request_path}}"?; to send such braces as they are, pass the page as a function',
    ),
  );
});

test("maintenanceMode() sends the braces that a page function returns as they are", async () => {
  const response = maintenanceMode({ enabled: true, page: () => "{{any}}" })(requestTo("/"));
  expect(await response?.text()).toBe("{{any}}");
});

test("maintenanceMode() goes by the present time", () => {
  const maintenance = maintenanceMode({ enabled: true, retryAfter: new Date("2026-11-22T12:00:01Z") });
  expect(maintenance(requestTo("/"))?.headers.get("retry-after")).toBe("Sun, 22 Nov 2026 12:00:01 GMT");
  vi.setSystemTime(Date.UTC(2026, 10, 22, 12, 0, 1));
  expect(maintenance(requestTo("/"))?.headers.get("retry-after")).toBe(null);
});

test("maintenanceMode() does not see a Date that is changed later", () => {
  const retryAfter = new Date("2026-11-22T13:00:00Z");
  const maintenance = maintenanceMode({ enabled: true, retryAfter });
  retryAfter.setTime(0);
  expect(maintenance(requestTo("/"))?.headers.get("retry-after")).toBe("Sun, 22 Nov 2026 13:00:00 GMT");
});

test("maintenanceMode() does not modify its options", () => {
  const options = Object.freeze({
    enabled: true,
    ignoreUrls: Object.freeze(["/health"]),
    internalIps: Object.freeze(["10.0.0.0/8"]),
    headers: Object.freeze({ "X-A": "1" }),
  });
  expect(maintenanceMode(options)(requestTo("/"))?.headers.get("x-a")).toBe("1");
});

test("maintenanceMode() keeps gates apart", () => {
  const [on, off] = [maintenanceMode({ enabled: true }), maintenanceMode({ enabled: false })];
  expect([on.active, off.active, on(requestTo("/"))?.status, off(requestTo("/"))]).toEqual([
    true,
    false,
    503,
    undefined,
  ]);
});
