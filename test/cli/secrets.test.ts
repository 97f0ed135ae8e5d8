import { expect, test } from "vitest";
import {
  addSecret,
  addSecretsOf,
  reasonOf,
  show,
  withoutPassword,
  withoutSecrets,
} from "../../src/cli/output/secrets.ts";

test("withoutSecrets() hides passwords as they are written and as they are meant, and makes one line", () => {
  addSecret("p%40ss%2Fword");
  expect(withoutSecrets("AUTH p@ss/word failed,\n  as did p%40ss%2Fword")).toBe("AUTH *** failed, as did ***");
});

test("addSecretsOf() hides a token, and leaves words alone that hold a short user name", () => {
  addSecretsOf(new URL("https://ghp-token-of-somebody@example.com/"));
  addSecretsOf(new URL("https://app:pass-of-app@example.com/"));
  expect(withoutSecrets("401 for ghp-token-of-somebody: what happened to pass-of-app?")).toBe(
    "401 for ***: what happened to ***?",
  );
});

test("withoutSecrets() hides what stands before the @ of URLs that nobody has told of", () => {
  expect(withoutSecrets('cannot open "redis://a:b/c@d@host:1/0" now')).toBe('cannot open "redis://***@host:1/0" now');
});

test("show() hides the password before it shortens", () => {
  expect(show(`redis://:${"x".repeat(200)}@host`)).toBe('"redis://***@host"');
});

test.each([
  ["redis://user:pass@host:6379/0?key=a", "redis://user:***@host:6379/0?key=a"],
  ["rediss://:pass@host", "rediss://:***@host"],
  ["https://example.com/m.json?token=abc", "https://example.com/m.json?***"],
  ["https://example.com/m.json", "https://example.com/m.json"],
  ["https://TOKEN@example.com/m.json", "https://***@example.com/m.json"],
  ["https://TOKEN:x-oauth-basic@example.com/m.json", "https://***:***@example.com/m.json"],
  ["redis://TOKEN@host", "redis://***@host"],
])("withoutPassword() of %s", (url, shown) => {
  expect(withoutPassword(new URL(url))).toBe(shown);
});

test("reasonOf() tells of each of several attempts, and of errors that have only a code", () => {
  const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
  expect(reasonOf(refused)).toBe("ECONNREFUSED");
  expect(reasonOf(new AggregateError([new Error("a"), new Error("b"), new Error("a")]))).toBe("a; b");
});
