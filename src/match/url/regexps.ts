import { boundOrThrow, longestForRegExp } from "./backtracking.ts";
import { OptionError } from "../../util/errors.ts";
import { quote } from "../../util/received.ts";
import { joinSources } from "./joined-regexps.ts";

/** The longest path that regular expressions are tried on, in characters. */
export const LONGEST_PATH = 2_048;

/** How many expressions are joined into one. Engines slow down, or give up, on much larger ones. */
const MOST_JOINED = 128;

/** How long the source of a joined expression may be. */
const LONGEST_SOURCE = 16_384;

/**
 * What means something else, or nothing, once other expressions stand beside it: references to groups, and their names.
 */
const STANDS_ALONE = /\\[1-9k]|\(\?<(?![=!])/;

/** A regular expression and the name of the option that it stands in. */
export interface NamedRegExp {
  readonly pattern: RegExp;
  readonly name: string;
}

type PathTest = (path: string) => boolean;

/** A test of a path, and how long a path it may be asked about. */
export interface BoundTest {
  readonly longest: number;
  readonly test: PathTest;
}

/**
 * Compiles regular expressions into few tests of a path, together equal to `RegExp.test` of each.
 *
 * Expressions with the same flags are joined into alternations, which engines match in one go: ten of them in less than
 * the time of a loop, a thousand in a small part of it.
 *
 * @throws {TypeError} If one could take the runtime too long, or is too large for it.
 */
export function compileRegExps(given: readonly NamedRegExp[], task: string): BoundTest[] {
  // What one request may cost is shared by all that can make it dear.
  const alone = given.map(({ pattern }) => longestForRegExp(pattern));
  const share = alone.filter((longest) => longest !== Infinity).length;
  const groups = new Map<string, Group>();
  const tests: BoundTest[] = [];
  given.forEach(({ pattern, name }, index) => {
    const bound = alone[index] === Infinity ? Infinity : longestForRegExp(pattern, share);
    const longest = Math.min(boundOrThrow(bound, task, name, String(pattern)), LONGEST_PATH);
    const { source } = pattern;
    // With `g` an expression remembers where its last match ended, and with `d` where its groups did.
    const flags = pattern.flags.replace(/[gd]/g, "");
    if (flags.includes("y") || STANDS_ALONE.test(source)) {
      tests.push({ longest, test: testAlone(source, flags, task, name) });
      return;
    }
    const isAnchored = source.startsWith("^") && !hasAlternatives(source, flags);
    const key = `${longest}${flags}${isAnchored}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { longest, flags, isAnchored, names: new Map([[source, name]]) });
    else group.names.set(source, name);
  });
  for (const group of groups.values()) {
    const { longest } = group;
    for (const batch of inBatches(group.names.keys())) {
      for (const test of testJoined(batch, group, task)) tests.push({ longest, test });
    }
  }
  return tests;
}

/** Expressions that can be joined. */
interface Group {
  readonly longest: number;
  readonly flags: string;
  /** Whether each of them has to begin where the path does. */
  readonly isAnchored: boolean;
  /** The names by the sources. */
  readonly names: Map<string, string>;
}

function testAlone(source: string, flags: string, task: string, name: string): PathTest {
  const pattern = new RegExp(source, flags);
  try {
    // Engines compile at the first test, and only then refuse what is too large for them.
    pattern.test("/");
  } catch (cause) {
    const given = quote(String(pattern));
    const problem = { path: name, expected: "a pattern that this runtime can hold", received: given };
    throw new OptionError(task, problem, undefined, { cause });
  }
  return (path) => {
    // Where a sticky expression is to begin.
    pattern.lastIndex = 0;
    return pattern.test(path);
  };
}

/** Whether a `|` may stand outside of all groups. */
function hasAlternatives(source: string, flags: string): boolean {
  // With the flag v, classes nest.
  if (flags.includes("v")) return source.includes("|");
  let depth = 0;
  for (const [token] of source.matchAll(/\\.|\[(?:\\.|[^\]\\])*\]|[()|]/g)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (token === "|" && depth === 0) return true;
  }
  return false;
}

/** Sources in batches to be joined, neighbours in one, because they begin alike. */
function* inBatches(sources: Iterable<string>): Generator<string[]> {
  let batch: string[] = [];
  let length = 0;
  for (const source of [...sources].sort()) {
    if (batch.length > 0 && (batch.length === MOST_JOINED || length + source.length > LONGEST_SOURCE)) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(source);
    length += source.length;
  }
  yield batch;
}

function testJoined(sources: readonly string[], { flags, isAnchored, names }: Group, task: string): PathTest[] {
  try {
    const joined = new RegExp(
      isAnchored
        ? `^${joinSources(sources.map((source) => source.slice(1)))}`
        : joinSources(sources.map((source) => hasAlternatives(source, flags) ? `(?:${source})` : source)),
      flags,
    );
    joined.test("/");
    return [(path) => joined.test(path)];
  } catch {
    return sources.map((source) => testAlone(source, flags, task, names.get(source)!));
  }
}
