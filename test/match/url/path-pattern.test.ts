import { expect, test } from "vitest";
import { exampleOf, parseComponent } from "../../../src/match/url/path-pattern.ts";

test.each([
  ["", [[]]],
  ["/", [[{ literal: "/" }]]],
  ["/a/b.c-d~e%20f", [[{ literal: "/a/b.c-d~e%20f" }]]],
  ["/*", [[{ literal: "/" }, "any"]]],
  ["/a*b", [[{ literal: "/a" }, "any", { literal: "b" }]]],
  ["/:id", [[{ literal: "/" }, "segment"]]],
  ["/a/:id/b", [[{ literal: "/a/" }, "segment", { literal: "/b" }]]],
  ["/:\u00e9t\u00e9/b", [[{ literal: "/" }, "segment", { literal: "/b" }]]],
  ["/:a:b", [[{ literal: "/" }, "segment", "segment"]]],
  ["/:a(.*)", [[{ literal: "/" }, "any"]]],
  ["/a/:id?", [[{ literal: "/a" }], [{ literal: "/a/" }, "segment"]]],
  ["/a/:id?/b", [[{ literal: "/a/b" }], [{ literal: "/a/" }, "segment", { literal: "/b" }]]],
  ["/a:id+", [[{ literal: "/a" }, "segment"]]],
  ["/a:id*", [[{ literal: "/a" }], [{ literal: "/a" }, "segment"]]],
  ["/a{b:id-c}+d", [[{ literal: "/ab" }, "segment", { literal: "-cd" }]]],
  ["/**", [[], [{ literal: "/" }, "any"]]],
  ["/***", [["any"], [{ literal: "/" }, "any"]]],
  ["/a*****b", [[{ literal: "/a" }, "any", { literal: "b" }]]],
  ["/a{*}?b", [[{ literal: "/a" }, "any", { literal: "b" }]]],
  ["/a{b}", [[{ literal: "/ab" }]]],
  ["/a{b}c", [[{ literal: "/abc" }]]],
  ["/a{b}?", [[{ literal: "/a" }], [{ literal: "/ab" }]]],
  ["/a{b}?{c}?", [[{ literal: "/a" }], [{ literal: "/ab" }], [{ literal: "/ac" }], [{ literal: "/abc" }]]],
  ["/a{b*c}d", [[{ literal: "/ab" }, "any", { literal: "cd" }]]],
  ["/{:id}x", [[{ literal: "/" }, "segment", { literal: "x" }]]],
  ["/\\*\\:\\{\\?\\+\\(", [[{ literal: "/*:{?+(" }]]],
  ["/a:", [[{ literal: "/a:" }]]],
  ["/a:1", [[{ literal: "/a:1" }]]],
])("parseComponent() takes %s apart", (pattern, ways) => {
  expect(parseComponent(pattern)!.ways).toEqual(ways);
});

test.each([
  ["/(a)", "\\/(a)"],
  ["/:id(\\d+)/b.c", "\\/(\\d+)\\/b\\.c"],
  ["/:id(a|c)?", "(?:\\/(a|c))?"],
  ["/b(a(?:b)[\\)])", "\\/b(a(?:b)[\\)])"],
  ["/:a+", "(?:\\/([^\\/]+))+"],
  ["/x/:a*/:b*/end", "\\/x(?:\\/([^\\/]+))*(?:\\/([^\\/]+))*\\/end"],
  ["/{ab}*", "\\/(?:ab)*"],
  ["/{a*b}+(c)", "\\/a(.*)b(c)"],
  [`/${"{a}?".repeat(5)}`, `\\/${"(?:a)?".repeat(5)}`],
])("parseComponent() makes a regular expression of %s", (pattern, source) => {
  const parsed = parseComponent(pattern)!;
  expect(parsed).toMatchObject({ source, ways: undefined });
  expect(() => new RegExp(source, "v")).not.toThrow();
});

test.each(
  [
    ["*.h.test", ".", "(.*)\\.h\\.test"],
    [":a.h.test", ".", "([^\\.]+)\\.h\\.test"],
    ["q=:a/b", "", "q=(.+)\\/b"],
    ["/:a?", "", "\\/(?:(.+))?"],
  ] as const,
)("parseComponent() takes the delimiter of %s into account", (pattern, delimiter, source) => {
  expect(parseComponent(pattern, delimiter)!.source).toBe(source);
});

test.each([["/{a*}+", true], ["/a:b*", true], ["/**", true], ["/:a*", false], ["/{a}*", false], ["/:a?", false]])(
  "parseComponent() says whether the runtime repeats more in %s",
  (pattern, isShortened) => {
    expect(parseComponent(pattern)!.isShortened).toBe(isShortened);
  },
);

test.each(["/\u00e9", "/a?", "/a)", "/{a", "/a}", "/+", "/{a{b}}"])(
  "parseComponent() does not know %s",
  (pattern) => {
    expect(parseComponent(pattern)).toBe(undefined);
  },
);

test("exampleOf() gives a path that the parts match", () => {
  expect(exampleOf([{ literal: "/a/" }, "segment", { literal: "/" }, "any"])).toBe("/a/x/");
});
