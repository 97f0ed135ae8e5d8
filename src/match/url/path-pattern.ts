/** A piece of a path: this very text, any text (`*`), or one or more characters without a slash (`:name`). */
export type PathPart = { literal: string } | "any" | "segment";

/** A pattern of one component of a URL, taken apart. */
export interface Component {
  /** The source of a regular expression that matches all of the text that the pattern does. */
  readonly source: string;
  /** The alternatives that the pattern stands for; `undefined` if it repeats a part, or holds a regular expression. */
  readonly ways: readonly (readonly PathPart[])[] | undefined;
  /** Whether the runtime repeats a part that `source` does not: it has no bound on what that costs. */
  readonly isShortened: boolean;
}

/** Parts that may be left out double the alternatives. With more of them, the pattern becomes a regular expression. */
const MOST_WAYS = 16;

// Created for the first pattern that holds a name: an engine reads up to a millisecond of Unicode tables for it.
let namePattern: RegExp | undefined;

/** The name at a position, with its colon. */
function readName(text: string, at: number): string | undefined {
  if (text[at] !== ":") return undefined;
  namePattern ??= new RegExp(":[$_\\p{ID_Start}][$\\u200c\\u200d\\p{ID_Continue}]*", "uy");
  namePattern.lastIndex = at;
  return namePattern.exec(text)?.[0];
}

/**
 * Takes the pattern of a component apart.
 *
 * @param text The pattern in the canonical form that a `URLPattern` gives, such as its `pathname`.
 * @param delimiter The character that a name does not match: `/` in a path, `.` in a host, none elsewhere.
 * @param spell Spells the literal text in another way.
 * @returns `undefined` if the pattern holds what no canonical one has.
 * @see {@link https://urlpattern.spec.whatwg.org/#parse-a-pattern-string | Parse a pattern string}
 */
export function parseComponent(
  text: string,
  delimiter: "/" | "." | "" = "/",
  spell: (literal: string) => string = (literal) => literal,
): Component | undefined {
  let source = "";
  let ways: PathPart[][] | undefined = [[]];
  let isShortened = false;
  let at = 0;
  const segment = delimiter === "" ? "(.+)" : `([^\\${delimiter}]+)`;

  /** The `*`, `:name`, `:name(…)` or `(…)` at this position: a part of a path, or a source in parentheses. */
  const readGroup = (): PathPart | string | undefined => {
    if (text[at] === "*") {
      at++;
      return "any";
    }
    const name = readName(text, at);
    at += name?.length ?? 0;
    if (text[at] !== "(") return name && "segment";
    const start = at;
    at = closingParenthesis(text, at) + 1;
    const group = text.slice(start, at);
    return group === "(.*)" ? "any" : group;
  };
  /** The literal text at this position, up to a character with a meaning. */
  const readText = (): string => {
    let literal = "";
    while (at < text.length && !SPECIAL.test(text[at]!)) {
      if (text[at] === "\\") at++;
      literal += text[at++] ?? "";
    }
    return spell(literal);
  };
  const add = (prefix: string, group: PathPart | string | undefined, suffix: string) => {
    let modifier = /[?*+]/.test(text[at] ?? "") ? text[at++]! : "";
    const isSegment = group === "segment" && (delimiter === "" || !(prefix + suffix).includes(delimiter));
    // Repeated, these match nothing more: "{a*}*" matches what "{a*}?" does.
    if ((group === "any" || isSegment) && /[*+]/.test(modifier)) {
      modifier = modifier === "*" ? "?" : "";
      isShortened = true;
    }
    // A star alone matches nothing as well.
    if (group === "any" && prefix + suffix === "") modifier = "";
    const middle = group === "any" ? "(.*)" : group === "segment" ? segment : group ?? "";
    const inner = escapeLiteral(prefix) + middle + escapeLiteral(suffix);
    source += modifier === "" ? inner : `(?:${inner})${modifier}`;
    if (modifier === "*" || modifier === "+" || middle === group) {
      ways = undefined;
      return;
    }
    const longer = modifier === "?" ? ways?.map((way) => [...way]) : ways;
    for (const way of longer ?? []) {
      append(way, { literal: prefix });
      if (group !== undefined) append(way, group as PathPart);
      append(way, { literal: suffix });
    }
    if (longer !== ways) ways = [...ways!, ...longer!];
    if (ways !== undefined && ways.length > MOST_WAYS) ways = undefined;
  };

  while (at < text.length) {
    const char = text[at]!;
    if (/[)}+?\x7f-\uffff]/.test(char)) return undefined;
    if (char === "{") {
      at++;
      const prefix = readText();
      const group = readGroup();
      const suffix = readText();
      if (text[at++] !== "}") return undefined;
      add(prefix, group, suffix);
      continue;
    }
    // A slash right in front of a group belongs to it: `/:name?` may be left out with its slash.
    const prefix = char === "/" && delimiter === "/" ? char : "";
    at += prefix.length;
    const group = readGroup();
    if (group !== undefined) {
      add(prefix, group, "");
      continue;
    }
    at -= prefix.length;
    if (char === "\\") at++;
    // A colon that no name follows is a colon.
    let literal = text[at++] ?? "";
    while (at < text.length && !/[{}()*+?:\\/\x7f-\uffff]/.test(text[at]!)) literal += text[at++];
    literal = spell(literal);
    source += escapeLiteral(literal);
    for (const way of ways ?? []) append(way, { literal });
  }
  return { source, ways, isShortened };
}

/** The characters with a meaning, but for the backslash. */
const SPECIAL = /[{}()*+?:]/;

/** The position of the parenthesis that closes the one at a position. */
function closingParenthesis(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at;
  }
  return text.length;
}

function escapeLiteral(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/g, "\\$&");
}

/** Adds a part. Text joins the text in front of it, and a second star says nothing new. */
function append(parts: PathPart[], part: PathPart): void {
  const last = parts.at(-1);
  if (typeof part === "object" && typeof last === "object") {
    // Other ways may hold the same object.
    parts[parts.length - 1] = { literal: last.literal + part.literal };
  } else if (typeof part === "object" ? part.literal !== "" : part === "segment" || last !== "any") {
    parts.push(part);
  }
}

/** A path that these parts match. */
export function exampleOf(parts: readonly PathPart[]): string {
  return parts.map((part) => part === "any" ? "" : part === "segment" ? "x" : part.literal).join("");
}
