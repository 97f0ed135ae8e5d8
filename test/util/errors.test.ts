import { optionError } from "../_errors.ts";
import { afterEach, expect, test, vi } from "vitest";
import { createConsoleReporter } from "../../src/util/console-reporter.ts";
import { checkNames, describeProblem, invalidOption, MaintenanceError, OptionError } from "../../src/util/errors.ts";
import { FleetError, StoreError } from "../../src/state/errors.ts";
import { StateError } from "../../src/state/state-error.ts";
import { likeliest } from "../../src/util/likeliest.ts";
import { messageOf, quote, received } from "../../src/util/received.ts";

afterEach(() => void vi.restoreAllMocks());

class Service {}

test.each([
  ["text", '"text"'],
  ['say "hi"', '"say \\"hi\\""'],
  ["a\nb", '"a\\nb"'],
  ["", '""'],
  [0, "0"],
  [-0, "0"],
  [NaN, "NaN"],
  [Infinity, "Infinity"],
  [true, "true"],
  [null, "null"],
  [undefined, "undefined"],
  [1n, "a bigint"],
  [Symbol("secret"), "a symbol"],
  [function named() {}, "the function named"],
  [() => {}, "a function"],
  [Service, "the function Service"],
  [[1, 2], "an array"],
  [{}, "an object"],
  [Object.create(null), "an object"],
  [new Service(), "an instance of Service"],
  [new Map(), "an instance of Map"],
  [new Date(0), "a Date"],
  [new Date(NaN), "an invalid Date"],
  [Promise.resolve(), "a promise"],
  [{ then() {} }, "a promise"],
])("received() shows %o", (value, shown) => {
  expect(received(value)).toBe(shown);
});

