import fc from "fast-check";
import { expect, test } from "vitest";
import type { UrlPattern, UrlPatternInit } from "../../src/match/url/types.ts";
import { compileUrlPatterns } from "../../src/match/url/url-patterns.ts";

/** A piece of a pattern, and texts that it matches or nearly matches. */
interface Piece {
  pattern: string;
  examples: readonly string[];
}

const LITERALS = [
  "/",
  "/",
  "/",
  "//",
  "a",
  "ab",
  "b",
  "B",
  "1",
  ".",
  "..",
  "-",
  "_",
  "~",
  "!",
  "'",
  ",",
  ";",
  "=",
  "@",
  "$",
  "&",
  "|",
  "^",
  "[",
  "]",
  "%20",
  "%2f",
  "%2F",
  "%5C",
  "%00",
  "%41",
  "%",
  "\u00e9",
  "\u65e5",
  "\u{1f600}",
  " ",
  '"',
  "<",
  ">",
  "`",
];

const literal: fc.Arbitrary<Piece> = fc.constantFrom(...LITERALS)
  .map((text) => ({ pattern: text, examples: [text, text, ""] }));

const escaped: fc.Arbitrary<Piece> = fc.constantFrom(..."*:?+{}()\\.a/#\u00e9")
  .map((char) => ({ pattern: `\\${char}`, examples: [char] }));

const SEGMENTS = ["a", "b", "ab", "1", "a.b", "a-b", "\u00e9", "", "a/b", "/"];

const name: fc.Arbitrary<Piece> = fc.constantFrom(":id", ":a", ":b1", ":$", ":_x", ":\u00e9t\u00e9", ":\u65e5")
  .map((pattern) => ({ pattern, examples: SEGMENTS }));

const star: fc.Arbitrary<Piece> = fc.constant({ pattern: "*", examples: ["", ...SEGMENTS, "a//b"] });

const regexp: fc.Arbitrary<Piece> = fc.constantFrom<Piece>(
  { pattern: "(\\d+)", examples: ["1", "12", "a", ""] },
  { pattern: "(a|b)", examples: ["a", "b", "c", "ab"] },
  { pattern: "([^/]*)", examples: ["", "a", "a/b"] },
  { pattern: "(.*)", examples: ["", "a", "a/b"] },
  { pattern: "(a?b)", examples: ["b", "ab", "a"] },
  { pattern: "(?:a)", examples: ["a", ""] },
  { pattern: ":n(\\w{1,2})", examples: ["a", "ab", "abc"] },
);

const modifier = fc.constantFrom("", "", "", "?", "+", "*");

/** Writes a modifier behind a piece, and repeats its examples. */
function modified(piece: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  return fc.tuple(piece, modifier).map(([{ pattern, examples }, mark]) => ({
    pattern: pattern + mark,
    examples: mark === "" ? examples : [...examples, "", ...examples.map((text) => text + text), "/a/b"],
  }));
}

function inBraces(inner: fc.Arbitrary<Piece>): fc.Arbitrary<Piece> {
  const plain = fc.constantFrom("", "", "/", "a", "-", ".", "\u00e9");
  return fc.tuple(plain, fc.option(inner, { nil: { pattern: "", examples: [""] } }), plain).map((
    [before, in_, after],
  ) => ({
    pattern: `{${before}${in_.pattern}${after}}`,
    examples: in_.examples.map((text) => before + text + after),
  }));
}

const group = fc.oneof(name, star);

