import type { Cors } from "./cors.ts";
import { checkNames, invalidOption, quote, received, type Task } from "../util/errors.ts";
import { compileLanguages } from "./languages.ts";
import { wellFormed } from "./reason.ts";
import { isWholeNumber } from "../gate/option-checks.ts";
import { isTimeZone } from "../util/time-zone.ts";
import type { CorsOptions } from "./options.ts";
import type { MaintenanceOptions } from "../gate/maintenance-options.ts";
import type { Messages } from "./messages.ts";
import type { Site } from "./site-options.ts";

const TASK: Task = "create maintenance mode";

/** A language of the answers, with its words. */
export interface Language {
  /** Its tag (BCP 47). */
  readonly tag: string;
  readonly messages: Messages;
}

/**
 * The languages of the answers with their words, those of the user's own first.
 *
 * @param builtIn The words that are built in, by the tags of their languages. The first one stands in for what is missing.
 * @param task What cannot be done if they are not valid.
 * @throws {TypeError} If `languages` or `messages` is not valid.
 */
export function resolveLanguages(
  { languages, messages = {} }: MaintenanceOptions,
  builtIn: Readonly<Record<string, Messages>>,
  task: Task = TASK,
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

/** A tag, and those that it is a special case of: "zh-Hant-TW", "zh-Hant", "zh". */
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
  task: Task,
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
        throw new TypeError(
          `Cannot ${task}: "messages" must be ${accepted}, received the language ${
            quote(name)
          }: write a tag such as "de"`,
        );
      }
      checkNames(task, words, names, `"messages.${name}"`);
      for (const [key, text] of Object.entries(words as object)) {
        checkMessage(task, `messages.${name}.${key}`, key, text);
      }
      return [tag, { ...(words as Partial<Messages>) }];
    }),
  );
}

/** What has to be in a message, where it stands for what nobody could find out otherwise. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  expected: "{time}",
  planned: "{start}",
  plannedOpen: "{start}",
};

function checkMessage(task: Task, option: string, key: string, text: unknown): void {
  const placeholder = PLACEHOLDERS[key];
  const accepted = placeholder === undefined ? "text" : `text with "${placeholder}" in it`;
  if (typeof text !== "string" || text.trim() === "" || (placeholder !== undefined && !text.includes(placeholder))) {
    throw invalidOption(task, option, accepted, text);
  }
}

const SITE_NAMES = ["name", "logo", "url", "contact", "colors", "timeZone"] as const satisfies readonly (keyof Site)[];
const COLORS = ["background", "text", "muted", "accent", "accent-text"];

/** The longest logo, in characters: it is part of each page. */
const LONGEST_LOGO = 100_000;

/** An address as people write it, without the forms that only machines know. */
const EMAIL = /^[^\s@"<>():;,[\]\\?&#%]+@[^\s@"<>():;,[\]\\?&#%/]+$/;

/**
 * Checks what the page says about the site.
 *
 * @throws {TypeError} If it is not valid.
 */
export function checkSite(site: unknown, task: Task = TASK): asserts site is Site {
  checkNames(task, site, SITE_NAMES, '"site"');
  const { name, logo, url, contact, colors, timeZone } = site as Record<keyof Site, unknown>;
  if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
    throw invalidOption(task, "site.name", "text", name);
  }
  if (logo !== undefined && !isLogo(logo)) {
    const accepted = `a data: URL of an image, of at most ${LONGEST_LOGO} characters`;
    const hint = typeof logo === "string" && !logo.startsWith("data:")
      ? "the page asks for nothing else, so put the image itself there: `data:image/svg+xml;base64,${…}`"
      : undefined;
    throw invalidOption(task, "site.logo", accepted, logo, hint);
  }
  if (url !== undefined && !isLink(url, ["http:", "https:"], true)) {
    throw invalidOption(task, "site.url", "an http: or https: URL, or a path", url);
  }
  if (contact !== undefined && !isContact(contact)) {
    throw invalidOption(task, "site.contact", "an e-mail address, or an http:, https:, mailto: or tel: URL", contact);
  }
  if (colors !== undefined) checkColors(task, colors);
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw invalidOption(task, "site.timeZone", 'the IANA name of a time zone such as "Europe/Amsterdam"', timeZone);
  }
}

