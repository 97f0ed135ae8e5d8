import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { clientIpFrom, maintenanceMode, renderPage } from "../../src/index.ts";
import { parseState } from "../../src/state/parse.ts";
import { liveState } from "../../src/state/live-state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { negotiate } from "../../src/answer/negotiate.ts";
import { compileUrlPatterns } from "../../src/match/url/url-patterns.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { contextFrom } from "../../src/hosts/service-worker.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { optionError } from "../_errors.ts";
import { expectWithin } from "../_fast.ts";

/** Sends a request as it is written, and gives the status line and the body. */
async function send(listener: Parameters<typeof createServer>[1], target: string, host: string): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await new Promise<string>((resolve, reject) => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      let text = "";
      socket.on("data", (data) => text += data.toString("latin1")).on("close", () => resolve(text)).on("error", reject);
      socket.write(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    });
  } finally {
    server.close();
  }
}

const quiet = { enabled: true, onError() {} };

test.each([
  ["/health", "x/admin?"],
  ["/health#", "x/admin?"],
  ["/health#?", "x/admin/"],
  ["/public/x#/../admin", "x/admin#"],
  ["/public/x#/admin", "site.test"],
  ["http://x/health", "x/admin?"],
  ["http://x/admin/../health", "site.test"],
])(
  "node withMaintenance() does not ignore %s of the host %s, which the app reads as another path",
  async (target, host) => {
    const maintenance = maintenanceMode({ ...quiet, ignoreUrls: ["/health", "/public/*"] });
    expect(await send(withMaintenance(maintenance, () => new Response("app")), target, host)).toMatch(
      /^HTTP\/1.1 503 /,
    );
  },
);

test.each([
  "http://x/admin/../health",
  "http://x/admin/%2e%2e/health",
  "http://x/admin\\..\\health",
  "foo://x/admin/../health",
  "/admin/../health",
  "/health#/../admin",
  "/health#/admin",
  "*",
])(
  "node maintenanceMiddleware() does not ignore the target %s, which routers read as another path",
  async (target) => {
    const gate = maintenanceMiddleware(maintenanceMode({ ...quiet, ignoreUrls: ["/health", "/:any"] }));
    expect(await send((req, res) => gate(req, res, () => res.end("app")), target, "site.test")).toMatch(
      /^HTTP\/1.1 503 /,
    );
  },
);

test.each([
  "foo://x/t/status?#",
  "foo://x//status?",
  "foo://x//status#",
  "http://u@h/t/status?#",
  "http://u@h//status?",
])(
  "compileUrlPatterns() finds the path of %s, whose query or fragment is empty",
  (url) => {
    expect(compileUrlPatterns(["/status"], "ignoreUrls")(url)).toBe(false);
  },
);

test.each([
  "http://SITE.test/admin/../health",
  "HTTP://x/admin/../health",
  "ws://x/admin/../health",
  "foo://x/admin/../health",
])(
  "compileUrlPatterns() does not match %s, which the URL parser would change",
  (url) => {
    expect(compileUrlPatterns(["/health"], "ignoreUrls")(url)).toBe(false);
  },
);

test("an empty query leaves a URL of another scheme ignored", () => {
  expect(compileUrlPatterns(["/status"], "ignoreUrls")("foo://x/status?")).toBe(true);
});

function responses(): [string, () => Response][] {
  const locked = new Response("x");
  locked.body!.getReader();
  return [
    ["Response.error()", () => Response.error()],
    ["a locked body", () => locked],
    ["an object like a Response", () => ({ status: 99, headers: new Headers(), body: null }) as unknown as Response],
    ["headers of another kind", () => ({ status: 200, headers: { get() {} }, body: "x" }) as unknown as Response],
  ];
}

test.each(responses())("the built-in answer takes the place of %s", (_name, handler503) => {
  expect(maintenanceMode({ ...quiet, handler503 })(new Request("http://site.test/"))?.status).toBe(503);
});

test.each([
  [/^\/(a+)+$/, `/${"a".repeat(26)}!`],
  [/^\/(a|aa)*$/, `/${"a".repeat(36)}!`],
  [/^\/(\w+\/?)+$/, `/${"a".repeat(26)}!`],
  [/\d+x/, `/${"1".repeat(60_000)}`],
  [/a*a*b/, `/${"a".repeat(1_400)}`],
  ["/:x((?:a+)+)", `/${"a".repeat(26)}!`],
])("ignoreUrls keeps %s from being slow", (pattern, path) => {
  let maintenance;
  try {
    maintenance = maintenanceMode({ enabled: true, ignoreUrls: [pattern] });
  } catch (error) {
    // Refused when the gate is made: just as good.
    expect(error).toBeInstanceOf(TypeError);
    return;
  }
  const request = new Request(`http://site.test${path}`);
  expectWithin(50, () => {
    maintenance(request);
  });
});

