import { expect, test } from "vitest";
import { formatRetryAfter, retryAfterSeconds } from "../../src/answer/retry-after.ts";

const NOON = Date.UTC(2026, 10, 22, 12);

test.each([
  [undefined, undefined],
  [0, "0"],
  [1, "1"],
  [3600, "3600"],
  [Number.MAX_SAFE_INTEGER, "9007199254740991"],
])("formatRetryAfter() writes %s as %j", (retryAfter, field) => {
  expect(formatRetryAfter(retryAfter, "date", NOON)).toBe(field);
});

test("formatRetryAfter() writes a point in time as an HTTP-date", () => {
  expect(formatRetryAfter(new Date("2026-11-22T14:03:05+01:00"), "date", NOON)).toBe("Sun, 22 Nov 2026 13:03:05 GMT");
});

test.each([
  [NOON + 1, "Sun, 22 Nov 2026 12:00:01 GMT"],
  [NOON, undefined],
  [NOON - 1, undefined],
])("formatRetryAfter() at noon writes %i as %j", (time, field) => {
  expect(formatRetryAfter(new Date(time), "date", NOON)).toBe(field);
});

test.each([
  [NOON + 90_000, "90"],
  [NOON + 89_001, "90"],
  [NOON + 1, "1"],
  [NOON, undefined],
  [NOON - 1, undefined],
])("formatRetryAfter() at noon writes %i in seconds as %j", (time, field) => {
  expect(formatRetryAfter(new Date(time), "seconds", NOON)).toBe(field);
});

test.each([
  [undefined, undefined],
  [0, 0],
  [600, 600],
  [new Date(NOON + 60_000), 60],
  [new Date(NOON + 59_001), 60],
  [new Date(NOON + 1), 1],
  [new Date(NOON), undefined],
  [new Date(NOON - 60_000), undefined],
])("retryAfterSeconds() at noon of %o is %s", (retryAfter, seconds) => {
  expect(retryAfterSeconds(retryAfter, NOON)).toBe(seconds);
});
