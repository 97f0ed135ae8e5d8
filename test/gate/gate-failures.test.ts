import { Window } from "happy-dom";
import { afterEach, expect, test, vi } from "vitest";
import type { MaintenanceOptions } from "../../src/gate/maintenance-options.ts";
import { answerOf, BROKEN, gateOf, requestTo, thrower, turn } from "./_gate.ts";

afterEach(() => void vi.restoreAllMocks());

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
    new TypeError('"responseType" must return "html", "json", "text", "trpc" or undefined, received a promise'),
    BROKEN,
  ]],
  ["responseType returns a media type", { responseType: () => "text/html" as never }, [
    new TypeError('"responseType" must return "html", "json", "text", "trpc" or undefined, received "text/html"'),
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