test.each([
  ["has a getter `then` that throws", {
    get then() {
      throw new Error("no");
    },
  }],
  ["is a revoked proxy", revokedProxy()],
  [
    "is a class with a symbol for a name",
    Object.defineProperty(class {}, "name", { value: Symbol("name") }),
  ],
  ["comes from a constructor with a symbol for a name", Object.create({ constructor: { name: Symbol("name") } })],
])("received() does not throw for a value that %s", (_what, value) => {
  expect(received(value)).toBeTypeOf("string");
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test("quote() leaves 100 characters whole", () => {
  expect(quote("x".repeat(100))).toBe(`"${"x".repeat(100)}"`);
});

test("quote() cuts text after 100 characters", () => {
  expect(quote("x".repeat(101))).toBe(`"${"x".repeat(100)}…"`);
});

test.each([
  [new RangeError("too far"), "too far"],
  ["thrown text", "thrown text"],
  [42, "42"],
  [undefined, "undefined"],
  [{ toString: () => "own text" }, "own text"],
])("messageOf() reads %o", (error, message) => {
  expect(messageOf(error)).toBe(message);
});

test("messageOf() does not throw for an object without a prototype", () => {
  expect(messageOf(Object.create(null))).toBeTypeOf("string");
});

test("invalidOption() makes an error with a message, a code and its parts", () => {
  const error = invalidOption("create maintenance mode", "allowStaff", "true or false", "yes", "write true");
  expect(error).toMatchObject({
    name: "OptionError",
    code: "ERR_OPTION_INVALID",
    message: 'Cannot create maintenance mode: "allowStaff" must be true or false, received "yes": write true',
    path: "allowStaff",
    expected: "true or false",
    received: '"yes"',
    hint: "write true",
  });
  expect(error).toBeInstanceOf(TypeError);
  expect(error).toBeInstanceOf(MaintenanceError);
});

test("describeProblem() calls the place what it is called there", () => {
  const error = invalidOption("read the maintenance state", "$.retryAfter", "a whole number of seconds from 0", -1);
  expect(describeProblem(error, "--retry-after")).toBe(
    '"--retry-after" must be a whole number of seconds from 0, received -1',
  );
});

test("MaintenanceError is the base of each error of this package, and of no other one", () => {
  const own = new MaintenanceError("ERR_STORE", "no store");
  expect(own).toBeInstanceOf(MaintenanceError);
  expect(own).not.toBeInstanceOf(TypeError);
  expect(new StoreError("read", "no")).toBeInstanceOf(MaintenanceError);
  expect(new FleetError("late", [])).toBeInstanceOf(MaintenanceError);
  expect(new StateError("read", { path: "$", expected: "JSON" })).toBeInstanceOf(MaintenanceError);
  expect(own).not.toBeInstanceOf(OptionError);
  expect(own).not.toBeInstanceOf(StoreError);
  for (const other of [new TypeError("no"), new Error("no"), {}, null, undefined, "ERR_STORE"]) {
    expect(other instanceof MaintenanceError).toBe(false);
  }
});

test("MaintenanceError knows the errors of another copy of this package", async () => {
  const copy = await import("../../src/util/errors.ts?copy" as string) as typeof import("../../src/util/errors.ts");
  expect(copy.MaintenanceError).not.toBe(MaintenanceError);
  expect(new copy.MaintenanceError("ERR_STORE", "no") instanceof MaintenanceError).toBe(true);
});

test("invalidOption() ends with the hint", () => {
  expect(invalidOption("read the client IP", "a", "b", 1, "write 2").message).toBe(
    'Cannot read the client IP: "a" must be b, received 1: write 2',
  );
});

test("checkNames() accepts known names and nothing", () => {
  expect(() => checkNames("create maintenance mode", { enabled: true }, ["enabled", "page"])).not.toThrow();
  expect(() => checkNames("create maintenance mode", {}, ["enabled"])).not.toThrow();
});

test("checkNames() suggests the likely name", () => {
  expect(() => checkNames("create maintenance mode", { enabeld: true }, ["enabled", "page"])).toThrow(
    optionError('Cannot create maintenance mode: unknown name "enabeld" in options: did you mean "enabled"?'),
  );
});

test("checkNames() lists the names where none is near", () => {
  expect(() => checkNames("read the client IP", { zebra: 1 }, ["enabled", "page"], "these")).toThrow(
    optionError('Cannot read the client IP: unknown name "zebra" in these: accepted are enabled, page'),
  );
});

test.each([
  [null, "null"],
  [undefined, "undefined"],
  [true, "true"],
  ["on", '"on"'],
  [[], "an array"],
  [() => true, "a function"],
])("checkNames() refuses %o in place of options", (options, shown) => {
  expect(() => checkNames("create maintenance mode", options, ["enabled"])).toThrow(
    optionError(`Cannot create maintenance mode: options must be an object, received ${shown}`),
  );
});

const NAMES = [
  "enabled",
  "ignoreUrls",
  "internalIps",
  "allowStaff",
  "allow",
  "retryAfter",
  "redirectUrl",
  "handler503",
];

test.each([
  ["ignoreURLs", "ignoreUrls"],
  ["ignore_urls", "ignoreUrls"],
  ["ignoreUrl", "ignoreUrls"],
  ["INTERNAL_IPS", "internalIps"],
  ["internalIPs", "internalIps"],
  ["internal-ips", "internalIps"],
  ["retry_after", "retryAfter"],
  ["Retry-After", "retryAfter"],
  ["MAINTENANCE_MODE_RETRY_AFTER", "retryAfter"],
  ["MAINTENANCE_IGNORE_URLS", "ignoreUrls"],
  ["MAINTENANCE_MODE_REDIRECT_URL", "redirectUrl"],
  ["redirect", "redirectUrl"],
  ["handler", "handler503"],
  ["enable", "enabled"],
  ["alow", "allow"],
  ["allowStuff", "allowStaff"],
  ["zebra", undefined],
  ["", undefined],
  ["日本語", undefined],
])("likeliest() takes %j for %j", (name, expected) => {
  expect(likeliest(name, NAMES)).toBe(expected);
});

test("likeliest() looks at no more than the start of a long name", () => {
  expect(likeliest("x".repeat(1_000_000), NAMES)).toBe(undefined);
});

test("createConsoleReporter() prints an error once for each message", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const report = createConsoleReporter();
  const first = new Error("broken");
  report(first);
  report(new TypeError("broken"));
  report(new Error("other"));
  expect(print.mock.calls).toEqual([["maintenancemode:", first], ["maintenancemode:", new Error("other")]]);
});

test("createConsoleReporter() remembers for each reporter apart", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  createConsoleReporter()(new Error("broken"));
  createConsoleReporter()(new Error("broken"));
  expect(print).toHaveBeenCalledTimes(2);
});

test("createConsoleReporter() prints what is thrown without being an error", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  createConsoleReporter()("text");
  expect(print.mock.calls).toEqual([["maintenancemode:", "text"]]);
});

test("createConsoleReporter() forgets after 1 000 messages, so that memory stays bounded", () => {
  const print = vi.spyOn(console, "error").mockReturnValue();
  const report = createConsoleReporter();
  for (let i = 0; i < 1_000; i++) report(new Error(`message ${i}`));
  report(new Error("message 0"));
  expect(print).toHaveBeenCalledTimes(1_000);
  report(new Error("message 1000"));
  report(new Error("message 0"));
  expect(print).toHaveBeenCalledTimes(1_002);
});
