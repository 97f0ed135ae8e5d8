import { expect, test } from "vitest";
import { expectWithin } from "../../_fast.ts";
import { longestText } from "../../../src/match/url/regexp-cost.ts";

test.each<[RegExp, number]>([
  [/^\/a/, Infinity],
  [/^\/a*b/, Infinity],
  [/^\/[*+:]/, Infinity],
  [/^a*a*b/, 1_000],
  [/a*b/, 1_414],
  [/^(a+)\1/, Infinity],
  [/^(a*)\1*b/, 1_000],
  [/^\/a*a+b{2,}c/, 1_000],
  [/^\/a*a*a*a*b/, 58],
  [/^(?:\/en)?\/a?.*\/?b/, Infinity],
  [/^\/a?a?a?a?a?a?b/, 31_250],
  [new RegExp(`^/${"(?:a|a)".repeat(30)}b`), 0],
  [/^\/(?:en|de|fr)\/.*\.(?:css|js|png)/, Infinity],
  [/^\/(?:\/[^/]+)+\/edit$/, Infinity],
  [/^\/docs(?:\/[^/]+)*$/, Infinity],
  [/^\/(?:\/[^/]+)+(?:\/[^/]+)+$/, 1_414],
  [/^(?:\/en|\/de)?\/(?:a|b)*c/, Infinity],
  [/^\/(?:\d{1,3}\.){3}\d{1,3}$/, 1_414],
  [/^\/[^/]+\/[^/]+\/[^/]+\/.*$/, Infinity],
  [/^\/[a-z0-9]+(?:-[a-z0-9]+)*\/?$/, Infinity],
  [/^\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 1_414],
  [/^(?:abc)+d/, Infinity],
  [/^(a)(b)*c/, Infinity],
  [/^(a|b)c+/, Infinity],
  [/\.(?:css|js)$/, Infinity],
  [/(?:\/\d+)+$/, 1_414],
  [/^\/(?!admin)/, Infinity],
  [/^\/(?:(?!x).)*$/, Infinity],
  [/^\/(?=a*a*)b/, 1_414],
  [/^(?:a|A)*c/, Infinity],
  [/^(?:\u00e9|b)*c/, Infinity],
  [/^a.*b|^c.*d/, Infinity],
  [/^a|b*c/, 1_414],
  [/^(.*)?b/, Infinity],
  [/^(?:a?)*b/, Infinity],
])("longestText() of %s is %i characters", (pattern, length) => {
  expect(longestText(pattern)).toBe(length);
});

test.each<[RegExp]>([
  [/^(?:a+)+b/],
  [/^(a*)*b/],
  [/^(?:a?)+b/],
  [/^(?:(?:a?)+c)*d/],
  [/^(?:a?b?)*c/],
  [/^(?:(?:a?|b?)c)*d/],
  [/^(?:a{1,2}){9}b/],
  [/^((a+))+b/],
  [/^(?:[)]+)+b/],
  [/^(?:\)+)+b/],
  [/^(?<name>a+)+b/],
  [/^(?:\w|\d)*c/],
  [/^(?:\x61|a)*c/],
  [/^(?:\u0061|a)*c/],
  [/^(?:\u{61}|a)*c/u],
  [/^(?:\p{L}|a)*c/u],
  [new RegExp("^(?:[[a]]|a)*c", "v")],
  [/^(?:ab|a|b)*c/],
  [/^(?:ab|abc|c)*d/],
  [/^(?:a*b?a*c)*d/],
  [/^(?:a|A)*c/i],
  [/^(?:a|b)*c|^(?:a|a)*c/],
  [/^(?:[^a]|\s)*b/],
  [/^(?:\u4e00|[\u4e00-\u4eff])*b/],
  [/(?=(?:a+)+b)/],
  [new RegExp(`${"(".repeat(300)}a${")".repeat(300)}`)],
  // Not slow, but told from those only with more work.
  [/^\/(?:ab|ac)+$/],
  [/^(?:[^/]*x\/)*$/],
])("longestText() knows no length at which %s is safe", (pattern) => {
  expect(longestText(pattern)).toBe(undefined);
});

test("longestText() leaves each of many expressions its share", () => {
  expect(longestText(/^a*a*b/, 100)).toBe(100);
});

test.each<[RegExp, string[]]>([
  [/^(?:(?:a?)?c)*d/, ["a", "c", "ac"]],
  [/^(?:a?)*b/, ["a"]],
  [/^(?:(?:a*)?c)*d/, ["a", "c", "ac"]],
  [/^\/(?:\/[^/]+)+\/edit$/, ["/a", "//", "/edit"]],
  [/^(?:(?!x).)*$/, ["a", "ax"]],
])("the runtime is not slow with %s", (pattern, pieces) => {
  expect(longestText(pattern)).toBe(Infinity);
  for (const piece of pieces) {
    const text = `${piece.repeat(2_048 / piece.length)}!`;
    expectWithin(100, () => void pattern.test(text));
  }
});
