import type { PathPart } from "./path-part.ts";

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
 * @param readRegExp Reads the source of a regular expression in it; `undefined` for one that it cannot read.
 * @returns Its parts, or `undefined` if it holds characters that no canonical path has, or a regular expression that
 * `readRegExp` does not read.
 * @see {@link https://urlpattern.spec.whatwg.org/#parse-a-pattern-string | Parse a pattern string}
 */
export function readPathPattern(
  path: string,
  readRegExp: (source: string) => PathPart[] | undefined,
): PathPart[] | undefined {
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
    const anyOf = readRegExp(path.slice(at + 1, end));
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
