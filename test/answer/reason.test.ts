import { expect, test } from "vitest";
import { chooseReason } from "../../src/answer/reason.ts";

const TEXTS = { en: "English", de: "Deutsch", "pt-BR": "Brasil", "zh-Hant": "正體" };

test.each([
  ["en", { text: "English" }],
  ["de", { text: "Deutsch" }],
  ["de-AT", { text: "Deutsch" }],
  ["pt-BR", { text: "Brasil" }],
  ["pt", { text: "Brasil" }],
  ["zh-Hant", { text: "正體" }],
  ["fr", { text: "English", language: "en" }],
])("chooseReason() chooses for %s", (language, reason) => {
  expect(chooseReason(TEXTS, language)).toEqual(reason);
});

test.each([
  [{ en: "E", "zh-CN": "S", "zh-TW": "T" }, "zh-Hant", { text: "T" }],
  [{ en: "E", "zh-TW": "T", "zh-CN": "S" }, "zh-Hans", { text: "S" }],
  [{ en: "E", "zh-TW": "T", zh: "S" }, "zh-Hans", { text: "S" }],
  [{ en: "E", zh: "S" }, "zh-Hant", { text: "S", language: "zh" }],
  [{ en: "E", no: "N" }, "nb", { text: "N" }],
  [{ en: "E", iw: "H" }, "he", { text: "H" }],
  [{ "pt-BR": "B", "pt-PT": "P" }, "pt", { text: "P" }],
  [{ "pt-BR": "B", "pt-PT": "P" }, "pt-BR", { text: "B" }],
  [{ en: "E", sr: "S", "sr-Latn": "L" }, "hr", { text: "L" }],
  [{ en: "E", de: " " }, "de", { text: "E", language: "en" }],
  [{ de: "\0" }, "de", undefined],
])("chooseReason() of %j for %s", (texts, language, reason) => {
  expect(chooseReason(texts as unknown as Record<string, string>, language)).toEqual(reason);
});

test("chooseReason() takes the first where there is none in the language", () => {
  expect(chooseReason({ de: "Deutsch", fr: "Français" }, "ja")).toEqual({ text: "Deutsch", language: "de" });
});

test("chooseReason() gives a text that is the same for everybody as it is", () => {
  expect(chooseReason("Moving <b>", "de")).toEqual({ text: "Moving <b>" });
});

test.each([
  ["nothing but white space", " \n\t "],
  ["nothing but control characters", "\0\x07\u202e"],
])("chooseReason() gives nothing for %s", (_what, text) => {
  expect(chooseReason(text, "en")).toBe(undefined);
});

test("chooseReason() drops what could rearrange or hide the words around it, and keeps lines", () => {
  expect(chooseReason("a\u202eb\u2066c\0d\x1be\tf\r\ng\rh\u200fi", "en")?.text).toBe("abcde f\ng\nh\u200fi");
});

test("chooseReason() mends halves of characters", () => {
  expect(chooseReason("a\ud83db\ude00c😀", "en")?.text).toBe("a\ufffdb\ufffdc😀");
});

test("chooseReason() shortens a reason that is longer than anybody reads", () => {
  const text = chooseReason("x".repeat(1_000_000), "en")!.text;
  expect([text.length, text.endsWith("x…")]).toEqual([5_001, true]);
});
