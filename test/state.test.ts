import { afterEach, expect, test, vi } from "vitest";
import { maintenanceMode } from "../src/index.ts";
import { liveState, parseState } from "../src/state.ts";
import type { LiveState, MaintenanceOptions, MaintenanceState } from "../src/index.ts";
import { memoryStore } from "../src/stores/memory.ts";

const opened: LiveState[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((state) => state.close()));
});

/** A gate over a state in a store. */
async function gateOf(
  given: MaintenanceState,
  options: MaintenanceOptions = {},
): Promise<ReturnType<typeof maintenanceMode>> {
  const state = liveState(memoryStore(JSON.stringify(parseState(given))));
  opened.push(state);
  await state.ready;
  return maintenanceMode({ state, ...options });
}

const requestTo = (path: string, init?: RequestInit) => new Request(`http://site.test${path}`, init);

test.each<[MaintenanceState, string, string, string]>([
  [{ mode: "off" }, "GET", "/", "off"],
  [{ mode: "on" }, "GET", "/", "maintenance"],
  [{ mode: "on" }, "POST", "/", "maintenance"],
  [{ mode: "read-only" }, "GET", "/", "safe-method"],
  [{ mode: "read-only" }, "HEAD", "/", "safe-method"],
  [{ mode: "read-only" }, "OPTIONS", "/", "safe-method"],
  [{ mode: "read-only" }, "POST", "/", "read-only"],
  [{ mode: "read-only" }, "PUT", "/", "read-only"],
  [{ mode: "read-only" }, "PATCH", "/", "read-only"],
  [{ mode: "read-only" }, "DELETE", "/", "read-only"],
  [{ mode: "read-only" }, "PROPFIND", "/", "safe-method"],
  [{ mode: "read-only" }, "PROPPATCH", "/", "read-only"],
  [{ mode: "on", urls: ["/shop/*"] }, "GET", "/shop/cart", "maintenance"],
  [{ mode: "on", urls: ["/shop/*"] }, "GET", "/shop", "maintenance"],
  [{ mode: "on", urls: ["/shop/*"] }, "GET", "/docs/shop/", "off"],
  [{ mode: "on", urls: ["/shop*"], ignoreUrls: ["/shop/status"] }, "GET", "/shop/status", "ignored-url"],
  [{ mode: "on", urls: ["/shop*"], ignoreUrls: ["/shop/status"] }, "GET", "/shop", "maintenance"],
  [{ mode: "read-only", urls: ["/shop/*"] }, "POST", "/shop/cart", "read-only"],
  [{ mode: "read-only", urls: ["/shop/*"] }, "POST", "/docs", "off"],
  [{ mode: "on", internalIps: ["203.0.113.0/24"] }, "GET", "/", "internal-ip"],
  [{ mode: "on", internalIps: ["198.51.100.0/24"] }, "GET", "/", "maintenance"],
])("gate with the state %j decides about %s %s: %s", async (state, method, path, because) => {
  const gate = await gateOf(state);
  const ctx = { clientIp: "203.0.113.9" };
  const outcome = ["maintenance", "read-only"].includes(because) ? "answer" : "pass";
  expect(gate.explain(requestTo(path, { method }), ctx)).toMatchObject({ outcome, because });
  expect(gate(requestTo(path, { method }), ctx)?.status).toBe(outcome === "answer" ? 503 : undefined);
});

// What an app behind the gate may take for /shop/cart.
test.each([
  "/SHOP/cart",
  "/%73hop/cart",
  "/%53HOP/cart",
  "/shop%2Fcart",
  "/shop%5Ccart",
  "/docs/..%2fshop/cart",
  "/docs/%2e%2e%2fshop/cart",
  "/%00shop/cart",
  "/shop/cart?x=/docs",
  "/shop",
  "//shop/cart",
  "/shop//cart",
  "/shop;v=1/cart",
  "/shop/cart;/docs",
  "/shop;/docs",
  "/shop%3Fa",
  "/shop%23a",
  "/x/..;/shop/cart",
])("gate with urls keeps %s closed", async (path) => {
  const gate = await gateOf({ mode: "on", urls: ["/shop/*"] });
  expect(gate(requestTo(path))?.status).toBe(503);
});

