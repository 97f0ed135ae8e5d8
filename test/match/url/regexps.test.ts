import { expect, test } from "vitest";
import { compileRegExps } from "../../../src/match/url/regexps.ts";

/** Those of the paths that one of the patterns matches. */
function matching(patterns: readonly RegExp[], paths: readonly string[]): string[] {
  const named = patterns.map((pattern, index) => ({ pattern, name: `ignoreUrls[${index}]`, text: String(pattern) }));
  const tests = compileRegExps(named, "create maintenance mode");
  return paths.filter((path) => tests.some(({ test }) => test(path)));
}

/** The same by a loop. */
function looped(patterns: readonly RegExp[], paths: readonly string[]): string[] {
  const copies = patterns.map(({ source, flags }) => new RegExp(source, flags.replace("g", "")));
  return paths.filter((path) =>
    copies.some((copy) => {
      copy.lastIndex = 0;
      return copy.test(path);
    })
  );
}

const PATHS = ["/", "/a", "/A", "/b", "/ab", "/a/b", "/x/a", "/c", "/aa", "/bb", "/a1", "/a\u00e9", "/|", "/]", "/xa"];

test.each<[what: string, patterns: RegExp[]]>([
  ["ends of alternatives", [/^\/a$|b$/, /^\/c$/]],
  ["alternatives within groups and classes", [/^\/(?:a|b)$/, /^\/[|]$/, /^\/\|x/, /^\/(a|(?:c|d))/]],
  ["alternatives outside of groups only behind a class", [/^\/[)]|b/, /^\/[\](]|\/x/, /^\/\(|\/A/]],
  ["common beginnings", [/^\/ab$/, /^\/ab?$/, /^\/a{2}$/, /^\/ac*1/, /^\/a$/, /^\/a(?:1|2)$/, /^\/x\/b/]],
  ["common beginnings without a start", [/a\/b/, /a\/c/, /a|c/, /a\.b/, /a\.b+/]],
  ["an expression that another one begins with", [/^\/b/, /^\/bb$/, /^\/b{3}/]],
  ["nothing at all", [/(?:)/, /^\/never/]],
  ["flags", [/^\/a$/i, /^\/b$/, /^\/AB/, /^\/c$/g]],
  ["back references", [/^\/(a)\1$/, /^\/(b)\1$/, /^\/(c)$/]],
  ["names of groups", [/^\/(?<name>a)$/, /^\/(?<name>b)$/, /^\/(?<n>a)\k<n>$/]],
  ["what looks like a back reference", [/^\/(a)$/, new RegExp("^/\\1b"), new RegExp("^/[\\1]")]],
  ["lookarounds", [/^\/(?=a)/, /(?<=x)\/a$/, /(?<!a)b$/, /^\/(?!b)b/]],
  ["sticky ones", [/\/a$/y, /b/y]],
  ["sets", ["^/[[a-b]--[b]]$", "^/[[a\\|b]]b$", "^/[c]|x"].map((source) => new RegExp(source, "v"))],
  ["Unicode", [/^\/a\u{e9}$/u, /^\/a\xe9$/]],
  ["lines", [/^\/a$/m, /b$/m]],
  ["indices", [/^\/a$/d, /^\/b$/]],
  ["the same one twice", [/^\/a$/, /^\/a$/]],
])("compileRegExps() answers as a loop does for %s", (_what, patterns) => {
  const expected = looped(patterns, PATHS);
  expect(matching(patterns, PATHS)).toEqual(expected);
  expect(matching(patterns, PATHS)).toEqual(expected);
});

test("compileRegExps() leaves the expressions as they are", () => {
  const patterns = [/^\/a/g, /\/a/y, /\/a/dg];
  for (const pattern of patterns) pattern.lastIndex = 1;
  expect(matching(patterns, ["/a", "/a"])).toEqual(["/a", "/a"]);
  expect(patterns.map(({ lastIndex }) => lastIndex)).toEqual([1, 1, 1]);
});

test("compileRegExps() answers as a loop does for 10 000 expressions", () => {
  const patterns = Array.from({ length: 10_000 }, (_, i) =>
    new RegExp(
      [`^/shop/item-${i}$`, `^/docs/${i}/[^/]+$`, `/v${i}\\.(?:css|js)$`, `^/(?:en|de)/${i}/.*x`][i % 4]!,
      i % 7 === 0 ? "i" : "",
    ));
  const paths = Array.from({ length: 50 }, (_, k) => k * 197).flatMap((i) => [
    `/shop/item-${i}`,
    `/SHOP/item-${i}`,
    `/docs/${i}/a`,
    `/docs/${i}/a/b`,
    `/a/v${i}.js`,
    `/de/${i}/abcx`,
  ]);
  expect(matching(patterns, paths)).toEqual(looped(patterns, paths));
});
