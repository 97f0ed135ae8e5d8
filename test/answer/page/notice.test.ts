import { expect, test } from "vitest";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";
import { noticeMessage, presentMessage } from "../../../src/answer/page/notice.ts";

const START = Date.parse("2026-11-22T01:00:00Z");
const ENGLISH = { tag: "en", messages: LANGUAGES["en"]! };
const GERMAN = { tag: "de", messages: LANGUAGES["de"]! };

test("noticeMessage() says from when until when, in UTC", () => {
  expect(plain(noticeMessage(ENGLISH, START, START + 5_400_000, undefined))).toBe(
    "Planned maintenance: November 22, 2026 at 1:00 AM UTC to November 22, 2026 at 2:30 AM UTC",
  );
});

test("noticeMessage() says only from when where nobody knows the end", () => {
  expect(plain(noticeMessage(ENGLISH, START, undefined, undefined))).toBe(
    "Planned maintenance: from November 22, 2026 at 1:00 AM UTC",
  );
});

test("noticeMessage() says it in another language, and in the time zone of the site", () => {
  expect(plain(noticeMessage(GERMAN, START, START + 5_400_000, "Europe/Berlin"))).toMatch(
    /^Geplante Wartungsarbeiten: 22\. November 2026 um 02:00 (?:MEZ|GMT\+1) bis 22\. November 2026 um 03:30 (?:MEZ|GMT\+1)$/,
  );
});

test("presentMessage() says what visitors can do, and until when", () => {
  expect(presentMessage(ENGLISH, "on", undefined, undefined)).toBe(
    "We are working on this site and will be back soon.",
  );
  expect(plain(presentMessage(ENGLISH, "read-only", START, undefined))).toBe(
    "We are working on this site. You can read everything as usual, but you cannot change anything for now. " +
      "Expected back: November 22, 2026 at 1:00 AM UTC",
  );
  expect(plain(presentMessage(GERMAN, "on", START, "Europe/Berlin"))).toMatch(
    /^Wir arbeiten .* für Sie da\. Voraussichtlich wieder verfügbar: 22\. November 2026 um 02:00 (?:MEZ|GMT\+1)$/,
  );
});

/** With plain spaces: which ones stand before AM differs between versions of ICU. */
function plain(text: string): string {
  return text.replace(/\s/g, " ");
}
