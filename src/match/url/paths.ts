import { invalidOption, OptionError } from "../../util/errors.ts";
import { messageOf, quote } from "../../util/received.ts";
import { compileAutomaton, longestForAutomata } from "./path-automaton.ts";
import type { PathPart } from "./path-part.ts";
import { readPathPattern } from "./path-reader.ts";
import { hasPlainHost, isSafePath, parsedPathStart, pathEnd, pathStart } from "./url-path.ts";
import { urlPatternClass } from "./url-pattern-class.ts";
import type { UrlTest } from "./url-patterns.ts";

const TASK = "create maintenance mode";
const ACCEPTED = 'a path pattern such as "/docs/*"';
const HINT = "the full gate takes URL patterns, RegExp and URLPattern";

/**
 * Compiles path patterns without regular expressions into one test. It agrees with `compileUrlPatterns` about them, but the
 * cost of a request grows with the number of patterns.
 *
 * @param patterns The patterns.
 * @param option The name of the option, for messages.
 * @throws {OptionError} If a pattern is not valid, or is more than such a pattern.
 */
export function compilePaths(patterns: readonly string[], option: string): UrlTest {
  if (!Array.isArray(patterns)) throw invalidOption(TASK, option, `an array, each element ${ACCEPTED}`, patterns);
  const parts = patterns.map((pattern: unknown, index) => parse(pattern, `${option}[${index}]`));
  const longest = longestForAutomata(parts);
  const tests = parts.map(compileAutomaton);
  return (url) => {
    const usual = pathStart(url);
    const start = usual >= 0 && hasPlainHost(url, usual) ? usual : parsedPathStart(url);
    if (start < 0 || !isSafePath(url, start)) return false;
    const end = pathEnd(url, start);
    return end - start <= longest && tests.some((test) => test(url, start, end));
  };
}

function parse(pattern: unknown, name: string): PathPart[] {
  if (typeof pattern !== "string" || !pattern.startsWith("/")) throw invalidOption(TASK, name, ACCEPTED, pattern, HINT);
  let path: string;
  try {
    path = new (urlPatternClass())({ pathname: pattern }).pathname;
  } catch (cause) {
    const problem = { path: name, expected: ACCEPTED, received: quote(pattern), hint: messageOf(cause) };
    throw new OptionError(TASK, problem, undefined, { cause });
  }
  const parts = readPathPattern(path, () => undefined);
  if (parts === undefined) throw invalidOption(TASK, name, ACCEPTED, pattern, HINT);
  return parts;
}
