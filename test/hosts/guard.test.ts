import { optionError } from "../_errors.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as bun from "../../src/hosts/bun.ts";
import * as cloudflare from "../../src/hosts/cloudflare.ts";
import * as deno from "../../src/hosts/deno.ts";
import * as serviceWorker from "../../src/hosts/service-worker.ts";
import { maintenanceMode } from "../../src/maintenance.ts";
import { type Gate, INTERNALS } from "../../src/gate/internals.ts";
import { INTERNALS_VERSION } from "../../src/util/internals-version.ts";
import type { Maintenance } from "../../src/gate/maintenance.ts";
import type { MaintenanceContext } from "../../src/types/context.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

type App = (request: Request) => Response | Promise<Response>;

interface Options {
  isStaff?: (request: Request) => boolean | Promise<boolean>;
  trustProxy?: string[];
  forwardedHeader?: string;
}

/** A host, as far as its ways to be called are concerned. */
interface Host {
  /** A request as the host knows it to come from an address. */
  request(init?: RequestInit & { peer?: string; path?: string }): Request;
  /** Asks the guarded app. */
  ask(
    maintenance: Maintenance,
    app: App | { fetch: App },
    options?: Options,
  ): (request: Request) => Response | Promise<Response>;
  /** The context of a request. */
  context(request: Request, options?: Options): MaintenanceContext | Promise<MaintenanceContext>;
}

const peers = new WeakMap<Request, string | undefined>();

function requestFrom(
  { peer = "203.0.113.9", path = "/", ...init }: RequestInit & { peer?: string; path?: string } = {},
) {
  const request = new Request(`http://site.test${path}`, init);
  peers.set(request, peer);
  return request;
}

function addCloudflareHeader(init: RequestInit & { peer?: string; path?: string } = {}): Request {
  const request = requestFrom(init);
  request.headers.set("cf-connecting-ip", peers.get(request)!);
  return request;
}

const hosts: Record<string, Host> = {
  deno: {
    request: requestFrom,
    ask(maintenance, app, options) {
      const handler = deno.withMaintenance(maintenance, app, options);
      return (request) => handler(request, { remoteAddr: { hostname: peers.get(request)! } });
    },
    context: (request, options) =>
      deno.contextFrom(request, { remoteAddr: { hostname: peers.get(request)! } }, options),
  },
  bun: {
    request: requestFrom,
    ask(maintenance, app, options) {
      const handler = bun.withMaintenance(maintenance, app, options);
      return (request) => handler(request, { requestIP: (from) => ({ address: peers.get(from)! }) });
    },
    context: (request, options) =>
      bun.contextFrom(request, { requestIP: (from) => ({ address: peers.get(from)! }) }, options),
  },
  cloudflare: {
    request: addCloudflareHeader,
    ask(maintenance, app, options) {
      const handler = cloudflare.withMaintenance(maintenance, app, options);
      return (request) => handler(request, {}, {});
    },
    context: (request, options) => cloudflare.contextFrom(request, { env: {}, ctx: {} }, options),
  },
};

const app = () => new Response("app");

