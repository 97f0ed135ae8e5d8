import fc from "fast-check";
import { expect, test } from "vitest";
import { compileLanguages, directionOf, isLanguageTag } from "../../src/answer/languages.ts";
import { expectWithin } from "../_fast.ts";

const TAGS = ["en", "de", "fr", "pt", "pt-BR", "nb", "he", "id", "zh-Hans", "zh-Hant"];
const { choose } = compileLanguages(TAGS);
const chosen = (field: string | null) => TAGS[choose(field)];

test.each([
  ["de", "de"],
  ["DE", "de"],
  ["de-AT", "de"],
  ["de-AT,de;q=0.9,en;q=0.8", "de"],
  ["de-CH-1996, en;q=0.5", "de"],
  ["en-US,en;q=0.9", "en"],
  ["pt-BR", "pt-BR"],
  ["pt-br", "pt-BR"],
  ["pt-PT", "pt"],
  ["pt", "pt"],
  ["pt-BR-x-y", "pt-BR"],
  ["zh", "zh-Hans"],
  ["zh-CN", "zh-Hans"],
  ["zh-SG", "zh-Hans"],
  ["zh-TW", "zh-Hant"],
  ["zh-HK", "zh-Hant"],
  ["zh-Hant-HK", "zh-Hant"],
  ["zh-Hans-SG", "zh-Hans"],
  ["zh-TW,zh;q=0.9,en-US;q=0.8", "zh-Hant"],
  ["no", "nb"],
  ["nn-NO", "nb"],
  ["nb-NO", "nb"],
  ["iw", "he"],
  ["in", "id"],
  ["de-x-private", "de"],
])("compileLanguages() looks up %j: %s", (field, tag) => {
  expect(chosen(field)).toBe(tag);
});

test.each([
  ["fr;q=0.5, de;q=0.8", "de"],
  ["fr;q=0.8, de;q=0.8", "fr"],
  ["xx, de;q=0.1", "de"],
  ["xx-YY, yy, de;q=0.1, fr;q=0.2", "fr"],
  ["de;q=0, fr;q=0.1", "fr"],
  ["de;q=0.000", "en"],
  ["de;q=1.000,fr", "de"],
  ["fr ; q = 0.3 , de ; q=0.4", "de"],
  ["fr;Q=0.3,de;Q=0.4", "de"],
  ["*", "en"],
  ["*, de", "de"],
  ["*;q=0.5, de", "de"],
  ["de;q=0.5, *", "en"],
  ["en;q=0", "de"],
  ["en;q=0, *", "de"],
  ["en;q=0, de;q=0, *;q=0.1", "fr"],
  ["en-GB;q=0, *", "en"],
])("compileLanguages() weighs %j: %s", (field, tag) => {
  expect(chosen(field)).toBe(tag);
});

test.each([
  [null],
  [""],
  [","],
  [" , ,"],
  ["xx"],
  ["xx;q=0.5"],
  ["-"],
  ["--"],
  ["e"],
  ["englisch"],
  ["de;q=2"],
  ["de;q=-1"],
  ["de;q="],
  ["de;q=high"],
  ["de;q=0.5555"],
  ["\u0130"],
  ["d\0e"],
])("compileLanguages() answers %j in the default language", (field) => {
  expect(chosen(field)).toBe("en");
});

test("compileLanguages() has nothing to choose from one language", () => {
  expect(compileLanguages(["de"]).choose("en")).toBe(0);
});

test("compileLanguages() prefers a language that is there to what its tag stands for elsewhere", () => {
  const tags = ["en", "nb", "nn", "zh-TW", "zh-Hant"];
  const { choose } = compileLanguages(tags);
  expect(["nn", "no", "zh-TW", "zh-HK"].map((field) => tags[choose(field)])).toEqual(["nn", "nb", "zh-TW", "zh-Hant"]);
});

