import { expect, test } from "vitest";
import { parseComponent } from "../../../src/match/url/path-pattern.ts";
import { compilePathTree } from "../../../src/match/url/path-tree.ts";
import { expectWithin } from "../../_fast.ts";

/** The paths that one of the patterns matches. */
function matching(patterns: string[], paths: string[]): string[] {
  const test = compilePathTree(patterns.flatMap((pattern) => parseComponent(pattern)!.ways!));
  return paths.filter((path) => Boolean(test(`http://site.test${path}`, 16)));
}

test("compilePathTree() without patterns matches nothing", () => {
  expect(matching([], ["/", "/a"])).toEqual([]);
});

test("compilePathTree() finds whole paths only", () => {
  const paths = ["/do", "/docs", "/document", "/dog", "/", "/d", "/doc", "/docu", "/documents", "/dogs"];
  expect(matching(["/docs", "/document", "/do", "/dog"], paths)).toEqual(["/do", "/docs", "/document", "/dog"]);
});

test("compilePathTree() takes the query and the fragment for the end of the path", () => {
  expect(matching(["/a"], ["/a?b", "/a#b", "/a?b#c", "/a/?b", "/b?/a"])).toEqual(["/a?b", "/a#b", "/a?b#c"]);
  expect(matching(["/:a/:b"], ["/a?b/c", "/a/b?c", "/a#b/c"])).toEqual(["/a/b?c"]);
  expect(matching(["/*z"], ["/a?z", "/az?b", "/a#z"])).toEqual(["/az?b"]);
});

test("compilePathTree() keeps what a label carries when it is cut", () => {
  const paths = ["/abcdef", "/abcdefg/h", "/abcdef/1/y", "/abcxyz", "/ab", "/abc", "/abcde", "/abcxy"];
  expect(matching(["/abcdef*", "/abcdef/:x/y", "/abcxyz", "/ab"], paths)).toEqual(paths.slice(0, 5));
});

test("compilePathTree() keeps a segment behind a label that is cut", () => {
  const paths = ["/abcdef/1/y", "/abcxyz", "/abcdef/1/z", "/abcdef//y"];
  expect(matching(["/abcdef/:x/y", "/abcxyz"], paths)).toEqual(["/abcdef/1/y", "/abcxyz"]);
});

test("compilePathTree() goes back from a text to a segment", () => {
  const patterns = ["/users/me/settings", "/users/:id/posts", "/users/:id"];
  const paths = ["/users/me/settings", "/users/me/posts", "/users/me", "/users/me/x", "/users/", "/users//posts"];
  expect(matching(patterns, paths)).toEqual(["/users/me/settings", "/users/me/posts", "/users/me"]);
});

test("compilePathTree() follows a segment that starts inside a name", () => {
  const paths = ["/v1/users", "/v1/admin", "/v2/users", "/v/users", "/v2/admin"];
  expect(matching(["/v:version/users", "/v1/admin"], paths)).toEqual(["/v1/users", "/v1/admin", "/v2/users"]);
});

test("compilePathTree() tries every other way at a node", () => {
  const paths = ["/az", "/a//y", "/ab-c", "/abc", "/ac", "/a", "/ab", "/a-c"];
  expect(matching(["/a*z", "/a*y", "/a:b-:c", "/a{b}?c"], paths)).toEqual(["/az", "/a//y", "/ab-c", "/abc", "/ac"]);
});

test("compilePathTree() finds a child among more than four", () => {
  const patterns = Array.from("abcdefgh", (char) => `/${char}/x`);
  expect(matching(patterns, ["/a/x", "/d/x", "/e/x", "/h/x", "/i/x", "/e/y"])).toEqual([
    "/a/x",
    "/d/x",
    "/e/x",
    "/h/x",
  ]);
});

test("compilePathTree() matches no characters outside ASCII literally", () => {
  const patterns = Array.from("abcdefgh", (char) => `/${char}`);
  expect(matching(patterns, ["/\u00e9", "/\u0161", "/\u0161a", "/\u{1f600}"])).toEqual([]);
});

test("compilePathTree() stays bounded where each segment could go two ways", () => {
  const patterns = Array.from({ length: 18 }, (_, i) => `${"/a".repeat(i)}/:x${"/a".repeat(18 - i)}/b`);
  expectWithin(1_000, () => {
    expect(matching(patterns, ["/a".repeat(4_000)])).toEqual([]);
  });
});

test.each([
  ["stars", Array.from({ length: 20 }, () => "/*/name")],
  ["stars that differ in their end", Array.from({ length: 500 }, (_, i) => `/*/name${i}`)],
  ["many stars", ["/*a*a*a*a*a*a*b", "/*/a*/a*/a*/b"]],
  ["names side by side", ["/:a-:b-:c-:d-:e", "/:a:b:c:d-:e"]],
  ["a star and names", ["/*:a-:b-*:c-:d", "/*:a/:b-*:c/:d!"]],
])("compilePathTree() reads a long path only a few times for %s", (_what, patterns) => {
  for (const piece of ["a", "/", "/a", "-a", "a-", "/name", "//-a"]) {
    const path = `/${piece.repeat(15_000 / piece.length)}`;
    expectWithin(50, () => void matching(patterns, [path]));
  }
});

test("compilePathTree() reads a long path only a few times for many patterns that begin alike", () => {
  const patterns = Array.from({ length: 700 }, (_, i) => `/${"a".repeat(i)}*/name`);
  const test = compilePathTree(patterns.flatMap((pattern) => parseComponent(pattern)!.ways!));
  const url = `http://site.test/${"a".repeat(15_000)}`;
  expectWithin(10, () => void test(url, 16));
});

test("compilePathTree() does not try the rest of a path that would take too long, and says what it is told to", () => {
  const ways = Array.from({ length: 2_000 }, (_, i) => parseComponent(`/*${i}*x`)!.ways!).flat();
  const url = `http://site.test/${"a".repeat(100_000)}`;
  expect(compilePathTree(ways)(url, 16)).toBe(0);
  expect(compilePathTree(ways, true)(url, 16)).toBe(2);
  expect(compilePathTree(ways, true)("http://site.test/a", 16)).toBe(0);
});

test.each(["*".repeat(200_000), "*a".repeat(100_000), ":a-".repeat(50_000), "a".repeat(200_000)])(
  "compilePathTree() takes a pattern of any length",
  (rest) => {
    expectWithin(1_000, () => void matching([`/${rest}`], ["/", "/a", `/${"a".repeat(100)}`]));
  },
);
