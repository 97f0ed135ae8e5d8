import { expect, test } from "vitest";
import { likeliest } from "../../src/util/likeliest.ts";

const NAMES = [
  "enabled",
  "ignoreUrls",
  "internalIps",
  "allowStaff",
  "allow",
  "retryAfter",
  "redirectUrl",
  "handler503",
];

test.each([
  ["ignoreURLs", "ignoreUrls"],
  ["ignore_urls", "ignoreUrls"],
  ["ignoreUrl", "ignoreUrls"],
  ["INTERNAL_IPS", "internalIps"],
  ["internalIPs", "internalIps"],
  ["internal-ips", "internalIps"],
  ["retry_after", "retryAfter"],
  ["Retry-After", "retryAfter"],
  ["MAINTENANCE_MODE_RETRY_AFTER", "retryAfter"],
  ["MAINTENANCE_IGNORE_URLS", "ignoreUrls"],
  ["MAINTENANCE_MODE_REDIRECT_URL", "redirectUrl"],
  ["redirect", "redirectUrl"],
  ["handler", "handler503"],
  ["enable", "enabled"],
  ["alow", "allow"],
  ["allowStuff", "allowStaff"],
  ["zebra", undefined],
  ["", undefined],
  ["日本語", undefined],
])("likeliest() takes %j for %j", (name, expected) => {
  expect(likeliest(name, NAMES)).toBe(expected);
});

test("likeliest() looks at no more than the start of a long name", () => {
  expect(likeliest("x".repeat(1_000_000), NAMES)).toBe(undefined);
});