test.each([
  ["/checkout", "/checkout/"],
  ["/checkout/", "/checkout"],
  ["/(shop|cart)/*", "/CART/1"],
  ["/shop/:id(\\d+)", "/SHOP/1/"],
  ["/[a]/(x)", "/%5Ba%5D/X"],
  ["/part/:name([a-f]+)", "/part/ABC"],
  ["/caf\u00e9", "/CAF%C3%89"],
  ["/CAF\u00c9", "/caf%c3%a9"],
  ["/caf\u00e9{/}*", "/CAF%C3%89"],
  ["/kelvin", "/%E2%84%AAelvin"],
  ["/\u03c3\u03b1\u03c2", "/%CE%A3%CE%91%CE%A3"],
])("gate with urls %j keeps %s closed", async (pattern, path) => {
  const gate = await gateOf({ mode: "on", urls: [pattern] });
  expect(gate(requestTo(path))?.status).toBe(503);
});

test.each(["/docs;/shop", "/caf%C3", "/caf%C3%AA"])(
  "gate with urls lets %s in, which no app takes for one of them",
  async (path) => {
    const gate = await gateOf({ mode: "on", urls: ["/shop", "/caf\u00e9"] });
    expect(gate(requestTo(path))).toBeUndefined();
  },
);

test("gate with urls reads the URLs of Unix sockets, too", async () => {
  const gate = await gateOf({ mode: "on", urls: ["/shop/*"] });
  const ask = (url: string) => gate.explain({ url, method: "GET", headers: new Headers() } as Request).because;
  expect(["%73hop/cart", "SHOP/cart", "docs"].map((path) => ask(`http+unix://localhost/${path}`))).toEqual([
    "maintenance",
    "maintenance",
    "off",
  ]);
});

test("gate lets no WebSocket start while the site is read-only, which could write", async () => {
  const gate = await gateOf({ mode: "read-only" });
  const ask = (upgrade: string) => gate.explain(requestTo("/", { headers: { upgrade } })).because;
  expect([ask("websocket"), ask("WebSocket"), ask("h2c")]).toEqual(["read-only", "read-only", "safe-method"]);
});

test("gate with hosts closes these hosts, and of them only the urls that are given", async () => {
  const hosts = ["a.example.com", "*.b.example.com"];
  const urls = [
    ...["http://a.example.com/", "http://A.example.com.:8080/shop", "https://x.b.example.com/shop"],
    ...["https://b.example.com/shop", "http://c.example.com/shop"],
  ];
  const closed = async (state: MaintenanceState) => {
    const gate = await gateOf(state);
    return urls.filter((url) => gate(new Request(url))?.status === 503);
  };
  expect(await closed({ mode: "on", hosts })).toEqual(urls.slice(0, 3));
  expect(await closed({ mode: "on", hosts, urls: ["/shop"] })).toEqual(urls.slice(1, 3));
  expect(await closed({ mode: "on", hosts, urls: ["https://a.example.com/*"] })).toEqual(urls.slice(0, 2));
});

test("gate with urls lets what is not meant pass, encoded characters and all", async () => {
  const gate = await gateOf({ mode: "on", urls: ["/shop/*"] });
  const paths = ["/", "/docs/my%20file.pdf", "/caf%C3%A9", "/shopping", "/a?next=/shop/cart"];
  expect(paths.map((path) => gate(requestTo(path))?.status)).toEqual(paths.map(() => undefined));
});

test("gate takes an exception of the state no further than one of the options", async () => {
  const gate = await gateOf({ mode: "on", ignoreUrls: ["/health/*"] });
  expect(gate(requestTo("/health/x"))).toBeUndefined();
  expect(gate(requestTo("/health/..%2fadmin"))?.status).toBe(503);
  expect(gate(requestTo("/HEALTH/x"))?.status).toBe(503);
});