/** Pieces that need no regular expression of the user. */
const plainPiece = fc.oneof(
  { weight: 6, arbitrary: literal },
  { weight: 1, arbitrary: escaped },
  { weight: 4, arbitrary: modified(group) },
  { weight: 3, arbitrary: modified(inBraces(group)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(":", "{}", "{", "}", "?", "+", ")").map((pattern) => ({ pattern, examples: [""] })),
  },
);

const anyPiece = fc.oneof(
  { weight: 4, arbitrary: plainPiece },
  { weight: 1, arbitrary: modified(regexp) },
  { weight: 1, arbitrary: modified(inBraces(regexp)) },
);

/** A path pattern, and paths near to what it matches. */
interface Sample {
  pattern: string;
  paths: string[];
}

function sample(piece: fc.Arbitrary<Piece>, maxLength: number): fc.Arbitrary<Sample> {
  const choices = fc.array(fc.array(fc.nat(), { minLength: maxLength, maxLength }), { minLength: 1, maxLength: 6 });
  return fc.tuple(fc.array(piece, { maxLength }), choices, fc.constantFrom("", "?q", "?%2F", "#h", "?a#/b")).map(
    ([pieces, choices, rest]) => ({
      pattern: `/${pieces.map(({ pattern }) => pattern).join("")}`,
      paths: choices.map((choice) =>
        `/${pieces.map(({ examples }, i) => examples[choice[i]! % examples.length]!).join("")}${rest}`
      ),
    }),
  );
}

const stray = fc.array(fc.constantFrom(...LITERALS, "?", "#", "a/"), { maxLength: 8 }).map((pieces) =>
  `/${pieces.join("")}`
);

/** A URL as `Request.url` gives it. */
function requestUrl(path: string, origin = "http://h.test"): string {
  return new Request(new URL(origin + path.replace(/#/, "%23"))).url;
}

/** What the standard says: `URLPattern.test`, but no path that an app may read as another one. */
function expected(patterns: readonly URLPattern[], url: string): boolean {
  return patterns.some((pattern) => pattern.test(url)) && !/;|%(?:2f|5c|00|3f|23)/i.test(new URL(url).pathname);
}

function construct(input: string | UrlPatternInit): URLPattern | undefined {
  try {
    return new URLPattern(input as URLPatternInit);
  } catch {
    return undefined;
  }
}

/**
 * Whether the runtime's own `URLPattern` answers in time: it tries all ways to share a path out among repetitions, and
 * one within another takes it exponential time. "/{:a}{*}+b" on a path of 30 characters took Node more than 20 seconds.
 */
function isQuick(pattern: string, url: string): boolean {
  const repeated = /(?:[}*)]|:[$_\p{ID_Start}][$\p{ID_Continue}]*)[*+]/u.test(pattern);
  return new URL(url).pathname.length <= (repeated ? 16 : 60);
}

/** Both tests, or nothing where both refuse the pattern. */
function compileBoth(patterns: readonly UrlPattern[], native: readonly (URLPattern | undefined)[]) {
  if (native.includes(undefined)) {
    expect(() => compileUrlPatterns(patterns, "ignoreUrls")).toThrow(/must be a valid URLPattern, received /);
    return undefined;
  }
  try {
    return { ours: compileUrlPatterns(patterns, "ignoreUrls"), native: native as URLPattern[] };
  } catch (error) {
    // Some that repeat a part are refused, because the runtime may be slow with them.
    expect((error as Error).message).toMatch(/" must be a pattern whose cost is bounded, /);
    expect(patterns).toContainEqual(expect.toSatisfy(repeatsPart));
    return undefined;
  }
}

/** Whether a pattern repeats a part with a regular expression, or with text around a name. */
function repeatsPart(pattern: UrlPattern): boolean {
  const text = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
  return /[)}][*+]/.test(text);
}

function compareAll(tests: ReturnType<typeof compileBoth>, urls: readonly string[]): void {
  if (tests === undefined) return;
  for (const url of urls) expect([url, tests.ours(url)]).toEqual([url, expected(tests.native, url)]);
}

test("compileUrlPatterns() equals URLPattern.test for path patterns without regular expressions", () => {
  fc.assert(
    fc.property(sample(plainPiece, 6), fc.array(stray, { maxLength: 3 }), ({ pattern, paths }, others) => {
      const tests = compileBoth([pattern], [construct({ pathname: pattern })]);
      const urls = [...paths, ...others].map((path) => requestUrl(path));
      compareAll(tests, urls.filter((url) => isQuick(pattern, url)));
    }),
    { numRuns: 1_000 },
  );
});

test("compileUrlPatterns() equals URLPattern.test for path patterns with regular expressions", () => {
  // Few pieces, because patterns with many repetitions are not tried on long URLs.
  fc.assert(
    fc.property(sample(anyPiece, 3), fc.array(stray, { maxLength: 3 }), ({ pattern, paths }, others) => {
      fc.pre((pattern.match(/[*+]|:|\{\d/g)?.length ?? 0) <= 3);
      const tests = compileBoth([pattern], [construct({ pathname: pattern })]);
      const urls = [...paths, ...others].map((path) => requestUrl(path, "http://h"));
      compareAll(tests, urls.filter((url) => isQuick(pattern, url)));
    }),
    { numRuns: 1_000 },
  );
});

test("compileUrlPatterns() equals URLPattern.test of any of many patterns", () => {
  const samples = fc.array(sample(plainPiece, 4), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(samples, fc.array(stray, { maxLength: 3 }), (samples, others) => {
      const valid = samples.filter(({ pattern }) => construct({ pathname: pattern }) !== undefined);
      fc.pre(valid.length > 0);
      const patterns = valid.map(({ pattern }) => pattern);
      const tests = compileBoth(patterns, patterns.map((pathname) => construct({ pathname })));
      const urls = [...samples.flatMap(({ paths }) => paths), ...others].map((path) => requestUrl(path));
      compareAll(tests, urls.filter((url) => patterns.every((pattern) => isQuick(pattern, url))));
    }),
    { numRuns: 300 },
  );
});

test("compileUrlPatterns() equals URLPattern.test for patterns that share their beginnings", () => {
  const part = fc.constantFrom(
    "/a",
    "/ab",
    "/abc",
    "/b",
    "/:x",
    "/:y",
    "/*",
    "/a:z",
    "/",
    "/a{b}?",
    "/:w?",
    "c*",
    "/c",
    "/d",
    "/e",
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join(""));
  const path = fc.array(fc.constantFrom("/a", "/ab", "/abc", "/b", "/c", "/d", "/e", "/", "c", "/x"), {
    minLength: 1,
    maxLength: 6,
  }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 20 }),
      fc.array(path, { minLength: 5 }),
      (patterns, paths) => {
        const valid = patterns.filter((pathname) => pathname.startsWith("/") && construct({ pathname }) !== undefined);
        fc.pre(valid.length > 0);
        const tests = compileBoth(valid, valid.map((pathname) => construct({ pathname })));
        compareAll(tests, paths.map((path) => requestUrl(path)));
      },
    ),
    { numRuns: 500 },
  );
});

