import { afterEach, expect, test, vi } from "vitest";
import { urlPatternClass } from "../../../src/match/url/url-pattern-class.ts";

afterEach(() => void vi.unstubAllGlobals());

test("urlPatternClass() is the runtime's own", () => {
  expect(urlPatternClass()).toBe((globalThis as { URLPattern?: unknown }).URLPattern);
});

test("urlPatternClass() is the polyfill's where the runtime has none", () => {
  vi.stubGlobal("URLPattern", undefined);
  const pattern = new (urlPatternClass())({ pathname: "/docs/*" });
  expect([pattern.test("http://site.test/docs/a"), pattern.test("http://site.test/")]).toEqual([true, false]);
});

test("urlPatternClass() says what to do where there is none at all", () => {
  vi.stubGlobal("URLPattern", undefined);
  vi.stubGlobal("process", undefined);
  const message =
    "Cannot compile URL patterns: this runtime has no URLPattern and urlpattern-polyfill cannot be loaded: " +
    'write import "urlpattern-polyfill" before the gate is made, or use regular expressions';
  let thrown: unknown;
  try {
    urlPatternClass();
  } catch (error) {
    thrown = error;
  }
  vi.unstubAllGlobals();
  expect(thrown).toMatchObject({ code: "ERR_RUNTIME", message, cause: expect.any(TypeError) });
});
