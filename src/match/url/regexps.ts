import { OptionError } from "../../util/errors.ts";
import { quote } from "../../util/received.ts";
import { boundOrThrow, longestText } from "./regexp-cost.ts";

/** The longest path on which regular expressions are tried, in characters. */
export const LONGEST_PATH = 2_048;

/** How many expressions are joined into one. Of fewer, a loop is faster; on many more, engines slow down or give up. */
const LEAST_JOINED = 32;
const MOST_JOINED = 128;

/**
 * References to groups, and names of groups: they change their meaning, or lose it, in an alternation.
 */
const STANDS_ALONE = /\\[1-9k]|\(\?<(?![=!])/;

/** A regular expression and the name of the option that it stands in. */
export interface NamedRegExp {
  readonly pattern: RegExp;
  readonly name: string;
  /** The pattern as it was given. */
  readonly text: string;
}

type PathTest = (path: string) => boolean;

/** A test of a path, and the longest path on which it is tried. */
export interface BoundTest {
  readonly longest: number;
  readonly test: PathTest;
}

/**
 * Compiles regular expressions into few tests of a path, together equal to `RegExp.test` of each.
 *
 * Many expressions with the same flags are joined into alternations, which take engines a fraction of the time that a loop
 * takes.
 *
 * @throws {OptionError} If one could take the runtime too long, or is too large for it.
 */
export function compileRegExps(given: readonly NamedRegExp[], task: string): BoundTest[] {
  // All expressions that can be slow share the steps that a request may cost.
  const alone = given.map(({ pattern }) => longestText(pattern));
  const share = alone.filter((longest) => longest !== Infinity).length;
  const groups = new Map<string, NamedRegExp[]>();
  const tests = given.flatMap((each, index): BoundTest[] => {
    const { pattern, name, text } = each;
    const bound = alone[index] === Infinity ? Infinity : longestText(pattern, share);
    const longest = Math.min(boundOrThrow(bound, task, name, text), LONGEST_PATH);
    // With `g` an expression remembers where its last match ended, and with `d` where its groups did.
    const flags = pattern.flags.replace(/[gd]/g, "");
    if (flags.includes("y") || STANDS_ALONE.test(pattern.source)) {
      return [{ longest, test: testAlone(each, flags, task) }];
    }
    const key = `${longest}/${flags}`;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key)!.push(each);
    return [];
  });
  for (const [key, group] of groups) {
    const [longest, flags] = key.split("/");
    // Engines choose faster among alternatives whose neighbours begin alike.
    group.sort((a, b) => a.pattern.source < b.pattern.source ? -1 : 1);
    while (group.length > 0) {
      const joined = testJoined(group.splice(0, MOST_JOINED), flags!, task);
      tests.push(...joined.map((test) => ({ longest: Number(longest), test })));
    }
  }
  return tests;
}

function testJoined(batch: readonly NamedRegExp[], flags: string, task: string): PathTest[] {
  if (batch.length < LEAST_JOINED) return [testInTurn(batch, flags, task)];
  try {
    const joined = new RegExp(batch.map(({ pattern }) => pattern.source).join("|"), flags);
    joined.test("/");
    return [(path) => joined.test(path)];
  } catch {
    return [testInTurn(batch, flags, task)];
  }
}

function testInTurn(batch: readonly NamedRegExp[], flags: string, task: string): PathTest {
  const patterns = batch.map((each) => compile(each, flags, task));
  return (path) => {
    for (const pattern of patterns) if (pattern.test(path)) return true;
    return false;
  };
}

function testAlone(given: NamedRegExp, flags: string, task: string): PathTest {
  const pattern = compile(given, flags, task);
  return (path) => {
    // A sticky expression begins where the last match ended.
    pattern.lastIndex = 0;
    return pattern.test(path);
  };
}

function compile({ pattern: { source }, name, text }: NamedRegExp, flags: string, task: string): RegExp {
  const pattern = new RegExp(source, flags);
  try {
    // Engines compile at the first test, and only then refuse what is too large for them.
    pattern.test("/");
  } catch (cause) {
    const problem = { path: name, expected: "a pattern that this runtime can hold", received: quote(text) };
    throw new OptionError(task, problem, undefined, { cause });
  }
  return pattern;
}
