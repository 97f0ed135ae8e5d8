import { Window } from "happy-dom";
import { afterEach, expect, test, vi } from "vitest";
import { createGate, type Gate } from "../../src/core/handler.ts";
import { resolveOptions } from "../../src/core/options.ts";
import { LANGUAGES } from "../../src/page/languages.ts";
import type { MaintenanceContext, MaintenanceInfo, MaintenanceOptions } from "../../src/core/types.ts";

afterEach(() => void vi.restoreAllMocks());

const NOON = Date.UTC(2026, 10, 22, 12);

/** A gate whose clock stands at noon; it is on unless the options say otherwise. */
function gateOf(options: MaintenanceOptions = {}, now: () => number = () => NOON): Gate {
  const { page } = options;
  const wordsFor = () => ({ page: () => "<p>built-in", title: "Closed", detail: "Come back." });
  const noticeMessage = (language: number) => `Planned (${language})`;
  const texts = { wordsFor, noticeMessage, ownPage: page, contentSecurityPolicy: "default-src 'none'" };
  return createGate(resolveOptions({ enabled: true, ...options }, { en: LANGUAGES.en! }), texts, {
    now,
    random: () => 0,
  });
}

function requestTo(path: string, init?: RequestInit): Request {
  return new Request(`http://site.test${path}`, init);
}

/** What a gate with the option makes of a request, and the errors that `onError` heard. */
async function answerOf(options: MaintenanceOptions, request = requestTo("/")) {
  const errors: unknown[] = [];
  const response = gateOf({ onError: (error) => void errors.push(error), ...options })(request);
  await turn();
  return { status: response?.status, body: await response?.text(), errors };
}

