import { expect, test } from "vitest";
import { compileAutomaton } from "../../../src/match/url/path-automaton.ts";
import { parseRegExp } from "../../../src/match/url/regexp-parser.ts";
import { expectWithin } from "../../_fast.ts";

/** The texts that an expression matches. */
function matching({ source, flags }: Pick<RegExp, "source" | "flags">, texts: string[], whole = false): string[] {
  const test = compileAutomaton(parseRegExp(source, flags, whole)!);
  return texts.filter((text) => test(text, 0, text.length));
}

test.each([
  [/b/, ["b", "abc"], ["a", ""]],
  [/^b/, ["b", "bc"], ["ab"]],
  [/b$/, ["b", "ab"], ["bc"]],
  [/^b$/, ["b"], ["bb", "ab", ""]],
  [/^a|b$/, ["a", "ab", "xb", "ax"], ["xa", "bx"]],
  [/^a|^b/, ["a", "bc"], ["xa", "xb"]],
  [/^(?:a|b)c$/, ["ac", "bc"], ["a", "abc", "c"]],
  [/^(a(b|c)d)$/, ["abd", "acd"], ["ad", "abcd"]],
  [/^(?<name>a)$/, ["a"], ["b"]],
  [/^ab?c*d+$/, ["ad", "abccd", "acddd"], ["a", "abbd"]],
  [/^ab??c*?d+?$/, ["ad", "abccd", "acddd"], ["a", "abbd"]],
  [/^a{2}$/, ["aa"], ["a", "aaa"]],
  [/^a{2,}$/, ["aa", "aaaa"], ["a", ""]],
  [/^a{1,3}b$/, ["ab", "aaab"], ["b", "aaaab"]],
  [/^a{0}b$/, ["b"], ["ab"]],
  [/^a{0,1}?b$/, ["b", "ab"], ["aab"]],
  [/^(?:ab){2}$/, ["abab"], ["ab", "abb"]],
  [/^(?:|a)b$/, ["b", "ab"], ["a"]],
  [/^.$/, ["a", "/", "%"], ["", "ab"]],
  [/^[abc]$/, ["a", "c"], ["d", ""]],
  [/^[^abc]$/, ["d", "/"], ["a", ""]],
  [/^[a-c1-3]$/, ["b", "2"], ["d", "4", "-"]],
  [/^[a-]$/, ["a", "-"], ["b"]],
  [/^[-a]$/, ["a", "-"], ["b"]],
  [/^[\w.-]$/, ["a", "_", ".", "-"], ["/", "%"]],
  [/^[^\d/]$/, ["a"], ["1", "/"]],
  [/^[^]$/, ["a"], [""]],
  [/^\d\D\w\W\s\S$/, ["1ab/ x"], ["1ab/xx", "aab/ x"]],
  [/^\/\.\*\-$/, ["/.*-"], ["/a*-"]],
  [/^\x61\u0062$/, ["ab"], ["x61", "a"]],
  [/^AbC$/i, ["abc", "ABC"], ["abd"]],
  [/^[a-z]$/i, ["A", "z"], ["1", "["]],
  [/^[^a-z]$/i, ["1"], ["A", "a"]],
  [/^[W-c]$/i, ["A", "w", "Z", "^"], ["d", "V"]],
  [/^\u212a$/i, [], ["k", "K"]],
])("parseRegExp() reads %s", (pattern, inside, outside) => {
  expect(matching(pattern, [...inside, ...outside])).toEqual(inside);
  expect([...inside, ...outside].filter((text) => pattern.test(text))).toEqual(inside);
});

test("parseRegExp() reads an expression that has to match all of the text", () => {
  expect(matching({ source: "a|bc", flags: "v" }, ["a", "bc", "abc", "ab", "xa"], true)).toEqual(["a", "bc"]);
});

test.each([
  /(?=a)/,
  /(?!a)/,
  /(?<=a)b/,
  /(?<!a)b/,
  /(a)\1/,
  /(?<n>a)\k<n>/,
  /\bword\b/,
  /a\Bb/,
  /a^b/,
  /a$b/,
  /(?:^a)/,
  /(?:a$)/,
  /\p{L}/u,
  /\u{61}/u,
  /\0/,
  /\cA/,
  /[\b]/,
  /[\d-z]/,
  /[a-\d]/,
  /a/iu,
  /a{201}/,
  /(?:a{20}){20}/,
  /a{0,201}/,
])("parseRegExp() leaves %s to the runtime", ({ source, flags }) => {
  expect(parseRegExp(source, flags, false)).toBe(undefined);
});

test.each(["[[a]b]", "[a&&b]", "[a--b]", "[^a--b]", "[\\q{a|b}]", "[a]|[b--c]"])(
  "parseRegExp() leaves %s, where classes have operators, to the runtime",
  (source) => {
    expect(parseRegExp(source, "v", false)).toBe(undefined);
  },
);

test("parseRegExp() leaves an expression that ignores case in Unicode to the runtime", () => {
  expect([parseRegExp("a", "iu", false), parseRegExp("a", "iv", false)]).toEqual([undefined, undefined]);
});

test.each(["^", "$"])("parseRegExp() leaves %s in a pattern of a URL to the runtime", (sign) => {
  expect(parseRegExp(`${sign}a`, "v", true) && parseRegExp(`a${sign}`, "v", true)).toBe(undefined);
});

test("parseRegExp() stays bounded where repetitions of repetitions are written out", () => {
  expectWithin(1_000, () => {
    expect(parseRegExp("(?:(?:(?:(?:a{9}){9}){9}){9}){9}", "", false)).toBe(undefined);
    expect(parseRegExp("a{999999999}", "", false)).toBe(undefined);
    expect(parseRegExp("(?:){999999999}", "", false)).toBe(undefined);
  });
});