test("ignoreUrls with a thousand patterns that go on behind a wildcard is not slow on a long path", () => {
  const maintenance = maintenanceMode({
    enabled: true,
    ignoreUrls: Array.from({ length: 1_000 }, (_, i) => `/*.e${i}`),
  });
  const request = new Request(`http://site.test/${"a".repeat(16_000)}`);
  maintenance(request);
  expectWithin(100, () => {
    maintenance(request);
  });
});

test("negotiate() reads quotes that are never closed once", () => {
  const accept = `"${'\\"'.repeat(2_047)}\\`;
  negotiate(accept);
  expectWithin(2, () => {
    negotiate(accept);
  });
});

test.each(["/\t/evil.test", "/\n/evil.test", "/.//evil.test", "/a/..//evil.test", "/./\\evil.test"])(
  "maintenanceMode() refuses the redirectUrl %j, which leads to another host or to the root",
  (redirectUrl) => {
    expect(() => maintenanceMode({ redirectUrl })).toThrow(TypeError);
  },
);

test("the gate answers what is no Request", () => {
  for (
    const request of [undefined, {}, { url: "http://h/", method: "GET" }, {
      url: "/x",
      method: "GET",
      headers: { accept: "*/*" },
    }]
  ) {
    expect(maintenanceMode(quiet)(request as unknown as Request)?.status).toBe(503);
  }
});

test("the gate takes null for no context", () => {
  const maintenance = maintenanceMode({ ...quiet, ignoreUrls: ["/health"] });
  expect(maintenance(new Request("http://site.test/health"), null as never)).toBeUndefined();
});

test("explain() does not look at what was given any more", () => {
  const pattern = { pathname: "/p" };
  const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [pattern] });
  pattern.pathname = "/((";
  expect(maintenance.explain(new Request("http://site.test/p"))).toMatchObject({ because: "ignored-url" });
});

test("clientIpFrom() trims nothing but spaces and tabs", () => {
  for (const element of ["\u00a010.0.0.9", "10.0.0.9\v", "\ufeff10.0.0.9"]) {
    const headers = { get: () => element };
    expect(clientIpFrom(headers, "127.0.0.1", { trustProxy: ["loopback"] })).toBeUndefined();
  }
});

test("clientIpFrom() does not throw on a field of 20 MB", () => {
  const headers = { get: () => `for="${"a".repeat(2e7)}"` };
  expect(clientIpFrom(headers, "127.0.0.1", { trustProxy: ["loopback"], forwardedHeader: "forwarded" }))
    .toBeUndefined();
});

test("the same error is told once, whatever was thrown", () => {
  const lines: unknown[] = [];
  const original = console.error;
  console.error = (...line) => void lines.push(line);
  try {
    const maintenance = maintenanceMode({
      enabled: true,
      allow: () => {
        throw Object.create(null);
      },
    });
    maintenance(new Request("http://site.test/"));
    maintenance(new Request("http://site.test/"));
  } finally {
    console.error = original;
  }
  expect(lines).toHaveLength(1);
});

test("node maintenanceMiddleware() gives each response header fields of its own", () => {
  const gate = maintenanceMiddleware(maintenanceMode(quiet));
  const given: Record<string, string>[] = [];
  const res = {
    writeHead: (_status: number, fields: Record<string, string>) => {
      given.push(fields);
      fields["set-cookie"] = "evil=1";
    },
    end() {},
  };
  const req = { method: "GET", url: "/", headers: { host: "site.test" }, socket: { remoteAddress: "127.0.0.1" } };
  gate(req, res, () => {});
  gate(req, res, () => {});
  expect(given[0]).not.toBe(given[1]);
});

test("a URLPattern of a class with a test of its own is asked itself", () => {
  class Stricter extends URLPattern {
    override test(input?: string): boolean {
      return super.test(input) && input!.endsWith("?key=1");
    }
  }
  const maintenance = maintenanceMode({ enabled: true, ignoreUrls: [new Stricter({ pathname: "/hook" })] });
  expect(maintenance(new Request("http://site.test/hook"))?.status).toBe(503);
  expect(maintenance(new Request("http://site.test/hook?key=1"))).toBeUndefined();
});

