import { exampleOf, parseComponent, type PathPart } from "./path-pattern.ts";
import { compilePathTree } from "./path-tree.ts";
import { checkList, COMPONENTS, readPattern, TASK, textOf } from "./read-pattern.ts";
import { boundOrThrow, longestText } from "./regexp-cost.ts";
import { compileRegExps, type NamedRegExp } from "./regexps.ts";
import type { UrlPattern, UrlPatternObject } from "./types.ts";
import { inOneSpelling } from "./one-spelling.ts";
import {
  hasPlainHost,
  isPlainPath,
  isSafePath,
  parsedPathStart,
  pathEnd,
  pathStart,
  skipHarmless,
} from "./url-path.ts";
import { urlPatternClass } from "./url-pattern-class.ts";

/** Tells whether a URL, as `Request.url` gives it, matches one of the compiled patterns. */
export type UrlTest = (url: string) => boolean;

/** The same, with the path of the URL at hand. */
type UrlAndPathTest = (url: string, path: string) => boolean;

const SLASH = 47;

/**
 * Compiles patterns into one test, equal to `URLPattern.test` of each but for the unsafe paths of {@link isSafePath}.
 *
 * Patterns of paths go into one tree. Those that repeat a part or hold a regular expression become regular expressions, and
 * run joined with those of the options. Of other patterns, the runtime's own `URLPattern` tests the rest of the URL. All
 * that an engine runs has a longest path, so that no request can cost more than some milliseconds.
 *
 * @param patterns The patterns, as `ignoreUrls` takes them.
 * @param option The name of the option, for messages.
 * @param inDoubt The result for a URL that an app may read in another way than the patterns do, and for a path that is too
 * long to be tried: `false` where a match lets a request in, `true` where it keeps one out.
 * @throws {OptionError} If a pattern is not valid, or its cost has no bound.
 */
export function compileUrlPatterns(patterns: readonly UrlPattern[], option: string, inDoubt = false): UrlTest {
  checkList(patterns, option);
  if (patterns.length === 0) return () => false;

  const paths = createPathSet();
  const others: ((share: number) => UrlAndPathTest)[] = [];
  patterns.forEach((pattern: UrlPattern, index) => {
    const name = `${option}[${index}]`;
    if (pattern instanceof RegExp) {
      paths.regExps.push({ pattern, name, text: String(pattern) });
      return;
    }
    const compiled = readPattern(pattern, name);
    const text = textOf(pattern);
    const own = saysOnlyPath(compiled) ? paths : createPathSet();
    if (!addPath(own, compiled, compiled === pattern, inDoubt, name, text)) {
      others.push((share) => boundUrlPattern(compiled, name, text, share, inDoubt));
    } else if (own !== paths) {
      const tests = compilePaths(own, inDoubt);
      const testRest = boundUrlPattern(anyPath(compiled), name, text, 1, inDoubt);
      others.push(() => (url, path) => tests.some((test) => test(url, path)) && testRest(url, path));
    }
  });

  const { exact } = paths;
  const matchesTree = compilePathTree(exact);
  const tests = [
    ...compilePaths({ ...paths, exact: [] }, inDoubt),
    ...others.map((bind) => bind(others.length)),
  ];

  function matches(url: string, start: number): boolean {
    const match = exact.length === 0 ? 0 : matchesTree(url, start);
    if (match === 1) return true;
    if (inDoubt && !isPlainPath(url, start)) return true;
    if (match !== 0) return inDoubt || isSafePath(url, start);
    if (tests.length === 0) return false;
    // Most paths are harmless to their end, so that one look finds the end and shows that they are safe.
    const harmless = skipHarmless(url, start);
    const end = pathEnd(url, harmless);
    const path = url.slice(start, end);
    for (const test of tests) if (test(url, path)) return inDoubt || harmless === end || isSafePath(url, start);
    return false;
  }

  // The last plain origin: most requests have the same.
  let origin = "\0";
  return (url) => {
    if (url.charCodeAt(origin.length) === SLASH && url.startsWith(origin)) return matches(url, origin.length);
    const start = pathStart(url);
    if (start >= 0) {
      const match = matches(url, start);
      if (match === inDoubt) return match;
      // Checked last, because most requests do not get here.
      if (hasPlainHost(url, start)) {
        origin = url.slice(0, start);
        return match;
      }
    }
    // For an unusual form, the URL parser finds the path.
    const parsed = parsedPathStart(url);
    return parsed >= 0 ? matches(url, parsed) : inDoubt;
  };
}

/** Patterns of paths, by how they are compiled. */
interface PathSet {
  readonly exact: (readonly PathPart[])[];
  /** In lower case, for paths in either case. */
  readonly folded: (readonly PathPart[])[];
  readonly regExps: NamedRegExp[];
}

function createPathSet(): PathSet {
  return { exact: [], folded: [], regExps: [] };
}

