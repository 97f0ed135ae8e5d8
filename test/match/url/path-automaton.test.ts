import { expect, test } from "vitest";
import { compileAutomaton } from "../../../src/match/url/path-automaton.ts";
import type { PathPart } from "../../../src/match/url/path-part.ts";
import { expectWithin } from "../../_fast.ts";

function matching(parts: PathPart[], texts: string[]): string[] {
  const test = compileAutomaton(parts);
  return texts.filter((text) => test(text, 0, text.length));
}

test("compileAutomaton() of nothing matches the empty text", () => {
  expect(matching([], ["", "a"])).toEqual([""]);
});

test("compileAutomaton() of a text matches that text as a whole", () => {
  expect(matching([{ literal: "ab" }], ["", "a", "ab", "abc", "xab", "AB"])).toEqual(["ab"]);
});

test('compileAutomaton() of "any" matches slashes and nothing', () => {
  expect(matching([{ literal: "a" }, "any", { literal: "b" }], ["ab", "a/b", "a//bb", "a", "abc"])).toEqual([
    "ab",
    "a/b",
    "a//bb",
  ]);
});

test('compileAutomaton() of "segment" matches one character or more, but no slash', () => {
  expect(matching([{ literal: "/" }, "segment"], ["/", "/a", "/abc", "/a/b", "//"])).toEqual(["/a", "/abc"]);
});

test.each(
  [
    ["?", ["", "/a"]],
    ["+", ["/a", "/a/b", "/a/b/c"]],
    ["*", ["", "/a", "/a/b", "/a/b/c"]],
  ] as const,
)("compileAutomaton() of a group with %s matches %j", (modifier, matched) => {
  const group: PathPart = { group: [{ literal: "/" }, "segment"], modifier };
  expect(matching([group], ["", "/", "/a", "/a/", "/a/b", "//b", "/a/b/c"])).toEqual(matched);
});

test("compileAutomaton() matches a repeated group that may be empty", () => {
  const group: PathPart = { group: ["any"], modifier: "+" };
  expect(matching([group, { literal: "b" }], ["b", "ab", "a/b", "a", ""])).toEqual(["b", "ab", "a/b"]);
});

test("compileAutomaton() looks at no more than the text between the positions", () => {
  const test = compileAutomaton([{ literal: "b" }, "segment"]);
  expect([test("abcd", 1, 3), test("abcd", 1, 2), test("abcd", 0, 3), test("ab/", 1, 3)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test("compileAutomaton() matches no text outside ASCII", () => {
  expect(matching(["any"], ["\u00e9", "a\u{1f600}"])).toEqual([]);
});

test.each([31, 32, 33, 63, 64, 65, 200])("compileAutomaton() matches a text of %i places", (length) => {
  const text = "ab".repeat(length).slice(0, length);
  expect(matching([{ literal: text }, "any"], [text, `${text}x`, text.slice(1), text.slice(0, -1)])).toEqual([
    text,
    `${text}x`,
  ]);
});

test("compileAutomaton() gives the same answer when asked again", () => {
  const test = compileAutomaton(["segment", { literal: "/" }, "any", { literal: "z" }]);
  expect(["a/z", "a/", "a/yz", "/z", "a/z"].map((text) => test(text, 0, text.length))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

test("compileAutomaton() stays linear on a text that makes expressions backtrack", () => {
  const parts: PathPart[] = [];
  for (let i = 0; i < 20; i++) parts.push("any", { literal: "a" });
  parts.push({ literal: "b" });
  const test = compileAutomaton(parts);
  const text = "a".repeat(100_000);
  expectWithin(1_000, () => {
    expect(test(text, 0, text.length)).toBe(false);
  });
});