test("node maintenanceMiddleware() does not end the process where a time limit answered while isStaff was asked", async () => {
  const errors: unknown[] = [];
  const maintenance = maintenanceMode({ enabled: true, onError: (error) => void errors.push(error) });
  const gate = maintenanceMiddleware(maintenance, {
    isStaff: () => new Promise((resolve) => setImmediate(resolve, false)),
  });
  const text = await send(
    (req, res) => {
      gate(req, res, () => {});
      res.writeHead(408).end("too late");
    },
    "/",
    "site.test",
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(text).toMatch(/^HTTP\/1.1 408 /);
  expect(errors).toEqual([]);
});

test("node maintenanceMiddleware() says what to do where it is no middleware", () => {
  const gate = maintenanceMiddleware(maintenanceMode()) as (req: unknown, res: unknown) => void;
  expect(() => gate({}, {})).toThrow(
    optionError(
      'Cannot call the middleware: "next" must be a function, received undefined: register it with app.use(), or use ' +
        "withMaintenance() for http.createServer()",
    ),
  );
});

test("node withMaintenance() keeps what an error of the app says from the visitor", async () => {
  const logged: unknown[] = [];
  const original = console.error;
  console.error = (error) => void logged.push(error);
  // A router may have a promise of its own kind.
  const thenable = { then: (_done: unknown, fail: (error: Error) => void) => fail(new Error("secret")) };
  const failing = [() => Promise.reject(new Error("secret")), () => thenable as unknown as Promise<Response>, () => {
    throw new Error("secret");
  }];
  try {
    for (const app of failing) {
      const text = await send(withMaintenance(maintenanceMode(), app), "/", "site.test");
      expect(text).toMatch(/^HTTP\/1.1 500 /);
      expect(text).not.toContain("secret");
    }
  } finally {
    console.error = original;
  }
  expect(logged).toEqual(failing.map(() => new Error("secret")));
});

test("the gate tells who calls it with what is no Request, or with a promise for its context", () => {
  const errors: unknown[] = [];
  const maintenance = maintenanceMode({ enabled: true, onError: (error) => void errors.push(error) });
  maintenance({ method: "GET", url: "/", headers: {} } as unknown as Request);
  maintenance(new Request("http://site.test/"), Promise.resolve({}) as never);
  expect(errors).toEqual([
    new TypeError(
      "the gate takes a Request, received an object: it is no middleware itself, use " +
        'maintenanceMiddleware() from "maintenancemode/connect" or withMaintenance()',
    ),
    new TypeError("the context is a promise, which lets nobody in: await contextFrom() when isStaff is given"),
  ]);
});

test("the gate cannot be switched off by setting something on it", () => {
  const maintenance = maintenanceMode({ enabled: true });
  expect(() => Object.assign(maintenance, { enabled: false })).toThrow(TypeError);
});

const SECRET = "correct-horse-battery";

/** What servers of their own kind give in place of a Request: no more than the gate reads. */
function requestLike(url: string, headers: Record<string, string> = {}, method = "GET"): Request {
  return { url, method, headers: { get: (name: string) => headers[name] } } as unknown as Request;
}

test("the gate tells nobody the secret in what is no URL", () => {
  const errors: unknown[] = [];
  const options = { enabled: true, bypassSecret: SECRET, onError: (error: unknown) => void errors.push(error) };
  const maintenance = maintenanceMode(options);
  const request = requestLike(`/shop?maintenance-bypass=${SECRET}`);
  expect(maintenance(request)?.status).toBe(503);
  expect(JSON.stringify(maintenance.explain(request))).not.toContain(SECRET);
  expect(errors).toEqual([]);
});

test("onDecision is told of each request, also of one that no Request of one's own may be", () => {
  const told: string[] = [];
  const maintenance = maintenanceMode({
    enabled: true,
    bypassSecret: SECRET,
    onDecision: (_decision, { method, url }) => void told.push(`${method} ${url}`),
  });
  const trace = Object.defineProperty(new Request("http://site.test/?maintenance-bypass=x"), "method", {
    value: "TRACE",
  });
  for (const request of [trace, requestLike("http://u:p@site.test/?maintenance-bypass=x"), requestLike("/")]) {
    maintenance(request);
  }
  expect(told).toEqual([
    "TRACE http://site.test/?maintenance-bypass=…",
    "GET http://u:p@site.test/?maintenance-bypass=…",
    "GET /",
  ]);
});

test("handler503 and page do not see a secret that does not fit quite", () => {
  const seen: Request[] = [];
  const see = (request: Request): string => `${seen.push(request)}`;
  const handler503 = (request: Request, info: { request: Request }): Response => {
    expect(request).toBe(info.request);
    return new Response(see(request), { status: 503 });
  };
  const request = new Request(`http://site.test/?a=1&maintenance-bypass=${SECRET}.`, {
    headers: { "maintenance-bypass": `${SECRET}.`, accept: "text/html" },
  });
  for (const own of [{ handler503 }, { page: (info: { request: Request }) => see(info.request) }]) {
    maintenanceMode({ enabled: true, bypassSecret: SECRET, ...own })(request);
  }
  expect(seen.map(({ url, headers }) => [decodeURI(url), headers.get("maintenance-bypass"), headers.get("accept")]))
    .toEqual(
      Array.from({ length: 2 }, () => ["http://site.test/?a=1&maintenance-bypass=…", null, "text/html"]),
    );
});

test("the gate takes header fields of a kind that say undefined of what is missing", () => {
  const errors: unknown[] = [];
  const maintenance = maintenanceMode({
    enabled: true,
    bypassSecret: SECRET,
    allow: ({ url }) => url.endsWith("/in"),
    onError: (error) => void errors.push(error),
  });
  expect(maintenance(requestLike("http://site.test/in"))).toBeUndefined();
  expect(maintenance(requestLike("http://site.test/"))?.headers.get("content-type")).toMatch(/^text\/html/);
  expect(maintenance(requestLike("http://site.test/", {}, "POST"))?.status).toBe(503);
  expect(errors).toEqual([]);
});

test.each([
  ["access-control-request-method", "PUT\r\nset-cookie: a=b"],
  ["access-control-request-method", "PÜT"],
  ["access-control-request-headers", "x-\u20ac"],
  ["access-control-request-headers", "x-a\r\nset-cookie: a=b"],
  ["access-control-request-headers", "x-a\0"],
])("the gate repeats nothing of a preflight whose %s is %j", (name, value) => {
  const headers = { origin: "http://other.test", "access-control-request-method": "PUT", [name]: value };
  const response = maintenanceMode(quiet)(requestLike("http://site.test/", headers, "OPTIONS"));
  expect(response?.status).toBe(503);
  expect([...response!.headers].flat().join()).not.toContain(value);
});

test("gRPC gets its status also where a title holds half a character", () => {
  const maintenance = maintenanceMode({ enabled: true, messages: { en: { title: "Back \ud83d soon" } } });
  const headers = { "content-type": "application/grpc" };
  const response = maintenance(new Request("http://site.test/", { method: "POST", headers }));
  expect(response?.headers.get("grpc-message")).toBe("Back %EF%BF%BD soon");
});

test.each([
  [{ site: { colors: { accent: "rgb(1,2" } } }, /"site\.colors\.accent" must be/],
  [{ site: { colors: { accent: "#fff)" } } }, /"site\.colors\.accent" must be/],
  [{ site: { contact: "\tmailto:help@site.test" } }, /"site\.contact" must be/],
  [{ site: { contact: "\ud800@site.test" } }, /"site\.contact" must be/],
  [{ site: { url: "/\t/evil.test" } }, /"site\.url" must be/],
  [{ announce: { header: "Maintenance-Mode" } }, /"announce\.header" must be/],
])("maintenanceMode() refuses %j", (options, message) => {
  expect(() => maintenanceMode(options)).toThrow(message);
});

test.each([{}, { en: 5 }, ["Why"]])("renderPage() refuses the reason %j", (reason) => {
  expect(() => renderPage({ reason: reason as never })).toThrow(/^Cannot render the page: "reason" must be/);
});

test("a page with braces that are never closed is not slow", () => {
  const page = `{{${" ".repeat(20_000)}`;
  expectWithin(50, () => void maintenanceMode({ page }));
});

test("parseState() shows nothing of a bypass in text that is no JSON", () => {
  const text = `{"mode":"on","bypass":"${SECRET}",}`;
  const shown = JSON.stringify(`{"mode":"on","bypass":"***",}`);
  expect(() => parseState(text)).toThrow(
    `Cannot read the maintenance state: "$" must be JSON, received ${shown}: a comma, a quote or a brace is missing, ` +
      "or one too many",
  );
});

test.each([["isStaff", true], ["admit", 1], ["clientIp", "10.0.0.1"]])(
  "the gate lets nobody in because of %s on Object.prototype",
  async (name, value) => {
    const state = liveState(memoryStore('{ "mode": "on" }'));
    await state.ready;
    const maintenance = maintenanceMode({ state, internalIps: ["10.0.0.0/8"], onError() {} });
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    try {
      const ask = () =>
        maintenance(new Request("http://site.test/"), contextFrom(new Request("http://site.test/")))?.status;
      expect([ask(), maintenance(new Request("http://site.test/"))?.status]).toEqual([503, 503]);
      await state.set(parseState('{ "mode": "on", "reason": "Moving" }'));
      expect(ask()).toBe(503);
    } finally {
      delete (Object.prototype as Record<string, unknown>)[name];
      await state.close();
    }
  },
);
