import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/util/durations.ts";

test.each([
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["1h30m", 5_400_000],
  ["1d2h3m4s", 93_784_000],
  ["0s", 0],
  ["", undefined],
  ["90", undefined],
  ["h", undefined],
  ["1m1h", undefined],
  ["-1h", undefined],
  ["1.5h", undefined],
  ["1 h", undefined],
])("parseDuration() takes %j for %s ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  [0, "0s"],
  [499, "0s"],
  [61_000, "1m 1s"],
  [3_600_000, "1h"],
  [3_601_000, "1h"],
  [5_400_000, "1h 30m"],
  [93_784_000, "1d 2h"],
])("formatDuration() writes %i ms as %j", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
