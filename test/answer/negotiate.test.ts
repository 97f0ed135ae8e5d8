import { expect, test } from "vitest";
import { negotiate } from "../../src/answer/negotiate.ts";
import { expectWithin } from "../_fast.ts";

test.each([
  [
    "Chrome",
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
  ],
  ["Firefox", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"],
  ["Firefox 132", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Safari", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Internet Explorer", "text/html, application/xhtml+xml, image/jxr, */*"],
  ["Lynx", "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01"],
])("negotiate() answers %s with HTML", (_who, accept) => {
  expect(negotiate(accept)).toBe("html");
});

test.each([
  ["an image element", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"],
  ["a style sheet", "text/css,*/*;q=0.1"],
  ["curl and fetch()", "*/*"],
])("negotiate() leaves it open how to answer %s", (_who, accept) => {
  expect(negotiate(accept)).toBe("html-or-json");
});

test.each([
  ["axios", "application/json, text/plain, */*", "plain-json"],
  ["jQuery", "application/json, text/javascript, */*; q=0.01", "plain-json"],
  ["an API client", "application/json", "plain-json"],
  ["a client of RFC 9457", "application/problem+json, application/json;q=0.9", "json"],
  ["GitHub's API", "application/vnd.github+json", "json"],
  ["a terminal", "text/plain", "text"],
  ["an EventSource", "text/event-stream", "text"],
  ["Apollo Client", "application/graphql-response+json,application/json;q=0.9", "graphql"],
  [
    "urql",
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
    "graphql",
  ],
  ["a client of GraphQL that prefers JSON", "application/json, application/graphql-response+json;q=0.9", "plain-json"],
  ["Prometheus", "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", "text"],
])("negotiate() answers %s", (_who, accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test.each([
  [null, "html-or-json"],
  ["", "html-or-json"],
  [",", "html-or-json"],
  [" , ,, ", "html-or-json"],
  ["*", "html-or-json"],
  ["*/*;q=0.1", "html-or-json"],
  ["image/png", "html-or-json"],
  ["text/html", "html"],
  ["TEXT/HTML", "html"],
  ["application/xhtml+xml", "html"],
  ["text/html;level=1", "html"],
  ["Application/JSON", "plain-json"],
  ["application/*", "json"],
  ["application/ld+json", "json"],
  ["application/json; charset=utf-8", "plain-json"],
  ["text/*", "html"],
  ["text/plain, text/html", "html"],
  ["application/json, text/html", "html-or-plain-json"],
  ["application/json, Text/Html", "html-or-plain-json"],
  ["application/json,application/XHTML+xml", "html-or-plain-json"],
  ["text/plain, application/json", "plain-json"],
  ["text/htmlx", "html-or-json"],
  ["text/htmlx, text/plain", "text"],
  ["application/jsonp, text/plain", "text"],
])("negotiate() of %j is %s", (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test.each([
  ["text/html;q=0.5, application/json", "plain-json"],
  ["text/html;q=0.5, application/json;q=0.4", "html"],
  ["text/html;q=0.899, application/json;q=0.9", "plain-json"],
  ["text/html; q=0.5, text/plain; q=0.6", "text"],
  ["text/html;Q=0.5,application/json;Q=0.6", "plain-json"],
  ["text/html;q=0.5,*/*", "json"],
  ["application/json,*/*", "plain-json"],
  ["application/json;q=0.9,*/*", "html"],
  ["text/plain,*/*", "text"],
  ["text/plain;q=0.5,text/*", "html"],
  ["text/html;q=0.1,text/*", "text"],
  ["text/html;q=0.1, text/*;q=0.5, */*", "json"],
  ["text/html;q=1.000, application/json;q=1", "html-or-plain-json"],
  ["text/html;q=0.001, application/json;q=0.002", "plain-json"],
  ["text/html;q=.5, application/json;q=0.4", "html"],
  ["text/html;level=1;q=0.1, application/json;q=0.2", "plain-json"],
  ["application/problem+json;q=0.3, application/json;q=0.8, text/html;q=0.5", "json"],
])("negotiate() weighs %j: %s", (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test.each([
  ["text/html;q=0, */*", "json"],
  ["text/html;q=0, application/json;q=0, */*", "text"],
  ["text/html;q=0.0, text/plain;q=0.000, application/json;q=0.1", "plain-json"],
  ["text/html;q=0", "json"],
  ["*/*;q=0", "html-or-json"],
  ["application/json;q=0", "html"],
  ["application/json;q=0, text/plain;q=0", "html"],
  ["application/json;q=0, text/plain", "text"],
])("negotiate() takes q=0 for a refusal in %j, but answers something: %s", (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test.each([
  ["text/html;q=2, application/json", "plain-json"],
  ["text/html;q=1.001, text/plain", "text"],
  ["text/html;q=-1, text/plain", "text"],
  ["text/html;q=, text/plain", "text"],
  ["text/html;q=abc, text/plain", "text"],
  ["text/html;q=0.5.5, text/plain", "text"],
  ["text/html;q=0x1, text/plain", "text"],
  ["text/html;q=1e-1, text/plain", "text"],
  ['text/html;q="1", text/plain', "text"],
  ["text/html;q=NaN, text/plain;q=0.1", "text"],
  ["/;q=1, text/plain", "text"],
  [";;;, text/plain", "text"],
  ["text/html text/plain, application/json", "plain-json"],
  ["text/, /json, text/plain", "text"],
  ["\u00e9, text/plain", "text"],
])("negotiate() passes over what it cannot read in %j: %s", (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test.each([
  ['application/json;note="a,b;c", text/plain;q=0.5', "plain-json"],
  ['image/png;note=", text/html, ", text/plain', "text"],
  ['image/png;note="\\", text/html, \\"", text/plain', "text"],
  ['image/png;note=", text/html', "html-or-json"],
  ['text/plain, image/png;note="open, application/json', "text"],
  ['application/json;note="x";q=0.1, text/plain;q=0.2', "text"],
  ['application/json;note=";q=0.1", text/plain;q=0.2', "plain-json"],
])("negotiate() reads quoted strings as one in %j: %s", (accept, type) => {
  expect(negotiate(accept)).toBe(type);
});

test("negotiate() reads no part of an element where it stops", () => {
  const front = `${"image/png,".repeat(408)}a/b,`;
  expect(negotiate(`${front}text/html;q=0.9`)).toBe("html-or-json");
  expect(negotiate(`text/plain;q=0.1,${front}text/plain;q=1`)).toBe("text");
  expect(negotiate("x".repeat(5_000))).toBe("html-or-json");
});

test("negotiate() reads the first 4 096 characters", () => {
  const front = "image/png,".repeat(408);
  expect(front.length).toBe(4_080);
  expect(negotiate(`${front}text/plain`)).toBe("text");
  expect(negotiate(`${front}image/png,text/plain`)).toBe("html-or-json");
});

test.each([
  ["commas", ",".repeat(100_000)],
  ["semicolons", ";".repeat(100_000)],
  ["quotes", '"'.repeat(100_001)],
  ["escaped quotes that never end", `"${'\\"'.repeat(50_000)}`],
  ["escaped quotes before a lone backslash", `"${'\\"'.repeat(2_046)}\\`],
  ["spaces", " ".repeat(100_000)],
  ["media types", "image/png,".repeat(10_000)],
])("negotiate() answers 1 000 times within a second to %s", (_what, accept) => {
  negotiate(accept);
  expectWithin(1_000, () => {
    for (let i = 0; i < 1_000; i++) negotiate(accept);
  });
});
