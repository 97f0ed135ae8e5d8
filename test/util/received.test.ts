import { expect, test } from "vitest";
import { messageOf, quote, received } from "../../src/util/received.ts";

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
