import fc from "fast-check";
import { expect, test } from "vitest";
import { compileRequestPatterns } from "../../src/match/url/methods.ts";
import { compileUrlPatterns } from "../../src/match/url/url-patterns.ts";

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PROPFIND", "M-SEARCH"];
const PATHS = ["/a", "/b", "/a/b", "/c/*", "/:id"];

test("a list of patterns matches what one of them does, by its methods and by its URL", () => {
  const pattern = fc.record({
    methods: fc.uniqueArray(fc.constantFrom(...METHODS), { maxLength: 3 }),
    path: fc.constantFrom(...PATHS),
  });
  const request = fc.record({
    method: fc.constantFrom(...METHODS, "BREW", "get"),
    path: fc.constantFrom("/a", "/b", "/a/b", "/c/d", "/d", "/"),
  });
  fc.assert(fc.property(fc.array(pattern), request, (patterns, { method, path }) => {
    const texts = patterns.map(({ methods, path }) => [methods.join(), path].filter((text) => text !== "").join(" "));
    const url = `http://site.test${path}`;
    const isMatch = patterns.some(({ methods, path }) => {
      const isMeant = methods.length === 0 || methods.includes(method) || method === "HEAD" && methods.includes("GET");
      return isMeant && compileUrlPatterns([path], "urls")(url);
    });
    const matches = compileRequestPatterns(texts, "urls", compileUrlPatterns);
    expect(matches({ url, method, headers: new Headers() })).toBe(isMatch);
  }));
});
