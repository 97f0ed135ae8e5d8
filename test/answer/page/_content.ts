import type { Site } from "../../../src/answer/site-options.ts";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";
import type { PageContent } from "../../../src/answer/page/page.ts";

/** A site that says all but its logo. */
export const SITE: Site = { name: "Example", url: "/", contact: "help@example.com" };

/** What a page says that has everything to say. */
export const CONTENT: PageContent = {
  mode: "on",
  language: "en",
  dir: "ltr",
  messages: LANGUAGES.en!,
  reason: { text: "Moving to a bigger database.\nOrders are safe." },
  end: new Date("2026-11-22T03:00:00Z"),
  retryAfter: 600,
  isForm: false,
  prompt: "none",
};

/** The same in another language, in English words where it is not built in. */
export function contentIn(language: string): PageContent {
  const dir = /^(?:ar|fa|he|ur)\b/.test(language) ? "rtl" : "ltr";
  return { ...CONTENT, language, dir, messages: LANGUAGES[language] ?? LANGUAGES.en! };
}
