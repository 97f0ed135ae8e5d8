import { expect, test } from "vitest";
import { parseInstant } from "../../src/state/instant.ts";

test.each([
  ["2026-11-22T01:00Z", Date.UTC(2026, 10, 22, 1)],
  ["2026-11-22T01:00:00.5Z", Date.UTC(2026, 10, 22, 1, 0, 0, 500)],
  ["2024-02-29T00:00:00-00:30", Date.UTC(2024, 1, 29, 0, 30)],
  ["2026-02-29T00:00:00Z", undefined],
  ["2026-11-22 01:00:00Z", undefined],
  ["2026-11-22T01:60:00Z", undefined],
])("parseInstant() takes %s for %s", (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});
