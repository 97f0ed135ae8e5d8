import { afterEach, expect, test, vi } from "vitest";
import type { MaintenanceContext } from "../../src/types/context.ts";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { gateOf, requestTo } from "./_gate.ts";

afterEach(() => void vi.restoreAllMocks());

// The order of the decision.

const EVERYTHING = { enabled: true, internalIps: ["10.0.0.0/8"], ignoreUrls: ["/ignored"], allow: () => true };
const STAFF = { isStaff: true, clientIp: "10.0.0.1" };

test.each<[MaintenanceOptions, string, MaintenanceContext, "pass" | "answer", string]>([
  [{ ...EVERYTHING, enabled: false }, "/ignored", STAFF, "pass", "off"],
  [EVERYTHING, "/ignored", STAFF, "pass", "staff"],
  [{ ...EVERYTHING, allowStaff: false }, "/ignored", STAFF, "pass", "internal-ip"],
  [EVERYTHING, "/ignored", { clientIp: "10.0.0.1" }, "pass", "internal-ip"],
  [EVERYTHING, "/ignored", { clientIp: "11.0.0.1" }, "pass", "ignored-url"],
  [EVERYTHING, "/other", { clientIp: "11.0.0.1" }, "pass", "allowed"],
  [{ ...EVERYTHING, allow: () => false }, "/other", { clientIp: "11.0.0.1" }, "answer", "maintenance"],
  [{ enabled: true }, "/", {}, "answer", "maintenance"],
  [{ enabled: true }, "/", STAFF, "pass", "staff"],
  [{ enabled: true, allowStaff: false }, "/", STAFF, "answer", "maintenance"],
])("gate with %o decides about %s and %o: %s because of %s", (options, path, ctx, outcome, because) => {
  const gate = gateOf(options);
  expect(gate.explain(requestTo(path), ctx)).toMatchObject({ outcome, because });
  expect(gate(requestTo(path), ctx)?.status).toBe(outcome === "pass" ? undefined : 503);
});

test.each<[string, MaintenanceContext]>([
  ["staff", { isStaff: true }],
  ["an internal address", { clientIp: "10.0.0.1" }],
])("gate does not ask allow about %s", (_who, ctx) => {
  const allow = vi.fn(() => true);
  gateOf({ ...EVERYTHING, allow })(requestTo("/"), ctx);
  expect(allow).not.toHaveBeenCalled();
});

test("gate does not ask allow about an ignored URL or while it is off", () => {
  const allow = vi.fn(() => true);
  gateOf({ ...EVERYTHING, allow })(requestTo("/ignored"));
  gateOf({ enabled: false, allow })(requestTo("/"));
  expect(allow).not.toHaveBeenCalled();
});

test("gate gives allow the request and the context", () => {
  const allow = vi.fn(() => true);
  const request = requestTo("/");
  const ctx = { clientIp: "203.0.113.9" };
  expect(gateOf({ allow })(request, ctx)).toBe(undefined);
  expect(allow.mock.calls).toEqual([[request, ctx]]);
});

test.each([1, "true", {}, null, undefined])("gate takes isStaff %j for nobody", (isStaff) => {
  expect(gateOf()(requestTo("/"), { isStaff } as never)?.status).toBe(503);
});

test.each([undefined, null, "", "unknown", "010.0.0.1", "10.1", 167772161, ["10.0.0.1"], {
  toString: () => "10.0.0.1",
}])(
  "gate takes the client %j for nobody",
  (clientIp) => {
    const onError = vi.fn();
    expect(gateOf({ ...EVERYTHING, allow: () => false, onError })(requestTo("/"), { clientIp } as never)?.status).toBe(
      503,
    );
    expect(onError).not.toHaveBeenCalled();
  },
);

test.each([undefined, {}, null, 0, "", "10.0.0.1", true, [], Object.create(null)])(
  "gate with the context %o takes the visitor for nobody",
  (ctx) => {
    const gate = gateOf({ internalIps: ["10.0.0.0/8"], onError: () => {} });
    expect(gate(requestTo("/"), ctx as never)?.status).toBe(503);
  },
);

test("gate answers where the context has getters that throw", () => {
  const errors: unknown[] = [];
  const ctx = {
    get isStaff(): boolean {
      throw new Error("isStaff is broken");
    },
  };
  const response = gateOf({ allow: () => true, onError: (error) => void errors.push(error) })(requestTo("/"), ctx);
  expect(response?.status).toBe(503);
  expect(errors).toEqual([new Error("isStaff is broken")]);
});

test.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "QUERY"])(
  "gate answers %s",
  (method) => {
    expect(gateOf()(requestTo("/", { method }))?.status).toBe(503);
  },
);