/** Adds the path of a pattern to a set. Returns `false` if only the runtime knows what it means. */
function addPath(
  set: PathSet,
  compiled: UrlPatternObject,
  isGiven: boolean,
  fold: boolean,
  name: string,
  text: string,
): boolean {
  const path = parseComponent(compiled.pathname, "/", fold ? inOneSpelling : undefined);
  if (path === undefined) return false;
  const { ways, source } = path;
  const ignoresCase = isGiven ? readIgnoreCase(compiled, ways?.at(-1)) : false;
  if (ignoresCase === undefined) return false;
  const folds = fold || ignoresCase;
  if (ways !== undefined) {
    if (folds) set.folded.push(...ways.map((way) => way.map(toLowerCase)));
    else set.exact.push(...ways);
    return true;
  }
  const pattern = toRegExp(source, folds);
  if (pattern !== undefined) set.regExps.push({ pattern, name, text });
  return pattern !== undefined;
}

function toLowerCase(part: PathPart): PathPart {
  return typeof part === "object" ? { literal: part.literal.toLowerCase() } : part;
}

/** The regular expression that `URLPattern` makes of a component; older engines do not know the flag v. */
export function toRegExp(source: string, folds: boolean): RegExp | undefined {
  for (const flags of ["v", "u"]) {
    try {
      return new RegExp(`^${source}$`, folds ? `${flags}i` : flags);
    } catch {
      // The other flag may do.
    }
  }
  return undefined;
}

/**
 * Whether a given `URLPattern` was made with `ignoreCase`. That cannot be read back, but a path in the other case tells.
 *
 * @returns `undefined` if it cannot be told.
 */
function readIgnoreCase(pattern: UrlPatternObject, way: readonly PathPart[] | undefined): boolean | undefined {
  // A user's class may have a test of its own.
  if (pattern.test !== urlPatternClass().prototype.test || !saysOnlyPath(pattern) || way === undefined) {
    return undefined;
  }
  const example = exampleOf(way);
  const other = example.replace(/[a-z]/gi, (char) => char < "a" ? char.toLowerCase() : char.toUpperCase());
  const matches = (path: string) => path.startsWith("/") && pattern.test(`http://localhost${path}`);
  if (!matches(example)) return undefined;
  return other !== example && matches(other);
}

function compilePaths({ exact, folded, regExps }: PathSet, inDoubt: boolean): UrlAndPathTest[] {
  const tests = compileRegExps(regExps, TASK).map(({ longest, test }): UrlAndPathTest => (_url, path) =>
    path.length <= longest ? test(path) : inDoubt
  );
  const exactTree = compilePathTree(exact, inDoubt);
  const foldedTree = compilePathTree(folded, inDoubt);
  if (exact.length > 0) tests.unshift((_url, path) => exactTree(path, 0) !== 0);
  if (folded.length > 0) tests.unshift((_url, path) => foldedTree(path.toLowerCase(), 0) !== 0);
  return tests;
}

/** The same pattern for any path. */
function anyPath(pattern: UrlPatternObject): UrlPatternObject {
  const { protocol, username, password, hostname, port, search, hash } = pattern;
  return new (urlPatternClass())({ protocol, username, password, hostname, port, pathname: "*", search, hash });
}

/** Whether a pattern is about the path alone. */
function saysOnlyPath(pattern: UrlPatternObject): boolean {
  return COMPONENTS.every((component) => component === "pathname" || pattern[component] === "*");
}

/**
 * The test of a pattern that is left to the runtime.
 *
 * @param share How many of them share what a request may cost.
 * @throws {OptionError} If it could take the runtime too long on any URL.
 */
function boundUrlPattern(
  pattern: UrlPatternObject,
  name: string,
  text: string,
  share: number,
  inDoubt: boolean,
): UrlAndPathTest {
  const longestOf = (component: typeof COMPONENTS[number]) => {
    const delimiter = component === "pathname" ? "/" : component === "hostname" ? "." : "";
    const parsed = parseComponent(pattern[component], delimiter);
    const source = `^${parsed?.source ?? pattern[component]}$`;
    const longest = parsed?.isShortened ? undefined : longestText({ source, flags: "v" }, share);
    return boundOrThrow(longest, TASK, name, text);
  };
  const longestPath = longestOf("pathname");
  const longestRest = Math.min(...COMPONENTS.filter((component) => component !== "pathname").map(longestOf));
  const misreads = pattern.pathname !== "*" && misreadsDoubleSlash();
  return (url, path) =>
    path.length <= longestPath && url.length - path.length <= longestRest && !(misreads && path.startsWith("//"))
      ? pattern.test(url)
      : inDoubt;
}

/** Whether `URLPattern` takes the start of a path such as `//host/path` for a host, as urlpattern-polyfill 10.1 does. */
function misreadsDoubleSlash(): boolean {
  return new (urlPatternClass())({ pathname: "/b" }).test("http://host.test//a/b");
}
