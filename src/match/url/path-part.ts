/** A piece of a path pattern. */
export type PathPart =
  /** This very text. */
  | { literal: string }
  /** `*`: any text, the empty one included. */
  | "any"
  /** `:name`: one or more characters, but no slash. */
  | "segment"
  /** `{…}?`, `:name+`, `**`: parts that may be left out or repeated. */
  | { group: PathPart[]; modifier: "?" | "*" | "+" }
  /** `a|b` in a regular expression: one of these. */
  | { anyOf: PathPart[][] }
  /** `[a-z]` in a regular expression: one character, by its code. */
  | { chars: (code: number) => boolean };
