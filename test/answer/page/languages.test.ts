import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Messages } from "../../../src/answer/messages.ts";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";

const ENGLISH = LANGUAGES.en!;

/** The languages that are not written in Latin letters, and the scripts that they are written in. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  bg: ["Cyrillic"],
  el: ["Greek"],
  sr: ["Cyrillic"],
  uk: ["Cyrillic"],
  ru: ["Cyrillic"],
  ar: ["Arabic"],
  he: ["Hebrew"],
  fa: ["Arabic"],
  ur: ["Arabic"],
  hi: ["Devanagari"],
  bn: ["Bengali"],
  th: ["Thai"],
  ja: ["Han", "Hiragana", "Katakana"],
  ko: ["Hangul"],
  "zh-Hans": ["Han"],
  "zh-Hant": ["Han"],
};

/** Letters that a neighbour writes and the language does not, which is how words of the one slip into the other. */
const FOREIGN: readonly (readonly [string, RegExp])[] = [
  ["bg", /[ыэёіїєґђјљњћџ]/iu],
  ["sr", /[йщъыьэюяёіїєґ]/iu],
  ["uk", /[ыэъё]/iu],
  ["ru", /[іїєґђјљњћџ]/iu],
  // The comma below, not the cedilla.
  ["ro", /[şţ]/iu],
  ["pt", /[ñ¿]/iu],
  ["da", /[äö]/iu],
  ["nb", /[äö]/iu],
  ["sv", /[æø]/iu],
  ["ar", /[یکگپچژ]/u],
  ["fa", /[يكةى]/u],
  ["ur", /[يكةى]/u],
  ["zh-Hans", /[網維護們進無單時復變]/u],
  ["zh-Hant", /[网维护们进无单时复变]/u],
];

test("LANGUAGES has English first and more than thirty others", () => {
  expect(Object.keys(LANGUAGES)[0]).toBe("en");
  expect(Object.keys(LANGUAGES).length).toBeGreaterThan(30);
});

test("LANGUAGES has the words of each file under the tag that names the file", async () => {
  const folder = new URL("../../../src/answer/page/languages/", import.meta.url);
  const files = readdirSync(folder);
  expect(files.toSorted()).toEqual(Object.keys(LANGUAGES).map((tag) => `${tag}.ts`).toSorted());
  for (const file of files) {
    const tag = file.replace(".ts", "");
    expect(Object.entries(await import(new URL(file, folder).href))).toEqual([[tag.replace("-", ""), LANGUAGES[tag]]]);
  }
});

test("LANGUAGES has no two languages with the same title and text", () => {
  const openings = Object.values(LANGUAGES).map(({ title, text }) => `${title}\n${text}`);
  expect(new Set(openings).size).toBe(openings.length);
});

describe.each(Object.entries(LANGUAGES))("LANGUAGES[%j]", (tag, messages) => {
  const texts = Object.values(messages) as string[];

  test("LANGUAGES has a canonical tag for it", () => {
    expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
  });

  test("LANGUAGES has it in a language that Intl writes dates in", () => {
    expect(Intl.DateTimeFormat.supportedLocalesOf(tag)).toEqual([tag]);
  });

  test("LANGUAGES says in it what English says, in the same order", () => {
    expect(Object.keys(messages)).toEqual(Object.keys(ENGLISH));
  });

  test("LANGUAGES has the placeholders of English in it, each once and in the same order", () => {
    expect(placeholders(messages)).toEqual(placeholders(ENGLISH));
  });

  test("LANGUAGES has plain text in it, without braces besides those of placeholders", () => {
    expect(texts.filter((text) => /[<>&{}]/.test(text.replaceAll(/\{(?:time|start|end)\}/g, "")))).toEqual([]);
  });

  test("LANGUAGES has no empty text in it, and no stray white space", () => {
    expect(texts.filter((text) => text === "" || text !== text.trim() || /\s\s|[^\S \u202f]/.test(text))).toEqual([]);
  });

  test("LANGUAGES has neither controls nor bidirectional marks in it", () => {
    expect(texts.filter((text) => /[\p{Cc}\p{Bidi_Control}]/u.test(text))).toEqual([]);
  });

  test("LANGUAGES has it calm, with the apostrophes and quotation marks of print", () => {
    expect(texts.filter((text) => /[!！'"`]|\p{Extended_Pictographic}/u.test(text))).toEqual([]);
  });

  test("LANGUAGES has it in composed letters (NFC)", () => {
    expect(texts.map((text) => text.normalize("NFC"))).toEqual(texts);
  });

  test("LANGUAGES has it in the letters of its script alone, look-alikes included", () => {
    const scripts = (SCRIPTS[tag] ?? ["Latin"]).map((script) => `\\p{Script_Extensions=${script}}`).join("");
    const strange = new RegExp(`(?=[\\p{L}\\p{M}])[^${scripts}]`, "gu");
    const words = texts.map((text) => text.replaceAll(/\{\w+\}/g, ""));
    expect(words.flatMap((text) => text.match(strange) ?? [])).toEqual([]);
    expect(words.filter((text) => !new RegExp(`[${scripts}]`, "u").test(text))).toEqual([]);
  });
});

test.each(FOREIGN)("LANGUAGES has %s without the letters %s", (tag, letters) => {
  expect(Object.values(LANGUAGES[tag]!).filter((text) => letters.test(text))).toEqual([]);
});

test("LANGUAGES has French with a narrow space that does not break before high punctuation", () => {
  expect(Object.values(LANGUAGES.fr!).filter((text) => /[^\u202f][:;!?]/.test(text))).toEqual([]);
});

test.each(["ar", "fa", "ur"])("LANGUAGES has %s with the comma of the Arabic script", (tag) => {
  expect(Object.values(LANGUAGES[tag]!).filter((text) => /[,;?]/.test(text))).toEqual([]);
});

test.each(["ja", "zh-Hans", "zh-Hant"])("LANGUAGES has %s with full-width punctuation and without spaces", (tag) => {
  expect(Object.values(LANGUAGES[tag]!).filter((text) => /[,.:;?() ]/.test(text))).toEqual([]);
});

test.each(["ar", "he", "fa", "ur"])(
  "LANGUAGES has letters between two dates in %s, whose order a dash would turn",
  (tag) => {
    expect(LANGUAGES[tag]!.planned).toMatch(/\{start\}[^{]*\p{L}[^{]*\{end\}/u);
  },
);

function placeholders(messages: Messages): Record<string, string[]> {
  const found = Object.entries(messages).map(([key, text]) => [key, text.match(/\{.*?\}/g) ?? []]);
  return Object.fromEntries(found);
}