test("gate looks at the URL, never at the Host header", () => {
  const gate = gateOf({ ignoreUrls: ["http://open.test/*"] });
  expect(gate(new Request("http://site.test/", { headers: { host: "open.test" } }))?.status).toBe(503);
  expect(gate(new Request("http://open.test/", { headers: { host: "site.test" } }))).toBe(undefined);
});

test.each(["", "/", "/ignored", "*", "ignored", "site.test:443", "about:blank", "mailto:a", "http://["])(
  "gate answers a request with the URL %j",
  (url) => {
    const request = { url, method: "GET", headers: new Headers() } as Request;
    expect(gateOf({ ignoreUrls: ["/ignored"] })(request)?.status).toBe(503);
  },
);

test("gate answers a request with a header of 100 kB", () => {
  const headers = { accept: "x".repeat(100_000), "x-forwarded-for": "1,".repeat(50_000) };
  expect(gateOf()(requestTo("/", { headers }))?.status).toBe(503);
});

test.each<[string, object]>([
  ["without members", {}],
  ["whose url throws", hostile("url")],
  ["whose headers throw", hostile("headers")],
  ["whose method throws", hostile("method")],
  ["whose members all throw", hostile("url", "headers", "method")],
  ["whose headers have no get()", { url: "http://site.test/", method: "GET", headers: {} }],
  ["whose headers.get() throws", {
    url: "http://site.test/",
    method: "GET",
    headers: {
      get() {
        throw new Error("get is broken");
      },
    },
  }],
  ["whose Accept is no text", { url: "http://site.test/", method: "GET", headers: { get: () => 42 } }],
  ["whose url is no text", { url: 42, method: "GET", headers: new Headers() }],
])("gate answers a request %s", (_what, request) => {
  const options: MaintenanceOptions[] = [
    {},
    { ignoreUrls: ["/a", /b/] },
    { redirectUrl: "/closed.html" },
    { redirectUrl: "https://status.test/" },
    { page: () => "own" },
    { handler503: (request) => new Response(request.url + request.method + request.headers.get("a"), { status: 503 }) },
  ];
  for (const each of options) {
    const status = gateOf({ onError: () => {}, ...each })(request as Request)?.status;
    expect([302, 503]).toContain(status);
  }
});

function hostile(...broken: string[]): object {
  const request = { url: "http://site.test/", method: "GET", headers: new Headers() };
  for (const name of broken) {
    Object.defineProperty(request, name, {
      get() {
        throw new Error(`${name} is broken`);
      },
    });
  }
  return request;
}

// explain and active.

test.each<[MaintenanceOptions, string, MaintenanceContext, object]>([
  [{ enabled: false }, "/", {}, { outcome: "pass", because: "off" }],
  [{}, "/", { isStaff: true }, { outcome: "pass", because: "staff" }],
  [{ internalIps: ["::1", "10.0.0.0/8"] }, "/", { clientIp: "::ffff:10.9.9.9" }, {
    outcome: "pass",
    because: "internal-ip",
    matched: "10.0.0.0/8",
  }],
  [{ internalIps: ["2001:DB8::/32"] }, "/", { clientIp: "2001:db8::1" }, {
    outcome: "pass",
    because: "internal-ip",
    matched: "2001:DB8::/32",
  }],
  [{ ignoreUrls: ["/b", "/a*"] }, "/abc", {}, { outcome: "pass", because: "ignored-url", matched: "/a*" }],
  [{ ignoreUrls: [/^\/a/gi] }, "/abc", {}, { outcome: "pass", because: "ignored-url", matched: "/^\\/a/gi" }],
  [{ ignoreUrls: [{ hostname: "site.test", pathname: "/a" }] }, "/a", {}, {
    outcome: "pass",
    because: "ignored-url",
    matched: '{"hostname":"site.test","pathname":"/a"}',
  }],
  [{ ignoreUrls: [new URLPattern({ pathname: "/:id" })] }, "/a", {}, {
    outcome: "pass",
    because: "ignored-url",
    matched: '{"pathname":"/:id"}',
  }],
  [{ redirectUrl: "/closed.html?a=1" }, "/closed.html?a=1", {}, {
    outcome: "pass",
    because: "ignored-url",
    matched: "/closed.html?a=1",
  }],
  [{ allow: () => true }, "/", {}, { outcome: "pass", because: "allowed" }],
  [{}, "/", {}, { outcome: "answer", because: "maintenance" }],
])("gate.explain() with %o tells of %s and %o: %o", (options, path, ctx, explanation) => {
  expect(gateOf(options).explain(requestTo(path), ctx)).toEqual(explanation);
});

