import { expect, test } from "vitest";
import { longestText } from "../../src/core/backtracking.ts";

test.each([
  ["^/a", Infinity],
  ["^/a*b", Infinity],
  ["/:id", Infinity],
  ["/\\*\\+\\:", Infinity],
  ["/[*+:]", Infinity],
  ["^/a*a*b", 1_414],
  ["a*b", 1_414],
  ["/:a/:b", 1_414],
  ["^(a+)\\1", 1_414],
  ["^/a*a+b{2,}c", 181],
  ["^/a*a*a*a*b", 69],
])("longestText() of %s is %i characters", (source, length) => {
  expect(longestText(source)).toBe(length);
});

test.each([
  "^(?:a+)+b",
  "^(a*)*b",
  "^(?:a|b)*c",
  "^(?:ab?)+c",
  "^(?:a{1,2}){9}b",
  "^((a+))+b",
  "^(?:(a+)b)+c",
  "^(?:a+b|c)+d",
  "^(?:[)]+)+b",
  "^(?:\\)+)+b",
  "^(?<name>a+)+b",
  "/{a*}+b",
  "/{a{b}?c}*d",
  "/{:a}*b",
  "/{*}+b",
  "/a:a*b",
  "/a**b",
])("longestText() knows no length at which %s is safe", (source) => {
  expect(longestText(source)).toBe(undefined);
});

test.each(["^(?:abc)+d", "^(a)(b)*c", "^(a|b)c+", "^(a+)b", "/{a}*b"])(
  "longestText() finds %s safe at any length",
  (source) => {
    expect(longestText(source)).toBe(Infinity);
  },
);
