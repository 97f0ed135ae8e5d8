import type { PathPart } from "./path-part.ts";
import { parseRegExp } from "./regexp-parser.ts";

// Made when a pattern first holds a name: an engine reads up to a millisecond of Unicode tables for it.
let namePattern: RegExp | undefined;

/** The name at a position, with its colon. */
function readName(path: string, at: number): string | undefined {
  if (path[at] !== ":") return undefined;
  namePattern ??= new RegExp(":[$_\\p{ID_Start}][$\\u200c\\u200d\\p{ID_Continue}]*", "uy");
  namePattern.lastIndex = at;
  return namePattern.exec(path)?.[0];
}

/**
 * Reads a path pattern.
 *
 * @param path The pattern in the canonical form that `URLPattern.pathname` gives.
 * @returns Its parts, or `undefined` if it holds characters that no canonical path has, or a regular expression that
 * {@link parseRegExp} does not read.
 * @see {@link https://urlpattern.spec.whatwg.org/#parse-a-pattern-string | Parse a pattern string}
 */
export function parsePathPattern(path: string): PathPart[] | undefined {
  const parts: PathPart[] = [];
  let literal = "";
  let at = 0;

  /** The `*`, `:name`, `:name(…)` or `(…)` at this position; `null` if it cannot be read. */
  const readGroup = (): PathPart | null | undefined => {
    if (path[at] === "*") {
      at++;
      return "any";
    }
    const name = readName(path, at);
    at += name?.length ?? 0;
    if (path[at] !== "(") return name === undefined ? undefined : "segment";
    const end = closingParenthesis(path, at);
    const anyOf = parseRegExp(path.slice(at + 1, end), "v", true);
    at = end + 1;
    return anyOf ? { anyOf: [anyOf] } : null;
  };
  /** The literal text at this position, up to what has a meaning. */
  const readText = (): string => {
    let text = "";
    while (at < path.length && !/[{}()*+?:]/.test(path[at]!)) {
      if (path[at] === "\\") at++;
      text += path[at++] ?? "";
    }
    return text;
  };
  const add = (prefix: string, group: PathPart | undefined, suffix: string) => {
    const modifier = /[?*+]/.test(path[at] ?? "") ? path[at++] as "?" | "*" | "+" : undefined;
    if (modifier === undefined) {
      literal += prefix;
      if (group) {
        flush();
        parts.push(group);
      }
      literal += suffix;
      return;
    }
    flush();
    const repeated: PathPart[] = [];
    if (prefix) repeated.push({ literal: prefix });
    if (group) repeated.push(group);
    if (suffix) repeated.push({ literal: suffix });
    parts.push({ group: repeated, modifier });
  };
  const flush = () => {
    if (literal) parts.push({ literal });
    literal = "";
  };

  while (at < path.length) {
    const char = path[at]!;
    if (char > "~") return undefined;
    if (char === ")" || char === "}" || char === "+" || char === "?") return undefined;
    if (char === "{") {
      at++;
      const prefix = readText();
      const group = readGroup();
      const suffix = readText();
      if (group === null || path[at] !== "}") return undefined;
      at++;
      add(prefix, group, suffix);
      continue;
    }
    // A slash right in front of a group belongs to it: `/:name?` may be left out with its slash.
    const start = at;
    if (char === "/") at++;
    const group = readGroup();
    if (group === undefined) {
      at = start;
      if (char === "\\") at++;
      // A colon that no name follows is a colon.
      literal += path[at++] ?? "";
      continue;
    }
    if (group === null) return undefined;
    add(char === "/" ? "/" : "", group, "");
  }
  flush();
  return parts;
}

/** The position of the parenthesis that closes the one at a position. */
function closingParenthesis(path: string, open: number): number {
  let depth = 0;
  for (let at = open; at < path.length; at++) {
    if (path[at] === "\\") at++;
    else if (path[at] === "(") depth++;
    else if (path[at] === ")" && --depth === 0) return at;
  }
  return path.length;
}

/** The same pattern for text in upper and lower case. */
export function foldCase(parts: readonly PathPart[]): PathPart[] {
  return parts.flatMap((part): PathPart[] => {
    if (typeof part === "string") return [part];
    if ("literal" in part) {
      return Array.from(part.literal, (char) => {
        const both = [char.toLowerCase().charCodeAt(0), char.toUpperCase().charCodeAt(0)];
        return { chars: (code: number) => both.includes(code) };
      });
    }
    if ("chars" in part) {
      const { chars } = part;
      return [{ chars: (code) => chars(code) || chars(turnCase(code)) }];
    }
    if ("anyOf" in part) return [{ anyOf: part.anyOf.map(foldCase) }];
    return [{ ...part, group: foldCase(part.group) }];
  });
}

/** The code of an ASCII letter in the other case; that of anything else as it is. */
function turnCase(code: number): number {
  const lower = code | 32;
  return lower >= 97 && lower <= 122 ? code ^ 32 : code;
}

/** A path that a pattern matches, if there is a short one. */
export function exampleOf(parts: readonly PathPart[]): string {
  return parts.map((part) => {
    if (part === "any") return "";
    if (part === "segment") return "x";
    if ("literal" in part) return part.literal;
    if ("group" in part) return exampleOf(part.group);
    if ("anyOf" in part) return exampleOf(part.anyOf[0]!);
    return Array.from("x0-._~/:@").find((char) => part.chars(char.charCodeAt(0))) ?? "";
  }).join("");
}