test("gate is closed by enabled where the state would not close it", async () => {
  const gate = await gateOf({ mode: "read-only", urls: ["/shop/*"], ignoreUrls: ["/status"] }, { enabled: true });
  expect(gate.explain(requestTo("/docs")).because).toBe("maintenance");
  expect(gate.explain(requestTo("/shop/a")).because).toBe("maintenance");
  expect(gate.explain(requestTo("/status"))).toEqual({ outcome: "pass", because: "ignored-url", matched: "/status" });
});

test("gate does not keep exceptions of a state that is off", async () => {
  const gate = await gateOf({ mode: "off", internalIps: ["203.0.113.9"], ignoreUrls: ["/a"] }, { enabled: true });
  expect(gate.explain(requestTo("/a"), { clientIp: "203.0.113.9" }).because).toBe("maintenance");
});

test("gate explains which range and which pattern of the state let a request pass", async () => {
  const gate = await gateOf({ mode: "on", internalIps: ["10.0.0.0/8", "203.0.113.0/24"], ignoreUrls: ["/a", "/b*"] });
  expect(gate.explain(requestTo("/"), { clientIp: "203.0.113.9" }).matched).toBe("203.0.113.0/24");
  expect(gate.explain(requestTo("/bc")).matched).toBe("/b*");
});

test("gate asks allow before it looks at the method", async () => {
  const gate = await gateOf({ mode: "read-only" }, { allow: ({ url }) => url.endsWith("/vip") });
  expect(gate.explain(requestTo("/vip", { method: "POST" })).because).toBe("allowed");
  expect(gate.explain(requestTo("/vip")).because).toBe("allowed");
  expect(gate.explain(requestTo("/", { method: "POST" })).because).toBe("read-only");
});

test("gate begins and ends by the clock, without a timer", async () => {
  const start = "2026-11-22T01:00:00.000Z";
  const end = "2026-11-22T03:00:00.000Z";
  vi.useFakeTimers({ toFake: ["Date"] });
  const gate = await gateOf({ mode: "on", start, end });
  const seen = [-1, 0, 7_199_999, 7_200_000].map((ms) => {
    vi.setSystemTime(Date.parse(start) + ms);
    return [gate.active, gate(requestTo("/"))?.status];
  });
  expect(seen).toEqual([[false, undefined], [true, 503], [true, 503], [false, undefined]]);
});

test.each<[string, MaintenanceState, MaintenanceOptions, string | null]>([
  ["the end", { mode: "on", end: "2026-11-22T03:00:00Z" }, {}, "1800"],
  ["the option before the end", { mode: "on", end: "2026-11-22T03:00:00Z" }, { retryAfter: 60 }, "60"],
  ["the state before the option", { mode: "on", retryAfter: 600 }, { retryAfter: 60 }, "600"],
  ["0 of the state", { mode: "on", retryAfter: 0 }, { retryAfter: 60 }, "0"],
  ["nothing", { mode: "on" }, {}, null],
  [
    "the end of the window that comes back",
    { mode: "on", recurring: [{ cron: "0 2 * * *", duration: "90m" }] },
    {},
    "3600",
  ],
])("gate takes Retry-After from %s", async (_what, state, options, field) => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-22T02:30:00Z") });
  const gate = await gateOf(state, options);
  expect(gate(requestTo("/"))?.headers.get("retry-after")).toBe(field);
});

test("gate says when each window that comes back ends, in whatever order it is asked", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const gate = await gateOf({ mode: "on", recurring: [{ cron: "0 2 * * *", duration: "90m" }] });
  const fields = ["2026-11-22T02:30:00Z", "2026-11-23T02:15:00Z", "2026-11-22T02:30:00.5Z"].map((now) => {
    vi.setSystemTime(Date.parse(now));
    return gate(requestTo("/"))?.headers.get("retry-after");
  });
  // Never early: the half second counts as a whole one.
  expect(fields).toEqual(["3600", "4500", "3600"]);
});