describe.each(Object.entries(hosts))("%s", (_name, { request, ask, context }) => {
  test("withMaintenance() answers in the app's place while maintenance is on", async () => {
    const called = vi.fn(app);
    const response = await ask(maintenanceMode({ enabled: true }), called)(request());
    expect([response.status, response.headers.get("cache-control")]).toEqual([503, "no-store"]);
    expect(called).not.toHaveBeenCalled();
  });

  test("withMaintenance() hands the app the very request while maintenance is off", async () => {
    const called = vi.fn(app);
    const given = request();
    const response = await ask(maintenanceMode(), called)(given);
    expect(await response.text()).toBe("app");
    expect(called.mock.calls).toHaveLength(1);
    expect((called.mock.calls as unknown[][])[0]![0]).toBe(given);
  });

  test("withMaintenance() returns what the app returns, without a promise where the app has none", () => {
    const response = new Response("app");
    expect(ask(maintenanceMode(), () => response)(request())).toBe(response);
    expect(ask(maintenanceMode({ enabled: true }), app)(request())).toBeInstanceOf(Response);
  });

  test("withMaintenance() takes an object with a method fetch for the app, and calls it as its method", async () => {
    const router = {
      name: "router",
      fetch() {
        return new Response(this.name);
      },
    };
    expect(await (await ask(maintenanceMode(), router)(request())).text()).toBe("router");
  });

  test("withMaintenance() lets errors of the app through untouched", async () => {
    const error = new Error("app is broken");
    const thrower = () => {
      throw error;
    };
    const onError = vi.fn();
    expect(() => ask(maintenanceMode({ onError }), thrower)(request())).toThrow(error);
    await expect(ask(maintenanceMode({ onError }), () => Promise.reject(error))(request())).rejects.toBe(error);
    const staff = { isStaff: () => Promise.resolve(true) };
    await expect(ask(maintenanceMode({ enabled: true, onError }), thrower, staff)(request())).rejects.toBe(error);
    expect(onError).not.toHaveBeenCalled();
  });

  test("withMaintenance() lets internal clients in by the address of the peer", async () => {
    const handler = ask(maintenanceMode({ enabled: true, internalIps: ["10.0.0.0/8"] }), app);
    expect((await handler(request({ peer: "10.1.2.3" }))).status).toBe(200);
    expect((await handler(request({ peer: "::ffff:10.1.2.3" }))).status).toBe(200);
    expect((await handler(request({ peer: "11.1.2.3" }))).status).toBe(503);
  });

  test("withMaintenance() does not read X-Forwarded-For unless the peer is trusted", async () => {
    // It says that there may be a proxy.
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const maintenance = maintenanceMode({ enabled: true, internalIps: ["10.0.0.0/8"] });
    const headers = { "x-forwarded-for": "10.1.2.3" };
    const trusting = ask(maintenance, app, { trustProxy: ["192.0.2.1"] });
    expect((await ask(maintenance, app)(request({ headers }))).status).toBe(503);
    expect((await trusting(request({ headers }))).status).toBe(503);
    expect((await trusting(request({ headers, peer: "192.0.2.1" }))).status).toBe(200);
  });

  test("withMaintenance() lets staff in, whether isStaff answers at once or later", async () => {
    const maintenance = maintenanceMode({ enabled: true });
    for (const isStaff of [() => true, () => Promise.resolve(true)]) {
      expect((await ask(maintenance, app, { isStaff })(request())).status).toBe(200);
    }
    for (const isStaff of [() => false, () => Promise.resolve(false)]) {
      expect((await ask(maintenance, app, { isStaff })(request())).status).toBe(503);
    }
  });

  test("withMaintenance() does not ask isStaff where the answer does not depend on it", async () => {
    const isStaff = vi.fn(() => true);
    await ask(maintenanceMode(), app, { isStaff })(request());
    await ask(maintenanceMode({ onDecision: () => {} }), app, { isStaff })(request());
    await ask(maintenanceMode({ enabled: true, ignoreUrls: ["/"] }), app, { isStaff })(request());
    await ask(maintenanceMode({ enabled: true, internalIps: ["203.0.113.9"] }), app, { isStaff })(request());
    await ask(maintenanceMode({ enabled: true, allow: () => true }), app, { isStaff })(request());
    await ask(maintenanceMode({ enabled: true, allowStaff: false }), app, { isStaff })(request());
    expect(isStaff).not.toHaveBeenCalled();
  });

  test("withMaintenance() asks isStaff once, about the very request", async () => {
    const isStaff = vi.fn(() => true);
    const given = request();
    await ask(maintenanceMode({ enabled: true }), app, { isStaff })(given);
    expect(isStaff.mock.calls).toHaveLength(1);
    expect((isStaff.mock.calls as unknown[][])[0]![0]).toBe(given);
  });

  test.each<[string, () => unknown, unknown]>([
    ["throws", () => {
      throw new Error("no session");
    }, new Error("no session")],
    ["rejects", () => Promise.reject(new Error("no session")), new Error("no session")],
    [
      "returns text",
      () => "yes",
      new TypeError('"isStaff" must return true or false, or a promise of it, received "yes"'),
    ],
    [
      "returns nothing",
      () => undefined,
      new TypeError('"isStaff" must return true or false, or a promise of it, received undefined'),
    ],
    [
      "resolves to a number",
      () => Promise.resolve(1),
      new TypeError('"isStaff" must return true or false, or a promise of it, received 1'),
    ],
  ])(
    "withMaintenance() takes the visitor for nobody where isStaff %s, and tells onError",
    async (_what, isStaff, error) => {
      const onError = vi.fn();
      const maintenance = maintenanceMode({ enabled: true, onError });
      const response = await ask(maintenance, app, { isStaff: isStaff as never })(request());
      expect(response.status).toBe(503);
      expect(onError.mock.calls).toEqual([[error]]);
    },
  );

  test("withMaintenance() lets staff through to the app where maintenance ended while isStaff was asked", async () => {
    let on = true;
    const decisions: string[] = [];
    const maintenance = maintenanceMode({
      enabled: () => on,
      onDecision: ({ because }) => void decisions.push(because),
    });
    const isStaff = () => Promise.resolve().then(() => on = false).then(() => true);
    expect((await ask(maintenance, app, { isStaff })(request())).status).toBe(200);
    expect(decisions).toEqual(["off"]);
  });

  test("withMaintenance() tells onDecision once of each request, with the context", async () => {
    const decisions: unknown[] = [];
    const onDecision = ({ because }: { because: string }, _request: Request, ctx: MaintenanceContext) =>
      void decisions.push([because, ctx]);
    await ask(maintenanceMode({ onDecision }), app)(request());
    await ask(maintenanceMode({ enabled: true, onDecision }), app)(request());
    await ask(maintenanceMode({ enabled: true, onDecision }), app, { isStaff: () => Promise.resolve(true) })(request());
    await ask(maintenanceMode({ enabled: true, onDecision }), app, { isStaff: () => false })(request());
    expect(decisions).toEqual([
      ["off", { clientIp: "203.0.113.9" }],
      ["maintenance", { clientIp: "203.0.113.9" }],
      ["staff", { clientIp: "203.0.113.9", isStaff: true }],
      ["maintenance", { clientIp: "203.0.113.9" }],
    ]);
  });

  test("withMaintenance() asks enabled and allow once for each request that is not staff's", async () => {
    const [enabled, allow] = [vi.fn(() => true), vi.fn(() => false)];
    await ask(maintenanceMode({ enabled, allow }), app, { isStaff: () => false })(request());
    expect([enabled.mock.calls.length, allow.mock.calls.length]).toEqual([1, 1]);
  });

  test("withMaintenance() answers with the Response of handler503", async () => {
    const own = new Response("own", { status: 418 });
    expect(await ask(maintenanceMode({ enabled: true, handler503: () => own }), app)(request())).toBe(own);
  });

  test("withMaintenance() makes a fresh answer for each request", async () => {
    const handler = ask(maintenanceMode({ enabled: true }), app);
    const bodies = [await (await handler(request())).text(), await (await handler(request())).text()];
    expect(bodies[0]).toContain("Down for maintenance");
    expect(bodies[1]).toBe(bodies[0]);
  });

  test.each<[unknown, string]>([
    [undefined, "undefined"],
    [{}, "an object"],
    [() => undefined, "a function"],
    [true, "true"],
  ])("withMaintenance() refuses %o in place of a gate", (maintenance, received) => {
    expect(() => ask(maintenance as Maintenance, app)).toThrow(
      optionError(
        'Cannot put the gate in front of the handler: "maintenance" must be a gate that maintenanceMode() returned, ' +
          `received ${received}`,
      ),
    );
  });

  test("withMaintenance() refuses the gate of another version of the package", () => {
    const maintenance = maintenanceMode();
    const internals = { ...(maintenance as Gate)[INTERNALS], version: INTERNALS_VERSION + 1 };
    expect(() => ask(Object.defineProperty(() => {}, INTERNALS, { value: internals }) as never, app)).toThrow(
      expect.objectContaining({
        name: "MaintenanceError",
        code: "ERR_VERSION",
        message: "Cannot put the gate in front of the handler: another version of maintenancemode has made the gate: " +
          '"npm ls maintenancemode" lists the installed versions, keep one of them',
      }),
    );
  });

  test.each<[unknown, string]>([
    [null, "null"],
    [{}, "an object"],
    [{ fetch: "app" }, "an object"],
    [new Response(), "an instance of Response"],
  ])("withMaintenance() refuses %o in place of a handler", (handler, received) => {
    expect(() => ask(maintenanceMode(), handler as App)).toThrow(
      optionError(
        'Cannot put the gate in front of the handler: "handler" must be a function or an object with a method "fetch", ' +
          `received ${received}`,
      ),
    );
  });

  test.each<[unknown, string]>([
    [{ isStaff: true }, 'Cannot put the gate in front of the handler: "isStaff" must be a function, received true'],
    [
      { is_staff: app },
      'Cannot put the gate in front of the handler: unknown name "is_staff" in options: did you mean "isStaff"?',
    ],
    [
      { trustProxies: [] },
      'Cannot put the gate in front of the handler: unknown name "trustProxies" in options: did you mean "trustProxy"?',
    ],
    [
      { forwardedHeader: 1 },
      'Cannot read the client IP: "forwardedHeader" must be the name of a header field such as "x-forwarded-for", ' +
      "received 1",
    ],
  ])("withMaintenance() and contextFrom() refuse the options %o", (options, message) => {
    expect(() => ask(maintenanceMode(), app, options as Options)).toThrow(optionError(message));
    expect(() => context(request(), options as Options)).toThrow(optionError(message));
  });

  test("withMaintenance() and contextFrom() name the options that they take", () => {
    const accepted =
      /unknown name "zebra" in options: accepted are isStaff, trustProxy, forwardedHeader(, closeStreams)?$/;
    expect(() => ask(maintenanceMode(), app, { zebra: 1 } as Options)).toThrow(accepted);
    expect(() => context(request(), { zebra: 1 } as Options)).toThrow(accepted);
  });

  test("withMaintenance() refuses null in place of options", () => {
    expect(() => ask(maintenanceMode(), app, null as never)).toThrow(
      optionError("Cannot put the gate in front of the handler: options must be an object, received null"),
    );
  });

  test("contextFrom() gives the address of the peer", () => {
    expect(context(request({ peer: "2001:db8::1" }))).toEqual({ clientIp: "2001:db8::1" });
  });

  test("contextFrom() gives the client's address behind trusted proxies", () => {
    const headers = { "x-real-ip": "203.0.113.9" };
    const options = { trustProxy: ["loopback"], forwardedHeader: "x-real-ip" };
    expect(context(request({ peer: "127.0.0.1", headers }), options)).toEqual({ clientIp: "203.0.113.9" });
  });

  test("contextFrom() gives a promise where it asks isStaff", async () => {
    const ctx = context(request(), { isStaff: () => true });
    expect(ctx).toBeInstanceOf(Promise);
    expect(await ctx).toEqual({ clientIp: "203.0.113.9", isStaff: true });
  });

  test("contextFrom() takes the visitor for nobody where isStaff fails, and says so on the console", async () => {
    const print = vi.spyOn(console, "error").mockReturnValue();
    const error = new Error("no session");
    expect(await context(request(), { isStaff: () => Promise.reject(error) })).toEqual({
      clientIp: "203.0.113.9",
      isStaff: false,
    });
    expect(print.mock.calls).toEqual([["maintenancemode:", error]]);
  });
});

