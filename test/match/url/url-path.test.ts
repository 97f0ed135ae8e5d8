import { expect, test } from "vitest";
import { pathOf } from "../../../src/match/url/url-path.ts";

test.each([
  ["http://site.test/", "/"],
  ["http://a/b", "/b"],
  ["https://a/b", "/b"],
  ["https://site.test:8443/a/b", "/a/b"],
  ["https://site.test/a?b=/c", "/a"],
  ["https://site.test/a#/c", "/a"],
  ["https://site.test/a#b?c", "/a"],
  ["https://site.test//other.test/a", "//other.test/a"],
  ["https://site.test/%C3%A9%2Fa", "/%C3%A9%2Fa"],
  ["http://[2001:db8::1]:8080/a", "/a"],
  ["http://[2001:DB8::A]:80/a", "/a"],
  ["http://SITE.test/a", "/a"],
  ["http://site.test.:80/a", "/a"],
  ["http://under_score.test/a", "/a"],
  ["http://user:pass@site.test/a", "/a"],
  ["http://a@b/c@site.test/d", "/c@site.test/d"],
  ["file:///etc/hosts", "/etc/hosts"],
  ["ws://site.test/socket", "/socket"],
  ["mailto:a@site.test", "a@site.test"],
  ["data:text/html,a?b", "text/html,a"],
  ["about:blank", "blank"],
  ["httpx://site.test/a", "/a"],
])("pathOf() of %s is %s", (url, path) => {
  expect(pathOf(url)).toBe(path);
});

test.each(["", "/a", "//site.test/a", "site.test/a", "*", "http://"])(
  "pathOf() of %j, which is no URL, is all of it",
  (text) => {
    expect(pathOf(text)).toBe(text);
  },
);

test.each([
  "http://site.test",
  "http://u:p@site.test:80/a",
  "https://site.test?b=/c",
  "https://site.test#/c",
  "HTTP://site.test/a",
  "http://[::1/a",
  "http://[::1]x/a",
  "http:site.test/a",
  "http:///site.test/a",
])("pathOf() of %s, which the URL Standard writes in another way, is all of it", (text) => {
  expect(pathOf(text)).toBe(text);
});

test.each([
  ['http://site.test/x<b>"/../y', "/x%3Cb%3E%22/../y"],
  ["http://site.test/a b\u00e9`{}", "/a%20b%C3%A9%60%7B%7D"],
  ["http://site.test/\ud800", "/%EF%BF%BD"],
  ["http://site.test\\<a", "http://site.test%5C%3Ca"],
  ["not a url", "not%20a%20url"],
])("pathOf() encodes what was not in %j", (url, path) => {
  expect(pathOf(url)).toBe(path);
});
