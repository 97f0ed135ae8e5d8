import { expect, test } from "vitest";
import { formatTime } from "../../../src/answer/page/time.ts";

const DATE = new Date("2026-11-22T03:00:00Z");

test.each([
  ["en", undefined, "November 22, 2026 at 3:00 AM UTC"],
  ["en", "America/New_York", "November 21, 2026 at 10:00 PM EST"],
  ["de", "Europe/Berlin", "22. November 2026 um 04:00 MEZ"],
  ["ja", "Asia/Tokyo", "2026年11月22日 12:00 JST"],
])("formatTime() writes a time in the language %s and the zone %s", (language, timeZone, text) => {
  expect(formatTime(DATE, language, timeZone).replaceAll("\u202f", " ")).toBe(text);
});

test.each(["en_US", "", "xx-unknown", "tlh"])("formatTime() writes English for the language %j", (language) => {
  expect(formatTime(DATE, language).replaceAll("\u202f", " ")).toBe("November 22, 2026 at 3:00 AM UTC");
});

test("formatTime() throws for a zone that does not exist", () => {
  expect(() => formatTime(DATE, "en", "Mars/Olympus")).toThrow(RangeError);
});