test("deno's contextFrom() knows no client on a Unix socket", () => {
  const info = { remoteAddr: { transport: "unix", path: "/run/app.sock" } };
  expect(deno.contextFrom(requestFrom(), info)).toEqual({ clientIp: undefined });
});

test("deno's withMaintenance() hands on what the host says", () => {
  const info = { remoteAddr: { hostname: "203.0.113.9" }, completed: Promise.resolve() };
  const called = vi.fn((_request: Request, _info: typeof info) => new Response());
  deno.withMaintenance(maintenanceMode(), called)(requestFrom(), info);
  expect(called.mock.calls[0]![1]).toBe(info);
});

test("withMaintenance() lets a visitor through for whom maintenance ended while isStaff was asked", async () => {
  let on = true;
  const isStaff = () => {
    on = false;
    return Promise.resolve(false);
  };
  const handler = deno.withMaintenance(maintenanceMode({ enabled: () => on }), () => new Response("app"), { isStaff });
  const response = await handler(new Request("http://site.test/"), { remoteAddr: { hostname: "203.0.113.9" } });
  expect(await response.text()).toBe("app");
});

test("deno's and bun's withMaintenance() answer where a test calls them without a server", () => {
  const maintenance = maintenanceMode({ enabled: true });
  const request = new Request("http://site.test/");
  const app = () => new Response("app");
  expect((deno.withMaintenance(maintenance, app)(request, undefined as never) as Response).status).toBe(503);
  expect((bun.withMaintenance(maintenance, app)(request, undefined as never) as Response).status).toBe(503);
});

