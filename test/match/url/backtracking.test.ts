import { expect, test } from "vitest";
import { longestForRegExp, longestText } from "../../../src/match/url/backtracking.ts";

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
  ["^(?:/en)?/a?.*/?b", Infinity],
  ["^/a?a?a?a?a?b", 31_250],
  [`^/${"(?:a|a)".repeat(30)}b`, 0],
  ["^/(?:a|b)?c?.*d*/?", 353],
  ["^/(?:en|de|fr)/.*\\.(?:css|js|png)", Infinity],
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

test.each([
  [/^\/(?:\/[^/]+)+\/edit$/, 1_414],
  [/^\/docs(?:\/[^/]+)*$/, Infinity],
  [/^\/(?:ab|ac)+$/, Infinity],
  [/^\/(?:blog\/|books\/)*$/, Infinity],
  [/^(?:\/en|\/de)?\/(?:a|b)*c/, 707],
  [/^\/(?:\d{1,3}\.){3}\d{1,3}$/, Infinity],
  [/^\/[^/]+\/[^/]+\/[^/]+\/.*$/, Infinity],
  [/\.(?:css|js)$/, Infinity],
  [/(?:\/\d+)+$/, 1_414],
  [/^\/a*a*b/, 1_414],
  [/^(?:a+)+b/, undefined],
  [/^(?:a*)*b/, undefined],
  [/^(?:a?)+b/, undefined],
  [/^(?:a?b?)*c/, undefined],
  [/^(?:(?:a?|b?)c)*d/, undefined],
  [/^(?:(?:a?)?c)*d/, undefined],
  [/^(?:\w|\d)*c/, undefined],
  [/^(?:ab|a|b)*c/, undefined],
  [/^(?:ab|abc|c)*d/, undefined],
  [/^(?:a*b?a*c)*d/, undefined],
  [/^(?:a|A)*c/i, undefined],
  [/^(?:a|A)*c/, Infinity],
  [/^(?:a|b)*c|^(?:a|a)*c/, undefined],
  [/^(?:[^a]|\s)*b/, undefined],
  [/^(?:\u00e9|b)*c/, undefined],
])("longestForRegExp() of %s is %i characters", (pattern, length) => {
  expect(longestForRegExp(pattern)).toBe(length);
});
