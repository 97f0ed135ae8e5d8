import { firstElements } from "./list-field.ts";

/** The languages of the answers, and the choice among them. */
export interface Languages {
  /** Their tags (BCP 47), the default first. */
  readonly tags: readonly string[];
  /** The index in `tags` of the language that an `Accept-Language` field asks for; 0 if it asks for none of them. */
  choose(acceptLanguage: string | null): number;
  /** The index in `tags` of the language that a tag stands for, such as German for `"de-AT"`; -1 for none. */
  placeOf(tag: string): number;
}

/** Whether a text is the tag of a language, such as `"de"` or `"zh-Hant"` (BCP 47). */
export function isLanguageTag(text: unknown): text is string {
  return typeof text === "string" && /^[a-z]{2,8}(?:-[a-z\d]{1,8})*$/i.test(text) && text.length <= 35;
}

/** Languages that are written from right to left, and scripts that are. */
const RIGHT_TO_LEFT = ["ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];
const RIGHT_TO_LEFT_SCRIPTS = ["adlm", "arab", "aran", "hebr", "mand", "nkoo", "rohg", "samr", "syrc", "thaa"];

/** The direction in which a language is written, by its tag. */
export function directionOf(tag: string): "ltr" | "rtl" {
  const [language, ...rest] = tag.toLowerCase().split("-");
  const script = rest.find((part) => /^[a-z]{4}$/.test(part));
  const isRightToLeft = script === undefined
    ? RIGHT_TO_LEFT.includes(language!)
    : RIGHT_TO_LEFT_SCRIPTS.includes(script);
  return isRightToLeft ? "rtl" : "ltr";
}

/** How much of an `Accept-Language` field the gate reads, in characters. */
const MAX_LENGTH = 1_024;

/** Tags that stand for another one: for the script of a region, or for a newer name of the language. */
const ALIASES: Readonly<Record<string, string>> = {
  zh: "zh-hans",
  "zh-cn": "zh-hans",
  "zh-sg": "zh-hans",
  "zh-tw": "zh-hant",
  "zh-hk": "zh-hant",
  "zh-mo": "zh-hant",
  yue: "zh-hant",
  "pt-pt": "pt",
  no: "nb",
  nn: "nb",
  iw: "he",
  in: "id",
  tl: "fil",
  "sr-latn": "hr",
  bs: "hr",
};

/** The tag in lower case that a tag means: "zh-hant" for "zh-TW". */
export function meaningOf(tag: string): string {
  const lower = tag.toLowerCase();
  return ALIASES[lower] ?? lower;
}

/**
 * Prepares the choice of a language by lookup: it takes the range with the highest weight, shortens it from its end until it
 * finds such a language, and then tries the next range.
 *
 * @param tags The tags of the languages, the default first.
 * @see {@link https://www.rfc-editor.org/rfc/rfc4647#section-3.4 | RFC 4647 section 3.4} and
 * {@link https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4 | RFC 9110 section 12.5.4}
 */
export function compileLanguages(tags: readonly string[]): Languages {
  const places = new Map(tags.map((tag, place) => [tag.toLowerCase(), place]));
  // A site with words for "zh-TW" alone has words for "zh-Hant".
  for (const tag of tags) {
    const meaning = meaningOf(tag);
    if (!places.has(meaning)) places.set(meaning, places.get(tag.toLowerCase())!);
  }
  for (const [alias, tag] of Object.entries(ALIASES)) {
    const place = places.get(tag);
    if (place !== undefined && !places.has(alias)) places.set(alias, place);
  }

  /** The language of a range in lower case, or -1. */
  function lookUp(range: string): number {
    for (let rest = range;;) {
      const place = places.get(rest);
      if (place !== undefined) return place;
      const end = rest.lastIndexOf("-");
      if (end === -1) return -1;
      // A single letter or digit introduces what follows it, and says nothing on its own.
      rest = rest.slice(0, rest.charCodeAt(end - 2) === DASH ? end - 2 : end);
    }
  }

  // The languages of first elements as they are written, such as "en-US". Full is full: the slow way is not that slow.
  const found = new Map(tags.map((tag, place) => [tag, place]));

  /** The language of the first element, which nothing outweighs if it has no weight of its own; -1 if it takes more to know. */
  function lookUpFirst(field: string): number {
    let end = field.indexOf(",");
    if (end === -1) end = field.length;
    if (end === 0 || end > 11) return -1;
    const range = field.slice(0, end);
    const known = found.get(range);
    if (known !== undefined) return known;
    if (range.includes(";")) return -1;
    const place = lookUp(range.toLowerCase());
    // A copy: engines let a part of a text hold on to all of it.
    if (place !== -1 && found.size < MOST_FOUND) found.set([...range].join(""), place);
    return place;
  }

  const lookup: Lookup = { lookUp, isTag: (range) => places.has(range), count: tags.length };
  const hasChoice = tags.length > 1;
  // Browsers send the same again and again, and comparing is faster than reading: one field is kept for each length.
  const keptFields: string[] = Array(SLOTS).fill("");
  const keptPlaces: number[] = Array(SLOTS).fill(0);
  return {
    tags,
    choose(field) {
      if (typeof field !== "string" || !hasChoice) return 0;
      const slot = field.length & (SLOTS - 1);
      if (keptFields[slot] === field) return keptPlaces[slot]!;
      const first = lookUpFirst(field);
      const place = first === -1 ? weigh(firstElements(field, MAX_LENGTH).toLowerCase(), lookup) : first;
      if (field.length <= LONGEST_KEPT) {
        keptFields[slot] = field;
        keptPlaces[slot] = place;
      }
      return place;
    },
    placeOf: (tag) => lookUp(tag.toLowerCase()),
  };
}

/** How many fields are kept: a power of two. */
const SLOTS = 32;

/** The longest field that is kept. */
const LONGEST_KEPT = 128;

/** How many first elements are kept. */
const MOST_FOUND = 512;

const DASH = 45;

/** What {@link weigh} reads of the languages. */
interface Lookup {
  /** The language of a range in lower case, or -1. */
  lookUp(range: string): number;
  /** Whether a range is the tag of a language. */
  isTag(range: string): boolean;
  /** How many there are. */
  count: number;
}

/** Looks the ranges of a field up, and takes the one with the highest weight; of equal ones the first. */
function weigh(field: string, { lookUp, isTag, count }: Lookup): number {
  let best = -1;
  let most = 0;
  let anything = 0;
  const refused: number[] = [];
  for (let start = 0; start < field.length;) {
    const comma = field.indexOf(",", start);
    const end = comma === -1 ? field.length : comma;
    const semicolon = field.indexOf(";", start);
    const hasWeight = semicolon !== -1 && semicolon < end;
    const weight = hasWeight ? weightOf(field.slice(semicolon + 1, end)) : 1;
    if (weight > most || weight === 0) {
      const range = field.slice(start, hasWeight ? semicolon : end).trim();
      if (range === "*") anything = Math.max(anything, weight);
      else if (weight > 0) {
        const place = lookUp(range);
        if (place !== -1) [best, most] = [place, weight];
      } // "de-at;q=0" is no refusal of German as it is written elsewhere.
      else if (isTag(range)) refused.push(lookUp(range));
    }
    start = end + 1;
  }
  if (best !== -1 && most >= anything) return best;
  for (let place = 0; place < count; place++) if (!refused.includes(place)) return place;
  return 0;
}

/** The weight among the parameters of a range: from 0 to 1, -1 if it cannot be read. */
function weightOf(parameters: string): number {
  const match = /^\s*q\s*=\s*(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)\s*$/.exec(parameters);
  return match === null ? -1 : Number(match[1]);
}