test.each<[string, Record<string, string>, MaintenanceContext, string | undefined]>([
  [
    "the address of a proxy",
    { "x-forwarded-for": "203.0.113.7" },
    { clientIp: "::ffff:10.0.0.7" },
    "X-Forwarded-For names 203.0.113.7, which is internal, but 10.0.0.7 counts: if that is your proxy, name it in trustProxy",
  ],
  [
    "no address",
    { forwarded: "for=203.0.113.7" },
    {},
    "Forwarded names 203.0.113.7, which is internal, but the context has no clientIp",
  ],
  ["a name", {}, { clientIp: "localhost" }, "the clientIp of the context is not an IP address"],
  ["another visitor", { "x-forwarded-for": "192.0.2.1" }, { clientIp: "10.0.0.7" }, undefined],
  ["no field", {}, { clientIp: "10.0.0.7" }, undefined],
])("gate.explain() tells which address counts where the context has %s", (_, headers, ctx, internalIp) => {
  const explanation = gateOf({ enabled: true, internalIps: ["203.0.113.7"] })
    .explain(new Request("https://site.test/", { headers }), ctx);
  expect(explanation).toEqual({
    outcome: "answer",
    because: "maintenance",
    ...(internalIp !== undefined && { internalIp }),
  });
});

test("gate.explain() does not tell onDecision and makes no answer", () => {
  const [onDecision, handler503] = [vi.fn(), vi.fn()];
  gateOf({ onDecision, handler503 }).explain(requestTo("/"));
  gateOf({ onDecision, enabled: false }).explain(requestTo("/"));
  expect([onDecision.mock.calls, handler503.mock.calls]).toEqual([[], []]);
});

test("gate.explain() gives an object of its own each time", () => {
  const gate = gateOf();
  const first = gate.explain(requestTo("/")) as { because: string };
  first.because = "changed";
  expect(gate.explain(requestTo("/"))).toEqual({ outcome: "answer", because: "maintenance" });
});

test.each([true, false])("gate.active is %s when enabled is", (enabled) => {
  expect(gateOf({ enabled }).active).toBe(enabled);
  expect(gateOf({ enabled: () => enabled }).active).toBe(enabled);
});

test("gate.active follows the function enabled", () => {
  let on = false;
  const gate = gateOf({ enabled: () => on });
  expect([gate.active, gate(requestTo("/"))]).toEqual([false, undefined]);
  on = true;
  expect([gate.active, gate(requestTo("/"))?.status]).toEqual([true, 503]);
});

test("gate cannot be changed through its members", () => {
  const gate = gateOf() as { active: boolean; explain: unknown };
  expect(() => gate.active = false).toThrow(TypeError);
  expect(() => gate.explain = undefined).toThrow(TypeError);
});

// enabled that fails.

test.each<[string, unknown, string]>([
  ["undefined", undefined, "undefined"],
  ["a number", 0, "0"],
  ["text", "false", '"false"'],
  ["null", null, "null"],
  ["a promise", Promise.resolve(false), "a promise"],
])("gate keeps the last good answer of enabled where it returns %s", (_what, wrong, received) => {
  const answers: unknown[] = [true, wrong, false, wrong];
  const errors: unknown[] = [];
  const gate = gateOf({ enabled: () => answers.shift() as boolean, onError: (error) => void errors.push(error) });
  const statuses = [1, 2, 3, 4].map(() => gate(requestTo("/"))?.status);
  expect(statuses).toEqual([503, 503, undefined, undefined]);
  const error = new TypeError(`"enabled" must return true or false, received ${received}`);
  expect(errors).toEqual([error, error]);
});

test("gate keeps the last good answer of enabled where it throws", () => {
  const error = new Error("no file");
  const answers = [true, error, false, error];
  const enabled = () => {
    const answer = answers.shift()!;
    if (typeof answer === "boolean") return answer;
    throw answer;
  };
  const errors: unknown[] = [];
  const gate = gateOf({ enabled, onError: (error) => void errors.push(error) });
  expect([1, 2, 3, 4].map(() => gate(requestTo("/"))?.status)).toEqual([503, 503, undefined, undefined]);
  expect(errors).toEqual([error, error]);
});

test("gate is off before the first good answer of enabled", () => {
  const gate = gateOf({ enabled: () => "yes" as never, onError: () => {} });
  expect([gate.active, gate(requestTo("/"))]).toEqual([false, undefined]);
});

test("gate asks enabled once for each request", () => {
  const enabled = vi.fn(() => true);
  gateOf({ enabled })(requestTo("/"));
  expect(enabled).toHaveBeenCalledTimes(1);
});