test("gate says the reason and the end, escaped, in each representation", async () => {
  const gate = await gateOf({ mode: "on", reason: "<b>Moving</b> & more", end: "9999-01-01T00:00:00Z" });
  const ask = (accept: string) => gate(requestTo("/", { headers: { accept } }))!;
  const html = await ask("text/html").text();
  expect(html).toContain(">&lt;b&gt;Moving&lt;/b&gt; &amp; more<");
  expect(html).toMatch(/<time datetime="9999-01-01T00:00:00.000Z"[^>]*>January 1, 9999 at 12:00\sAM UTC<\/time>/);
  expect(await ask("text/plain").text()).toMatch(
    /^Down for maintenance\n\n<b>Moving<\/b> & more\nExpected back: January 1, 9999 at 12:00\sAM UTC\n$/,
  );
  expect((await ask("application/json").json()).detail).toBe("<b>Moving</b> & more");
  const { errors: [error] } = await ask("application/graphql-response+json").json();
  expect(error.message).toBe("<b>Moving</b> & more");
});

const grpcMessage = async (reason: string) => {
  const request = requestTo("/", { method: "POST", headers: { "content-type": "application/grpc" } });
  const response = (await gateOf({ mode: "on", reason }))(request)!;
  return response.headers.get("grpc-message");
};

test("gate gives gRPC the reason, and its heading in place of one that no header field can hold", async () => {
  expect(await grpcMessage("Moving, 50% done")).toBe("Moving%2C 50%25 done");
  expect(await grpcMessage("\u00e9".repeat(171))).toBe("Down for maintenance");
});

test("gate names the language of a reason that it has in another one", async () => {
  const gate = await gateOf({ mode: "on", reason: { de: "Wir ziehen um" } });
  const languageOf = (accept: string) => gate(requestTo("/", { headers: { accept } }))!.headers.get("content-language");
  expect(["application/json", "text/plain", "text/html"].map(languageOf)).toEqual(["de", "en", "en"]);
});

test("gate tells who is refused in read-only mode that nothing was saved", async () => {
  const gate = await gateOf({ mode: "read-only" });
  const response = gate(requestTo("/", { method: "POST", headers: { accept: "text/plain" } }))!;
  expect(await response.text()).toContain("What you sent was not saved.");
});

test("gate answers for each state with what that state says, never with the one before", async () => {
  const state = liveState(memoryStore());
  opened.push(state);
  const gate = maintenanceMode({ state, page: "{{mode}} {{reason}} {{end}}" });
  const page = async () => await gate(requestTo("/", { method: "POST" }))?.text();
  const seen: unknown[] = [];
  for (
    const next of [{ mode: "on", reason: "A" }, { mode: "on", reason: "B" }, { mode: "read-only" }, { mode: "off" }, {
      mode: "on",
    }]
  ) {
    await state.set(next as MaintenanceState);
    seen.push(await page());
  }
  expect(seen).toEqual(["on A ", "on B ", "read-only  ", undefined, "on  "]);
});

test("gate tells handler503 about the state", async () => {
  const handler503 = vi.fn(() => new Response("mine", { status: 503 }));
  const end = "9999-01-01T00:00:00Z";
  const gate = await gateOf({ mode: "read-only", reason: "R", start: "2026-01-01T00:00:00Z", end }, { handler503 });
  gate(requestTo("/a", { method: "POST" }));
  const info = (handler503.mock.calls as unknown[][])[0]![1];
  expect(info).toMatchObject({
    mode: "read-only",
    because: "read-only",
    reason: "R",
    start: new Date("2026-01-01T00:00:00Z"),
    end: new Date(end),
    requestPath: "/a",
  });
});

test("gate tells onDecision the word for each step", async () => {
  const words: string[] = [];
  const gate = await gateOf({ mode: "read-only", urls: ["/a"] }, { onDecision: ({ because }) => words.push(because) });
  gate(requestTo("/a"));
  gate(requestTo("/a", { method: "POST" }));
  gate(requestTo("/b"));
  expect(words).toEqual(["safe-method", "read-only", "off"]);
});
