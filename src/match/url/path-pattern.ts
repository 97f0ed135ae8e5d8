import type { PathPart } from "./path-part.ts";
import { readPathPattern } from "./path-reader.ts";
import { parseRegExp } from "./regexp-parser.ts";

/**
 * Reads a path pattern with its regular expressions.
 *
 * @param path The pattern in the canonical form that `URLPattern.pathname` gives.
 * @returns Its parts, or `undefined` if {@link readPathPattern} or {@link parseRegExp} cannot read it.
 */
export function parsePathPattern(path: string): PathPart[] | undefined {
  return readPathPattern(path, (source) => parseRegExp(source, "v", true));
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