function isLogo(logo: unknown): boolean {
  return typeof logo === "string" && logo.length <= LONGEST_LOGO &&
    /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(logo);
}

function isContact(contact: unknown): boolean {
  return typeof contact === "string" && contact === wellFormed(contact) &&
    (EMAIL.test(contact) || isLink(contact, ["http:", "https:", "mailto:", "tel:"]));
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;

function isLink(link: unknown, schemes: readonly string[], orPath = false): boolean {
  // The URL parser takes white space away, in front even of the scheme; who else reads the link may not.
  if (typeof link !== "string" || link !== link.trim() || CONTROL.test(link)) return false;
  if (orPath && /^\/(?![/\\])/.test(link)) return true;
  try {
    return schemes.includes(new URL(link).protocol);
  } catch {
    return false;
  }
}

function checkColors(task: Task, colors: unknown): void {
  checkNames(task, colors, COLORS, '"site.colors"');
  for (const [name, value] of Object.entries(colors as object)) {
    // Nothing that ends the declaration, or swallows those that follow, and nothing that could ask for a file.
    if (
      typeof value !== "string" || !/^[#\w\s(),.%/+-]+$/.test(value) || /url|image|src/i.test(value) || !isClosed(value)
    ) {
      throw invalidOption(
        task,
        `site.colors.${name}`,
        'a CSS colour such as "#0b6e4f" or "light-dark(#fff, #111)"',
        value,
      );
    }
  }
}

/** Whether each parenthesis is closed. */
function isClosed(value: string): boolean {
  let depth = 0;
  for (const char of value) {
    if (char === "(") depth++;
    else if (char === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

/**
 * Checks who may read the answers from another origin.
 *
 * @throws {TypeError} If it is not valid.
 */
export function resolveCors(given: unknown): Cors | undefined {
  if (given === false) return undefined;
  if (given === true) return { origins: undefined, credentials: false, privateNetwork: true };
  if (typeof given !== "object") {
    throw invalidOption(TASK, "cors", 'true, false or { "origins": ["https://…"] }', given);
  }
  checkNames(TASK, given, ["origins", "credentials", "privateNetwork"], '"cors"');
  const { origins, credentials = false, privateNetwork = true } = given as CorsOptions;
  if (typeof credentials !== "boolean") throw invalidOption(TASK, "cors.credentials", "true or false", credentials);
  if (typeof privateNetwork !== "boolean") {
    throw invalidOption(TASK, "cors.privateNetwork", "true or false", privateNetwork);
  }
  if (credentials && origins === undefined) {
    throw new TypeError(
      `Cannot ${TASK}: "cors.credentials" needs "cors.origins", received ${
        received(origins)
      }: name the origins that may`,
    );
  }
  if (origins !== undefined && (!Array.isArray(origins) || origins.length === 0)) {
    throw invalidOption(
      TASK,
      "cors.origins",
      "an array of at least one origin",
      origins,
      'write "cors: false" for none',
    );
  }
  origins?.forEach((origin: unknown, index) => checkOrigin(`cors.origins[${index}]`, origin));
  return { origins: origins && [...origins], credentials, privateNetwork };
}

function checkOrigin(option: string, given: unknown): void {
  let origin: string | undefined;
  try {
    origin = new URL(given as string).origin;
  } catch {
    // Reported below.
  }
  if (typeof given === "string" && origin === given && origin !== "null") return;
  const hint = origin === undefined || origin === "null" ? undefined : `write ${quote(origin)}`;
  throw invalidOption(TASK, option, 'an origin such as "https://app.example.com"', given, hint);
}

/**
 * Checks over how long clients that come back are spread.
 *
 * @throws {TypeError} If it is not valid.
 */
export function checkRetryJitter(retryJitter: unknown): void {
  if (isWholeNumber(retryJitter)) return;
  throw invalidOption(TASK, "retryJitter", "a whole number of seconds from 0", retryJitter);
}
