import { checkNames, invalidOption, OptionError } from "../util/errors.ts";
import { quote } from "../util/received.ts";
import { compileLanguages } from "./languages.ts";
import type { Messages } from "./messages.ts";
import type { AnswerOptions } from "./options.ts";

const TASK = "create maintenance mode";

/** A language of the answers, with its words. */
export interface Language {
  /** Its tag (BCP 47). */
  readonly tag: string;
  readonly messages: Messages;
}

/**
 * The languages of the answers with their words.
 *
 * @param builtIn The built-in words, by the tags of their languages. Those of the first language replace missing ones.
 * @param task What fails if they are not valid, for messages.
 * @throws {OptionError} If `languages` or `messages` is not valid.
 */
export function resolveLanguages(
  { languages, messages = {} }: Pick<AnswerOptions, "languages" | "messages">,
  builtIn: Readonly<Record<string, Messages>>,
  task: string = TASK,
): readonly Language[] {
  const own = readMessages(messages, builtIn, task);
  const builtInTags = Object.keys(builtIn);
  const known = [...new Set([...builtInTags, ...own.keys()])];
  const { placeOf } = compileLanguages(builtInTags);
  const wordsOf = (tag: string): Messages => {
    // "de-AT" is German with words of its own, and "zh-TW" is "zh-Hant" and not "zh".
    const place = placeOf(tag);
    const meant = place === -1 ? [] : [builtInTags[place]!];
    const line = [...meant, ...lineage(tag).reverse().filter((tag) => placeOf(tag) === place)];
    const words = [builtInTags[0]!, ...meant].map((tag) => builtIn[tag]);
    return Object.freeze(Object.assign({}, ...words, ...line.map((tag) => own.get(tag))) as Messages);
  };
  if (languages === undefined) return known.map((tag) => ({ tag, messages: wordsOf(tag) }));

  const accepted = 'an array of at least one language that is built in or in "messages"';
  if (!Array.isArray(languages) || languages.length === 0) throw invalidOption(TASK, "languages", accepted, languages);
  const tags = languages.map((given: unknown, index) => {
    const tag = canonical(given);
    if (tag === undefined || (placeOf(tag) === -1 && !lineage(tag).some((tag) => own.has(tag)))) {
      const hint = tag === undefined ? 'write a tag such as "de" or "pt-BR"' : `there are ${known.join(", ")}`;
      throw invalidOption(TASK, `languages[${index}]`, 'a language that is built in or in "messages"', given, hint);
    }
    return tag;
  });
  return [...new Set(tags)].map((tag) => ({ tag, messages: wordsOf(tag) }));
}

/** A tag and the more general ones: "zh-Hant-TW", "zh-Hant", "zh". */
function lineage(tag: string): string[] {
  const parts = tag.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}

function canonical(tag: unknown): string | undefined {
  try {
    return typeof tag === "string" ? Intl.getCanonicalLocales(tag)[0] : undefined;
  } catch {
    return undefined;
  }
}

function readMessages(
  given: unknown,
  builtIn: Readonly<Record<string, Messages>>,
  task: string,
): ReadonlyMap<string, Partial<Messages>> {
  const accepted = 'words by language, such as { "en": { "title": "Back in a moment" } }';
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalidOption(task, "messages", accepted, given);
  }
  const names = Object.keys(Object.values(builtIn)[0] ?? {});
  return new Map(
    Object.entries(given).map(([name, words]: [string, unknown]) => {
      const tag = canonical(name);
      if (names.includes(name)) {
        throw invalidOption(task, "messages", accepted, given, `put ${quote(name)} into the words of a language`);
      }
      if (tag === undefined) {
        const problem = { path: "messages", expected: accepted, received: `the language ${quote(name)}` };
        throw new OptionError(task, { ...problem, hint: 'write a tag such as "de"' });
      }
      checkNames(task, words, names, `"messages.${name}"`);
      for (const [key, text] of Object.entries(words as object)) {
        checkMessage(task, `messages.${name}.${key}`, key, text);
      }
      return [tag, { ...(words as Partial<Messages>) }];
    }),
  );
}

/** What a message must hold, because visitors could not find it out otherwise. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  expected: "{time}",
  planned: "{start}",
  plannedOpen: "{start}",
};

function checkMessage(task: string, option: string, key: string, text: unknown): void {
  const placeholder = PLACEHOLDERS[key];
  const accepted = placeholder === undefined ? "text" : `text with "${placeholder}" in it`;
  if (typeof text !== "string" || text.trim() === "" || (placeholder !== undefined && !text.includes(placeholder))) {
    throw invalidOption(task, option, accepted, text);
  }
}
