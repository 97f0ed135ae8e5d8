import { expect, test } from "vitest";
import { parsePathPattern } from "../../../src/match/url/path-pattern.ts";

test.each([
  ["", []],
  ["/", [{ literal: "/" }]],
  ["/a/b.c-d~e%20f", [{ literal: "/a/b.c-d~e%20f" }]],
  ["/*", [{ literal: "/" }, "any"]],
  ["/a*b", [{ literal: "/a" }, "any", { literal: "b" }]],
  ["/:id", [{ literal: "/" }, "segment"]],
  ["/a/:id/b", [{ literal: "/a/" }, "segment", { literal: "/b" }]],
  ["/:\u00e9t\u00e9/b", [{ literal: "/" }, "segment", { literal: "/b" }]],
  ["/:a:b", [{ literal: "/" }, "segment", "segment"]],
  ["/a/:id?", [{ literal: "/a" }, { group: [{ literal: "/" }, "segment"], modifier: "?" }]],
  ["/a/:id*", [{ literal: "/a" }, { group: [{ literal: "/" }, "segment"], modifier: "*" }]],
  ["/a:id+", [{ literal: "/a" }, { group: ["segment"], modifier: "+" }]],
  ["/**", [{ group: [{ literal: "/" }, "any"], modifier: "*" }]],
  ["/a{b}", [{ literal: "/ab" }]],
  ["/a{b}c", [{ literal: "/abc" }]],
  ["/a{b}?", [{ literal: "/a" }, { group: [{ literal: "b" }], modifier: "?" }]],
  ["/a{b:id-c}+d", [
    { literal: "/a" },
    { group: [{ literal: "b" }, "segment", { literal: "-c" }], modifier: "+" },
    { literal: "d" },
  ]],
  ["/a{b*c}d", [{ literal: "/ab" }, "any", { literal: "cd" }]],
  ["/{:id}x", [{ literal: "/" }, "segment", { literal: "x" }]],
  ["/\\*\\:\\{\\?\\+\\(", [{ literal: "/*:{?+(" }]],
  ["/a:", [{ literal: "/a:" }]],
  ["/a:1", [{ literal: "/a:1" }]],
])("parsePathPattern() reads %s", (pattern, parts) => {
  expect(parsePathPattern(pattern)).toEqual(parts);
});

test.each([
  ["/(a)", 1],
  ["/:id(a)", 1],
  ["/b/:id(a|c)", 1],
  ["/b(a)", 1],
])("parsePathPattern() reads the regular expression in %s", (pattern, at) => {
  expect(parsePathPattern(pattern)?.[at]).toHaveProperty("anyOf");
});

test("parsePathPattern() lets a regular expression be repeated with the slash in front of it", () => {
  expect(parsePathPattern("/b/:id(a)?")).toMatchObject([
    { literal: "/b" },
    { group: [{ literal: "/" }, { anyOf: [[{}]] }], modifier: "?" },
  ]);
});

test.each([
  "/((?=a).*)",
  "/:id((?!a).*)",
  "/{a(\\ba)b}",
  "/{a:id((a)\\1)}",
  "/a)",
  "/a}",
  "/{a",
  "/a+",
  "/a?",
  "/\u00e9",
  "/a\u007f",
])("parsePathPattern() leaves %s to the runtime", (pattern) => {
  expect(parsePathPattern(pattern)).toBe(undefined);
});