test("bun's contextFrom() knows no client where the server knows none", () => {
  expect(bun.contextFrom(requestFrom(), { requestIP: () => null })).toEqual({ clientIp: undefined });
});

test("cloudflare's contextFrom() knows no client without the platform's header", () => {
  expect(cloudflare.contextFrom(requestFrom())).toEqual({ clientIp: undefined });
});

test("cloudflare's withMaintenance() hands bindings and context to the app and to isStaff", async () => {
  const [env, ctx] = [{ KV: {} }, { waitUntil() {} }];
  const called = vi.fn((_request: Request, _env: typeof env, _ctx: typeof ctx) => new Response());
  const isStaff = vi.fn((_request: Request, _info: { env: typeof env; ctx: typeof ctx }) => true);
  await cloudflare.withMaintenance(maintenanceMode({ enabled: true }), called, { isStaff })(requestFrom(), env, ctx);
  expect(called.mock.calls[0]!.slice(1)).toEqual([env, ctx]);
  expect(isStaff.mock.calls[0]![1]).toEqual({ env, ctx });
});

test("contextFrom() of one host does not read as another that was given the same options", () => {
  const options = { trustProxy: ["loopback"] };
  const request = addCloudflareHeader({ peer: "203.0.113.9" });
  expect(deno.contextFrom(request, { remoteAddr: { hostname: "198.51.100.1" } }, options)).toEqual({
    clientIp: "198.51.100.1",
  });
  expect(cloudflare.contextFrom(request, { env: {}, ctx: {} }, options)).toEqual({ clientIp: "203.0.113.9" });
});