test.each([
  ["commas", ",".repeat(100_000)],
  ["semicolons", ";".repeat(100_000)],
  ["dashes", "a-".repeat(50_000)],
  ["spaces", " ".repeat(100_000)],
  ["spaces around a weight", `de;q${" ".repeat(100_000)}=1`],
  ["ranges", "xx,".repeat(30_000)],
  ["weights", "xx;q=0.1,".repeat(10_000)],
])("compileLanguages() answers 1 000 times within a second to %s", (_what, field) => {
  expectWithin(1_000, () => {
    for (let i = 0; i < 1_000; i++) choose(field);
  });
});

/** RFC 4647 section 3.4 read slowly, for ranges without a wildcard. */
function lookUpSlowly(elements: readonly (readonly [range: string, weight: number])[]): string {
  const wanted = elements.filter(([, weight]) => weight > 0).map((element, order) => ({ element, order }));
  wanted.sort((a, b) => b.element[1] - a.element[1] || a.order - b.order);
  for (const { element: [range] } of wanted) {
    for (let parts = range.split("-"); parts.length > 0; parts = parts.slice(0, -1)) {
      const tag = TAGS.find((tag) => tag.toLowerCase() === parts.join("-").toLowerCase());
      if (tag !== undefined) return tag;
    }
  }
  const refused = elements.filter(([, weight]) => weight === 0).map(([range]) => range.toLowerCase());
  return TAGS.find((tag) => !refused.includes(tag.toLowerCase())) ?? TAGS[0]!;
}

test("compileLanguages() agrees with RFC 4647 read slowly", () => {
  const range = fc.constantFrom(
    "de",
    "de-AT",
    "DE-ch",
    "fr-FR",
    "pt",
    "pt-BR",
    "pt-BR-abnt",
    "xx",
    "xx-YY",
    "he",
    "zh-Hant-TW",
  );
  const weight = fc.constantFrom(1, 0.9, 0.5, 0.001, 0);
  fc.assert(
    fc.property(fc.array(fc.tuple(range, weight), { maxLength: 6 }), (elements) => {
      const field = elements.map(([range, weight]) => weight === 1 ? range : `${range};q=${weight}`).join(", ");
      expect([field, chosen(field)]).toEqual([field, lookUpSlowly(elements)]);
    }),
    { numRuns: 1_000 },
  );
});

test("compileLanguages() answers any text in one of the languages", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom(..."deptBR-*;q=0.1, \t") }));
  fc.assert(fc.property(text, (field) => void expect(TAGS).toContain(chosen(field))), { numRuns: 1_000 });
});

test.each([
  ["ar", "rtl"],
  ["fa-IR", "rtl"],
  ["he", "rtl"],
  ["ur", "rtl"],
  ["pa-Arab", "rtl"],
  ["uz-arab-AF", "rtl"],
  ["en", "ltr"],
  ["arn", "ltr"],
  ["ar-Latn", "ltr"],
  ["zh-Hans", "ltr"],
])("directionOf() says of %s: %s", (tag, direction) => {
  expect(directionOf(tag)).toBe(direction);
});

test.each([["zh-TW", "zh-TW"], ["zh-Hant", "zh-TW"], ["zh-HK", "zh-TW"], ["no", "no"], ["nb", "no"], ["nn", "no"]])(
  "compileLanguages() looks up %s among languages that are called otherwise: %s",
  (field, tag) => {
    const tags = ["en", "zh-TW", "no"];
    expect(tags[compileLanguages(tags).choose(field)]).toBe(tag);
  },
);

test("compileLanguages() reads no part of an element where it stops", () => {
  const front = "xx, ".repeat(254);
  expect(front.length).toBe(1_016);
  expect([chosen(`${front}de;q=0.9`), chosen(`${front}de;q=0.95,fr;q=1`), chosen(`${front}fr,deutsch`)]).toEqual([
    "de",
    "en",
    "fr",
  ]);
});

test.each([["de", true], ["zh-Hant-TW", true], ["de_AT", false], ["", false], ["d", false], ["de-", false], [
  1,
  false,
]])(
  "isLanguageTag() says of %j: %s",
  (text, isTag) => {
    expect(isLanguageTag(text)).toBe(isTag);
  },
);