const ORIGINS = [
  "http://h.test",
  "https://h.test",
  "http://h.test:8080",
  "https://h.test:8443",
  "http://www.h.test",
  "http://x.www.h.test",
  "http://h.test.evil.test",
  "http://127.0.0.1",
  "http://[::1]:3000",
  "http://xn--bcher-kva.test",
  "http://x_y.test",
];

const origin = fc.constantFrom(...ORIGINS);

const originPattern = fc.constantFrom(
  ...ORIGINS.filter((each) => !each.includes("[")),
  "http{s}?://h.test",
  "http(s?)://h.test",
  "*://h.test",
  ":scheme://h.test",
  "*://*",
  "http://*",
  "http://*.h.test",
  "http://{*.}?h.test",
  "http://:sub.h.test",
  "http://h.test:*",
  "http://h.test::port",
  "http://*:8080",
  "HTTP://H.test",
  "http://b\u00fccher.test",
);

const rest = fc.constantFrom("", "", "", "?*", "\\?*", "?q", "?q=:x", "#*", "#:x");

test("compileUrlPatterns() equals URLPattern.test for patterns of whole URLs", () => {
  const path = sample(fc.oneof(literal, star, name), 4);
  fc.assert(
    fc.property(
      originPattern,
      path,
      rest,
      fc.array(origin, { minLength: 3 }),
      (front, { pattern, paths }, back, origins) => {
        fc.pre(!pattern.startsWith("//") && (front + pattern).match(/[*]|:[$_\p{ID_Start}]/gu)?.length !== 4);
        const text = `${front}${pattern}${back}`;
        const native = construct(text);
        fc.pre(native === undefined || native.pathname !== "*");
        fc.pre((pattern.match(/[*+]|:/g)?.length ?? 0) <= 2);
        const urls = origins.flatMap((origin) =>
          paths.flatMap((path) => [requestUrl(path, origin), requestUrl("/a?q=1", origin)])
        );
        compareAll(compileBoth([text], [native]), urls);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("compileUrlPatterns() equals URLPattern.test for parts and for URLPattern objects", () => {
  const path = sample(fc.oneof(literal, star, name), 3);
  const init = fc.record({
    protocol: fc.constantFrom("http", "https", "http{s}?", "*"),
    hostname: fc.constantFrom("h.test", "*.h.test", "127.0.0.1", "{:sub.}?h.test"),
    port: fc.constantFrom("", "8080", "*", ":p"),
    pathname: path.map(({ pattern }) => pattern),
    search: fc.constantFrom("", "q", "q=*", "*"),
    hash: fc.constantFrom("", "*"),
  }, { requiredKeys: [] }).filter((init) => Object.keys(init).length > 0);
  fc.assert(
    fc.property(
      init,
      fc.boolean(),
      path,
      fc.array(origin, { minLength: 3 }),
      (init, ignoreCase, { paths }, origins) => {
        // What the runtime would be left with at too high a cost is refused, or not tried.
        fc.pre(
          (init.pathname?.match(/[*+]|:/g)?.length ?? 0) <= 2 && !/\*\*|[^/]:[^/]+?[*+]/.test(init.pathname ?? ""),
        );
        const urls = origins.flatMap((origin) =>
          [...paths, "/", "/?q", "/?q=1"].map((path) => requestUrl(path, origin))
        );
        const native = construct(init);
        compareAll(compileBoth([init], [native]), urls);
        if (native === undefined) return;
        const folding = new URLPattern(init, { ignoreCase });
        compareAll(compileBoth([folding], [folding]), urls);
      },
    ),
    { numRuns: 500 },
  );
});

const classAtom = fc.constantFrom(
  "a",
  "b",
  "/",
  "-",
  "1",
  "a-c",
  "A-Z",
  "0-9",
  "\\d",
  "\\w",
  "\\W",
  "\\s",
  "%",
  ".",
  "\\/",
  "\\-",
);

const atom = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "B",
    "1",
    "/",
    "\\/",
    "\\.",
    ".",
    "-",
    "%",
    "_",
    "=",
    "\\d",
    "\\D",
    "\\w",
    "\\S",
    "\\x61",
    "\\u0062",
  ),
  fc.tuple(fc.constantFrom("[", "[^"), fc.array(classAtom, { minLength: 1, maxLength: 3 })).map(([open, atoms]) =>
    `${open}${atoms.join("")}]`
  ),
);

const quantifier = fc.constantFrom("", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "{2,}");

/** The source of a regular expression; of each the runtime has to say whether it is one. */
const { expression } = fc.letrec<{ expression: string; sequence: string; term: string }>((tie) => ({
  expression: fc.array(tie("sequence"), { minLength: 1, maxLength: 3 }).map((each) => each.join("|")),
  sequence: fc.tuple(
    fc.constantFrom("", "", "^", "^/"),
    fc.array(tie("term"), { maxLength: 4 }),
    fc.constantFrom("", "", "", "$"),
  ).map(([start, terms, end]) => start + terms.join("") + end),
  term: fc.tuple(
    fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      { weight: 4, arbitrary: atom },
      {
        weight: 1,
        arbitrary: fc.tuple(fc.constantFrom("(", "(?:", "(?:", "(?=", "(?!", "(?<="), tie("expression")).map(
          ([open, inner]) => `${open}${inner})`,
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom("\\b", "\\1", "\\B", "[^]", "[]", "(?<n>a)", "\\k<n>") },
    ),
    quantifier,
  ).map((parts) => parts.join("")),
}));

const flags = fc.constantFrom("", "", "", "g", "i", "gi", "m", "s", "u", "iu", "v", "iv", "y");

function constructRegExp(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** What is compiled, or nothing if the cost of the pattern is not bounded. */
function compileBounded(pattern: RegExp) {
  try {
    return compileUrlPatterns([pattern], "ignoreUrls");
  } catch (error) {
    expect((error as TypeError).message).toMatch(
      /^Cannot .* "ignoreUrls\[0\]" must be a pattern whose cost is bounded, /,
    );
    return undefined;
  }
}

test("compileUrlPatterns() equals RegExp.test of the path for regular expressions", () => {
  const path = fc.array(fc.constantFrom(..."aabbBc1/.-%_="), { maxLength: 12 }).map((chars) => `/${chars.join("")}`);
  fc.assert(
    fc.property(expression, flags, fc.array(path, { minLength: 3 }), (source, flags, paths) => {
      const pattern = constructRegExp(source, flags);
      fc.pre(pattern !== undefined);
      const ours = compileBounded(pattern);
      fc.pre(ours !== undefined);
      for (const path of paths) {
        const url = requestUrl(path);
        const { pathname } = new URL(url);
        pattern.lastIndex = 0;
        const expected = pattern.test(pathname) && !/;|%(?:2f|5c|00|3f|23)/i.test(pathname);
        // Beyond five repetitions a path of twelve characters may be too long to be tried.
        const tried = ours(url) || (source.match(/[*+{]/g)?.length ?? 0) <= 5;
        expect([url, tried ? ours(url) : expected]).toEqual([url, expected]);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("compileUrlPatterns() equals a loop of RegExp.test for many regular expressions", () => {
  const path = fc.array(fc.constantFrom(..."aabbBc1/.-_="), { maxLength: 12 }).map((chars) => `/${chars.join("")}`);
  const many = fc.array(fc.tuple(expression, flags), { minLength: 50, maxLength: 150 });
  // About 10 000 expressions.
  fc.assert(
    fc.property(many, fc.array(path, { minLength: 50, maxLength: 150 }), (sources, paths) => {
      const patterns = sources.flatMap(([source, flags]) => {
        // Few repetitions, because more of them are not tried on paths as long as these.
        const repetitions = source.replaceAll("(?", "(").match(/[*+{?]/g)?.length ?? 0;
        const pattern = repetitions <= 2 ? constructRegExp(source, flags) : undefined;
        return pattern !== undefined && compileBounded(pattern) !== undefined ? [pattern] : [];
      });
      // Most expressions match most paths: each goes into one list only, so that some paths match none of a list.
      const lists = Array.from({ length: 10 }, (_, list) => patterns.filter((_, index) => index % 10 === list));
      const urls = [...new Set(paths.map((path) => requestUrl(path)))];
      for (const list of [...lists, patterns]) {
        const ours = compileUrlPatterns(list, "ignoreUrls");
        const loop = (url: string) =>
          list.some((pattern) => {
            pattern.lastIndex = 0;
            return pattern.test(new URL(url).pathname);
          });
        expect(urls.filter(ours)).toEqual(urls.filter(loop));
      }
    }),
    { numRuns: 100 },
  );
});

test("compileUrlPatterns() equals URLPattern.test for path patterns with any regular expression", () => {
  const path = fc.array(fc.constantFrom(..."aabbBc1/.-_="), { maxLength: 10 }).map((chars) => `/${chars.join("")}`);
  fc.assert(
    fc.property(expression, modifier, fc.array(path, { minLength: 3 }), (source, mark, paths) => {
      const pathname = `/:a(${source})${mark}`;
      fc.pre((source.match(/[*+{]/g)?.length ?? 0) <= 2 && construct({ pathname }) !== undefined);
      let ours: (url: string) => boolean;
      try {
        ours = compileUrlPatterns([pathname], "ignoreUrls");
      } catch {
        return;
      }
      for (const path of paths) {
        const url = requestUrl(path, "http://h");
        expect([url, ours(url)]).toEqual([url, expected([construct({ pathname })!], url)]);
      }
    }),
    { numRuns: 500 },
  );
});

test("compileUrlPatterns() lets nothing pass that URLPattern.test does not, however a URL is written", () => {
  const raw = fc.array(
    fc.constantFrom(
      "http://",
      "https:",
      "h.test",
      "u:p@",
      "@",
      ":80",
      "/",
      "\\",
      "a",
      "..",
      "%2e",
      "?",
      "#",
      "\t",
      "\0",
      " ",
      "\u00e9",
    ),
    { maxLength: 10 },
  ).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(
      fc.array(sample(plainPiece, 3), { minLength: 1, maxLength: 3 }),
      fc.array(raw, { minLength: 3 }),
      (samples, raws) => {
        const patterns = ["/a", "/a/*", ...samples.map(({ pattern }) => pattern)]
          .filter((pathname) => construct({ pathname }) !== undefined && !repeatsPart(pathname));
        const ours = compileUrlPatterns(patterns, "ignoreUrls");
        const native = patterns.map((pathname) => construct({ pathname })!);
        const urls = raws.flatMap((raw) => [raw, `http://h.test${raw}`, `http://h.test/${raw}`]);
        const wrong = urls.filter((url) =>
          URL.canParse(url) && ours(url) && !native.some((pattern) => pattern.test(url))
        );
        expect(wrong).toEqual([]);
      },
    ),
    { numRuns: 500 },
  );
});
