import { invalidOption, OptionError } from "../../util/errors.ts";
import { messageOf, quote } from "../../util/received.ts";
import { parseComponent, type PathPart } from "./path-pattern.ts";
import { compilePathTree } from "./path-tree.ts";
import { anyPathStart, isSafePath } from "./url-path.ts";
import { urlPatternClass } from "./url-pattern-class.ts";
import type { UrlTest } from "./url-patterns.ts";

const TASK = "create maintenance mode";
const ACCEPTED = 'a path pattern such as "/docs/*"';
const HINT = "the full gate takes URL patterns, RegExp and URLPattern";

/**
 * Compiles path patterns without regular expressions into one test, which agrees with that of `compileUrlPatterns`.
 *
 * @param patterns The patterns.
 * @param option The name of the option, for messages.
 * @throws {OptionError} If a pattern is not valid, or is more than such a pattern.
 */
export function compilePaths(patterns: readonly string[], option: string): UrlTest {
  if (!Array.isArray(patterns)) throw invalidOption(TASK, option, `an array, each element ${ACCEPTED}`, patterns);
  const test = compilePathTree(patterns.flatMap((pattern: unknown, index) => parse(pattern, `${option}[${index}]`)));
  return (url) => {
    const start = anyPathStart(url);
    const match = start < 0 ? 0 : test(url, start);
    return match === 1 || match === 2 && isSafePath(url, start);
  };
}

function parse(pattern: unknown, name: string): readonly (readonly PathPart[])[] {
  if (typeof pattern !== "string" || !pattern.startsWith("/")) throw invalidOption(TASK, name, ACCEPTED, pattern, HINT);
  let path: string;
  try {
    path = new (urlPatternClass())({ pathname: pattern }).pathname;
  } catch (cause) {
    const problem = { path: name, expected: ACCEPTED, received: quote(pattern), hint: messageOf(cause) };
    throw new OptionError(TASK, problem, undefined, { cause });
  }
  const ways = parseComponent(path)?.ways;
  if (ways === undefined) throw invalidOption(TASK, name, ACCEPTED, pattern, HINT);
  return ways;
}