/** Lets everything that is pending settle. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

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

// Functions of the user that fail.

const BROKEN = new Error("broken");
const thrower = () => {
  throw BROKEN;
};
const rejecter = () => Promise.reject(BROKEN) as never;

test.each<[string, MaintenanceOptions, unknown[]]>([
  ["allow throws", { allow: thrower }, [BROKEN]],
  ["allow rejects", { allow: rejecter }, [
    new TypeError('"allow" must return true or false, received a promise'),
    BROKEN,
  ]],
  ["allow returns a promise of true", { allow: () => Promise.resolve(true) as never }, [
    new TypeError('"allow" must return true or false, received a promise'),
  ]],
  ["allow returns a number", { allow: () => 1 as never }, [
    new TypeError('"allow" must return true or false, received 1'),
  ]],
  ["allow returns nothing", { allow: () => undefined as never }, [
    new TypeError('"allow" must return true or false, received undefined'),
  ]],
  ["handler503 throws", { handler503: thrower }, [BROKEN]],
  ["handler503 throws undefined", { handler503: throwerOf(undefined) }, [undefined]],
  ["handler503 rejects", { handler503: rejecter }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received a promise',
    ),
    BROKEN,
  ]],
  ["handler503 returns a promise", { handler503: () => Promise.resolve(new Response("own")) as never }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received a promise',
    ),
  ]],
  ["handler503 returns nothing", { handler503: () => undefined as never }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received undefined',
    ),
  ]],
  ["handler503 returns text", { handler503: () => "own" as never }, [
    new TypeError('"handler503" must return a Response that can be sent, whose body was not read yet, received "own"'),
  ]],
  ["handler503 returns what an init would be", { handler503: () => ({ status: 503 }) as never }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received an object',
    ),
  ]],
  ["handler503 returns a network error", { handler503: () => Response.error() }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received an instance of Response',
    ),
  ]],
  ["handler503 returns a body that somebody reads", { handler503: lockedResponse }, [
    new TypeError(
      '"handler503" must return a Response that can be sent, whose body was not read yet, received an instance of Response',
    ),
  ]],
  ["page throws", { page: thrower }, [BROKEN]],
  ["page rejects", { page: rejecter }, [
    new TypeError('"page" must return HTML as a string, received a promise'),
    BROKEN,
  ]],
  ["page returns nothing", { page: () => undefined as never }, [
    new TypeError('"page" must return HTML as a string, received undefined'),
  ]],
  ["page returns a Response", { page: () => new Response() as never }, [
    new TypeError('"page" must return HTML as a string, received an instance of Response'),
  ]],
  ["responseType throws", { responseType: thrower }, [BROKEN]],
  ["responseType rejects", { responseType: rejecter }, [
    new TypeError('"responseType" must return "html", "json" or "text", received a promise'),
    BROKEN,
  ]],
  ["responseType returns a media type", { responseType: () => "text/html" as never }, [
    new TypeError('"responseType" must return "html", "json" or "text", received "text/html"'),
  ]],
  ["onDecision throws", { onDecision: thrower }, [BROKEN]],
  ["onDecision rejects", { onDecision: rejecter }, [BROKEN]],
])("gate gives the built-in answer where %s, and tells onError", async (_what, options, errors) => {
  expect(await answerOf(options)).toEqual({ status: 503, body: "<p>built-in", errors });
});

function throwerOf(value: unknown): () => never {
  return () => {
    throw value;
  };
}

function lockedResponse(): Response {
  const response = new Response("own");
  response.body!.getReader();
  return response;
}

test.each<[string, MaintenanceOptions]>([
  ["allow", { allow: rejecter }],
  ["handler503", { handler503: rejecter }],
  ["page", { page: rejecter }],
  ["responseType", { responseType: rejecter }],
  ["onDecision", { onDecision: rejecter }],
  ["onError", { allow: thrower, onError: rejecter }],
  ["enabled", { enabled: rejecter }],
])("gate leaves no rejection of %s unhandled", async (_what, options) => {
  vi.spyOn(console, "error").mockReturnValue();
  const unhandled: unknown[] = [];
  const listener = (error: unknown) => unhandled.push(error);
  process.on("unhandledRejection", listener);
  gateOf({ onError: () => {}, ...options })(requestTo("/"));
  await turn();
  await turn();
  process.off("unhandledRejection", listener);
  expect(unhandled).toEqual([]);
});

test("gate gives the built-in answer where handler503 returns a Response that was read", async () => {
  const used = new Response("own");
  await used.text();
  expect(await answerOf({ handler503: () => used })).toEqual({
    status: 503,
    body: "<p>built-in",
    errors: [
      new TypeError(
        '"handler503" must return a Response that can be sent, whose body was not read yet, received an instance of Response',
      ),
    ],
  });
});

test("gate gives the built-in answer where handler503 returns one Response twice", async () => {
  const shared = new Response("own", { status: 500 });
  const gate = gateOf({ handler503: () => shared, onError: () => {} });
  expect(await gate(requestTo("/"))?.text()).toBe("own");
  expect(await gate(requestTo("/"))?.text()).toBe("<p>built-in");
});

test("gate takes a Response of another class from handler503", () => {
  const { Response: OtherResponse } = new Window();
  const other = new OtherResponse("own", { status: 418 }) as unknown as Response;
  expect(other).not.toBeInstanceOf(Response);
  expect(gateOf({ handler503: () => other })(requestTo("/"))).toBe(other);
});

test("gate answers on where onError itself throws, and says so on the console", async () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const second = new Error("onError is broken");
  expect((await answerOf({ allow: thrower, onError: throwerOf(second) })).status).toBe(503);
  expect(print.mock.calls).toEqual([["maintenancemode: onError failed", second]]);
});

test("gate answers on where onError rejects, and says so on the console", async () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  expect((await answerOf({ allow: thrower, onError: rejecter })).status).toBe(503);
  expect(print.mock.calls).toEqual([["maintenancemode: onError failed", BROKEN]]);
});

test("gate prints errors on the console without onError, once for each message", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const gate = gateOf({ allow: thrower, handler503: throwerOf(new Error("also broken")) });
  for (let i = 0; i < 3; i++) gate(requestTo("/"));
  expect(print.mock.calls).toEqual([
    ['maintenancemode: "allow" threw:', BROKEN],
    ['maintenancemode: "handler503" threw:', new Error("also broken")],
  ]);
});

test.each<[string, unknown]>([
  ["a symbol", Symbol("thrown")],
  ["an object without a prototype", Object.create(null)],
  ["nothing", undefined],
  ["an error whose message throws", {
    get message() {
      throw new Error("no message");
    },
  }],
])("gate answers where %s is thrown and nobody listens", (_what, thrown) => {
  vi.spyOn(console, "error").mockReturnValue();
  const gate = gateOf({ allow: throwerOf(thrown), handler503: throwerOf(thrown), page: throwerOf(thrown) });
  expect(gate(requestTo("/"))?.status).toBe(503);
});

test.each<[string, unknown]>([
  ["whose then throws", {
    then() {
      throw BROKEN;
    },
  }],
  ["whose getter then throws", {
    get then() {
      throw BROKEN;
    },
  }],
  ["that is a revoked proxy", revoked()],
])("gate answers where the functions return an object %s", (_what, value) => {
  const onError = vi.fn();
  const give = () => value as never;
  const options = { allow: give, handler503: give, page: give, responseType: give, onDecision: give, onError };
  expect(gateOf(options)(requestTo("/"))?.status).toBe(503);
  expect(onError).toHaveBeenCalled();
  expect(gateOf({ enabled: give, onError })(requestTo("/"))).toBe(undefined);
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

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

// The built-in answer.

/** The fields of all answers. */
const COMMON = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after, maintenance-mode",
  "cache-control": "no-store",
  "maintenance-mode": "on",
};
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
  ["*/*", BUILT_IN, "accept, sec-fetch-dest, x-requested-with", "<p>built-in"],
  [
    "application/json",
    { ...COMMON, ...NOSNIFF, "content-type": "application/problem+json", "content-language": "en" },
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
  [["html", "text/html; charset=utf-8"], ["json", "application/problem+json"], [
    "text",
    "text/plain; charset=utf-8",
  ]] as const,
)("gate answers with %s whatever Accept asks", (responseType, contentType) => {
  const request = requestTo("/", { headers: { accept: "text/html;q=0.1, application/json, text/plain" } });
  const fixed = gateOf({ responseType })(request)!;
  expect([fixed.headers.get("content-type"), fixed.headers.get("vary")]).toEqual([contentType, null]);
  expect(gateOf({ responseType: () => responseType })(request)?.headers.get("content-type")).toBe(contentType);
});

test("gate gives responseType the request", () => {
  const responseType = vi.fn(() => "text" as const);
  const request = requestTo("/api");
  gateOf({ responseType })(request);
  expect(responseType.mock.calls).toEqual([[request]]);
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
    vary: "accept, sec-fetch-dest, x-requested-with, cookie",
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
    vary: "accept, sec-fetch-dest, x-requested-with",
    "x-a": "1",
  });
  expect(await response.text()).toBe("own");
});

// redirectUrl.

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
    "retry-after": "600",
    vary: "accept, sec-fetch-dest, x-requested-with",
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
  [{ accept: "application/json" }, "GET", 503, "application/problem+json"],
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
  expect(response.headers.get("retry-after")).toBe("600");
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