/** An event, and what it was answered with. */
function eventOf(request: Request) {
  const respondWith = vi.fn((_response: Response | PromiseLike<Response>) => {});
  return { request, respondWith, clientId: "tab" };
}

test("service-worker's withMaintenance() answers while maintenance is on", async () => {
  const event = eventOf(requestFrom());
  const listener = vi.fn();
  serviceWorker.withMaintenance(maintenanceMode({ enabled: true }), listener)(event);
  expect(event.respondWith.mock.calls).toHaveLength(1);
  expect((await event.respondWith.mock.calls[0]![0]).status).toBe(503);
  expect(listener).not.toHaveBeenCalled();
});

test("service-worker's withMaintenance() leaves a request that passes to the network", () => {
  const event = eventOf(requestFrom());
  serviceWorker.withMaintenance(maintenanceMode())(event);
  expect(event.respondWith).not.toHaveBeenCalled();
});

test("service-worker's withMaintenance() hands a request that passes to the listener", () => {
  const event = eventOf(requestFrom());
  const response = new Response("cached");
  serviceWorker.withMaintenance(maintenanceMode(), (given: typeof event) => {
    expect(given).toBe(event);
    given.respondWith(response);
  })(event);
  expect(event.respondWith.mock.calls).toEqual([[response]]);
});

test("service-worker's withMaintenance() answers with what the listener returns", () => {
  const event = eventOf(requestFrom());
  const response = new Response("cached");
  serviceWorker.withMaintenance(maintenanceMode(), () => response)(event);
  expect(event.respondWith.mock.calls).toEqual([[response]]);
});

test.each<[string, (event: ReturnType<typeof eventOf>) => Response | undefined, string]>([
  ["returns", () => new Response("returned"), "returned"],
  ["calls respondWith with", (event) => void event.respondWith(new Response("responded")), "responded"],
])(
  "service-worker's withMaintenance() answers staff with what the listener %s later",
  async (_what, listener, body) => {
    const event = eventOf(requestFrom());
    const isStaff = () => Promise.resolve(true);
    serviceWorker.withMaintenance(maintenanceMode({ enabled: true }), listener, { isStaff })(event);
    expect(event.respondWith.mock.calls).toHaveLength(1);
    expect(await (await event.respondWith.mock.calls[0]![0]).text()).toBe(body);
  },
);

test("service-worker's withMaintenance() fetches for staff where the listener does nothing", async () => {
  const network = vi.fn((_request: Request) => Promise.resolve(new Response("network")));
  vi.stubGlobal("fetch", network);
  const event = eventOf(requestFrom());
  const isStaff = () => Promise.resolve(true);
  serviceWorker.withMaintenance(maintenanceMode({ enabled: true }), undefined, { isStaff })(event);
  expect(await (await event.respondWith.mock.calls[0]![0]).text()).toBe("network");
  expect(network.mock.calls).toEqual([[event.request]]);
});

test("service-worker's withMaintenance() answers who is not staff", async () => {
  const event = eventOf(requestFrom());
  serviceWorker.withMaintenance(maintenanceMode({ enabled: true }), undefined, {
    isStaff: () => Promise.resolve(false),
  })(event);
  expect((await event.respondWith.mock.calls[0]![0]).status).toBe(503);
});

test("service-worker's contextFrom() knows no client", async () => {
  expect(serviceWorker.contextFrom(addCloudflareHeader())).toEqual({});
  expect(await serviceWorker.contextFrom(requestFrom(), eventOf(requestFrom()), { isStaff: () => true })).toEqual({
    isStaff: true,
  });
});

test("service-worker's withMaintenance() refuses trustProxy, which means nothing there", () => {
  const options = { trustProxy: ["loopback"] } as never;
  expect(() => serviceWorker.withMaintenance(maintenanceMode(), undefined, options)).toThrow(
    optionError(
      'Cannot put the gate in front of the handler: unknown name "trustProxy" in options: accepted are isStaff',
    ),
  );
});
