import { meaningOf } from "./languages.ts";

/** A reason as visitors see it. */
export interface Reason {
  /** Plain text that may hold line breaks. */
  readonly text: string;
  /** The tag of its language, if it is another than that of the answer. */
  readonly language?: string;
}

/** How much of a reason visitors see, in UTF-16 code units. */
const LONGEST = 5_000;

// Control characters but line breaks, and the characters that change the direction of what follows them: a reason must not
// rearrange the words around it.
// deno-lint-ignore no-control-regex
const UNSAFE = /[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * The operator's reason in the language of an answer, or in the nearest one.
 *
 * @param given The reason of the state: a text, or texts by the tags of their languages.
 * @param language The tag of the language of the answer.
 */
export function chooseReason(
  given: string | Readonly<Record<string, string>> | undefined,
  language: string,
): Reason | undefined {
  if (given === undefined) return undefined;
  if (typeof given === "string") {
    const text = clean(given);
    return text === "" ? undefined : { text };
  }
  const texts = Object.entries(given).map(([tag, text]) => ({ tag, meaning: meaningOf(tag), text: clean(text) }))
    .filter(({ text }) => text !== "");
  const wanted = meaningOf(language);
  const primary = primaryOf(wanted);
  // "pt-BR" for "pt-BR", else "pt"; and "pt-BR" for "pt" where there is no other.
  const chosen = texts.find(({ tag }) => tag.toLowerCase() === language.toLowerCase()) ??
    texts.find(({ meaning }) => meaning === wanted) ??
    texts.find(({ meaning }) => meaning === primary) ??
    texts.find(({ meaning }) => meaning.startsWith(`${wanted}-`)) ??
    texts.find(({ meaning }) => primaryOf(meaning) === primary) ?? texts[0];
  if (chosen === undefined) return undefined;
  const { tag, meaning, text } = chosen;
  return isSame(meaning, wanted) ? { text } : { text, language: tag };
}

function primaryOf(tag: string): string {
  return tag.split("-")[0]!;
}

/** Whether readers of one language read the other: not if the scripts differ, as in "zh-hans" and "zh-hant". */
function isSame(a: string, b: string): boolean {
  const scriptOf = (tag: string) => /-([a-z]{4})(?:-|$)/.exec(tag)?.[1];
  return primaryOf(a) === primaryOf(b) && scriptOf(a) === scriptOf(b);
}

/** Text without halves of surrogate pairs, which neither UTF-8 nor a URL can hold. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd");
}

function clean(given: string): string {
  const text = given.length > LONGEST ? `${given.slice(0, LONGEST)}…` : given;
  return wellFormed(text).replace(/\r\n?/g, "\n").replace(UNSAFE, (char) => char === "\t" ? " " : "")
    .trim();
}
