import { checkNames, invalidOption, OptionError } from "../../util/errors.ts";
import { messageOf, quote } from "../../util/received.ts";
import { boundOrThrow, longestText } from "./backtracking.ts";
import { compileAutomaton, longestForAutomata } from "./path-automaton.ts";
import type { PathPart } from "./path-part.ts";
import { exampleOf, foldCase, parsePathPattern } from "./path-pattern.ts";
import { compilePathTree } from "./path-tree.ts";
import { compileRegExps, type NamedRegExp } from "./regexps.ts";
import { hasPlainHost, isSafePath, parsedPathStart, pathEnd, pathStart, skipHarmless } from "./url-path.ts";
import type { UrlPattern, UrlPatternInit, UrlPatternObject } from "./types.ts";
import { urlPatternClass } from "./url-pattern-class.ts";

/** Tells whether a URL, as `Request.url` gives it, matches one of the compiled patterns. */
export type UrlTest = (url: string) => boolean;

/** The same, with the path of the URL at hand. */
type UrlAndPathTest = (url: string, path: string) => boolean;

/** What a pattern may be where there is nothing but text, as in the JSON of a state. */
export const ACCEPTED_TEXTS: string =
  'a path pattern such as "/docs/*" or a URL pattern such as "https://api.example.com/*"';

/** What a pattern may be in options. */
export const ACCEPTED_PATTERNS: string =
  'a path pattern such as "/docs/*", a URL pattern such as "https://api.example.com/*", a RegExp, a URLPattern or its parts';

const COMPONENTS = ["protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"] as const;

type Component = typeof COMPONENTS[number];

const TASK = "create maintenance mode";

const SLASH = 47;

/**
 * Compiles patterns into one test, equal to `URLPattern.test` of each but for the unsafe paths of {@link isSafePath}.
 *
 * Patterns that say no more than a path go into one tree. The others are tried one after the other. They are compiled to
 * automata, whose cost grows with the length of the path alone; what an automaton cannot do, such as lookarounds, is left
 * to the runtime's own `URLPattern`, within the bound of {@link longestText}. Regular expressions stay the runtime's own,
 * within that bound.
 *
 * @param patterns The patterns, as `ignoreUrls` takes them.
 * @param option The name of the option, for messages.
 * @param inDoubt What the test says of a URL that an app may read in another way than the patterns do, and of a path too
 * long to be tried: `false` where a match lets a request in, `true` where it keeps one out.
 * @throws {TypeError} If a pattern is not valid.
 */
export function compileUrlPatterns(patterns: readonly UrlPattern[], option: string, inDoubt = false): UrlTest {
  if (!Array.isArray(patterns)) {
    throw invalidOption(TASK, option, `an array, each element ${ACCEPTED_PATTERNS}`, patterns);
  }
  if (patterns.length === 0) return () => false;

  const inTree: PathPart[][] = [];
  const automata: { parts: PathPart[]; rest: UrlAndPathTest | undefined }[] = [];
  const left: ((share: number) => UrlAndPathTest)[] = [];
  const regExps: NamedRegExp[] = [];
  patterns.forEach((pattern: UrlPattern, index) => {
    const name = `${option}[${index}]`;
    if (pattern instanceof RegExp) {
      regExps.push({ pattern, name });
      return;
    }
    const [compiled, exact] = parsePattern(pattern, name);
    const parts = exact && inDoubt ? foldCase(exact) : exact;
    if (parts === undefined) left.push((share) => boundUrlPattern(compiled, name, pattern, share, inDoubt));
    else if (saysOnlyPath(compiled)) inDoubt ? automata.push({ parts, rest: undefined }) : inTree.push(parts);
    // The runtime is left with the rest of the URL.
    else automata.push({ parts, rest: boundUrlPattern(anyPath(compiled), name, pattern, 1, inDoubt) });
  });

  const matchesTree = compilePathTree(inTree);
  const longest = longestForAutomata(automata.map(({ parts }) => parts));
  const tests = [
    ...automata.map(({ parts, rest }): UrlAndPathTest => {
      const test = compileAutomaton(parts);
      return (url, path) =>
        path.length <= longest ? test(path, 0, path.length) && (rest === undefined || rest(url, path)) : inDoubt;
    }),
    ...left.map((bound) => bound(left.length)),
    ...compileRegExps(regExps, TASK).map(({ longest, test }): UrlAndPathTest => (_url, path) =>
      path.length <= longest ? test(path) : inDoubt
    ),
  ];

  function matches(url: string, start: number): boolean {
    const match = inTree.length === 0 ? 0 : matchesTree(url, start);
    if (match === 1) return true;
    if (inDoubt && !isSafePath(url, start)) return true;
    if (match !== 0) return inDoubt || isSafePath(url, start);
    if (tests.length === 0) return false;
    // Most paths hold nothing else, so that one look finds their end and tells that they are safe.
    const harmless = skipHarmless(url, start);
    const end = pathEnd(url, harmless);
    const path = url.slice(start, end);
    for (const test of tests) if (test(url, path)) return inDoubt || harmless === end || isSafePath(url, start);
    return false;
  }

  // What stood last in front of a path and is plain: most requests have the same.
  let origin = "\0";
  return (url) => {
    if (url.charCodeAt(origin.length) === SLASH && url.startsWith(origin)) return matches(url, origin.length);
    const start = pathStart(url);
    if (start >= 0) {
      const match = matches(url, start);
      if (match === inDoubt) return match;
      // Looked at last, because most requests do not get here.
      if (hasPlainHost(url, start)) {
        origin = url.slice(0, start);
        return match;
      }
    }
    // Not the usual form: let the URL parser find the path.
    const parsed = parsedPathStart(url);
    return parsed >= 0 ? matches(url, parsed) : inDoubt;
  };
}

/**
 * Compiles the patterns of what is to be kept closed: a test that is `true` also of URLs that an app may take for one that
 * matches, because it decodes what need not have been encoded (`/%73hop`), does not mind the case (`/SHOP`), a slash more or
 * less (`//shop/`), parameters in the path (`/shop;a=b`) or the dot of the root behind a host (`site.test.`).
 *
 * @throws {TypeError} If a pattern is not valid.
 */
export function compileClosedUrls(patterns: readonly UrlPattern[], option: string): UrlTest {
  const test = compileUrlPatterns(patterns, option, true);
  return (url) => test(url) || otherReadings(url).some(test);
}

/** Other ways to write a URL, which apps may read alike. */
function otherReadings(url: string): string[] {
  const usual = pathStart(url);
  const start = usual >= 0 && hasPlainHost(url, usual) ? usual : parsedPathStart(url);
  // What is written as no URL should be is closed anyway.
  if (start < 0) return [];
  const end = pathEnd(url, start);
  const origin = url.slice(0, start).replace(/\.(?=:\d*$|$)/, "");
  const [path, rest] = [url.slice(start, end), url.slice(end)];
  const plain = path.replace(NEEDLESS, decodeURIComponent).replace(/;[^/]*/g, "").replace(/\/{2,}/g, "/");
  const other = plain.endsWith("/") ? plain.slice(0, -1) : `${plain}/`;
  return [...new Set([path, path.replace(NEEDLESS, decodeURIComponent), plain, other])]
    .filter((reading) => reading !== "").map((reading) => `${origin}${reading}${rest}`)
    .filter((reading) => reading !== url);
}

// Letters, digits and what else may stand in a path as it is: RFC 3986 section 3.3.
const NEEDLESS = /%(?:2[146-9a-e]|3[0-9abd]|4[0-9a-f]|5[0-9abdf]|6[1-9a-f]|7[0-9a-e])/gi;

/** The pattern as the runtime compiles it, and the parts of its path, unless only the runtime knows what they mean. */
function parsePattern(pattern: unknown, name: string): [compiled: UrlPatternObject, parts: PathPart[] | undefined] {
  if (typeof pattern === "string") return withParts(parseString(pattern, name));
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) {
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, pattern);
  }
  if (isCompiled(pattern)) return [pattern, readCompiled(pattern)];
  checkNames(TASK, pattern, [...COMPONENTS, "baseURL"], `"${name}"`);
  if (Object.keys(pattern).length === 0) {
    const hint = pattern instanceof URL ? "give its pathname or its href" : "without parts it would match every URL";
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, pattern, hint);
  }
  return withParts(construct(pattern as UrlPatternInit, name, pattern));
}

function withParts(compiled: UrlPatternObject): [compiled: UrlPatternObject, parts: PathPart[] | undefined] {
  return [compiled, parsePathPattern(compiled.pathname)];
}

/**
 * The parts of a compiled pattern for a path. Whether it was made with `ignoreCase` cannot be read back, but a path in the
 * other case tells.
 */
function readCompiled(pattern: UrlPatternObject): PathPart[] | undefined {
  // A class of the user's may have a test of its own.
  if (pattern.test !== urlPatternClass().prototype.test) return undefined;
  const parts = saysOnlyPath(pattern) ? parsePathPattern(pattern.pathname) : undefined;
  if (parts === undefined) return undefined;
  const example = exampleOf(parts);
  const other = example.replace(
    /[a-z]/gi,
    (char) => char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase(),
  );
  const matches = (path: string) => path.startsWith("/") && pattern.test(`http://localhost${path}`);
  if (!matches(example)) return undefined;
  return other !== example && matches(other) ? foldCase(parts) : parts;
}

/** A pattern as messages and explanations show it. */
export function textOf(pattern: UrlPattern): string {
  if (typeof pattern === "string") return pattern;
  if (pattern instanceof RegExp) return String(pattern);
  const given = ([...COMPONENTS, "baseURL"] as const).flatMap((part) => {
    const value = (pattern as UrlPatternInit)[part];
    return value === undefined || value === "*" ? [] : [[part, value]];
  });
  return JSON.stringify(Object.fromEntries(given));
}

/** Whether a pattern is given by its parts. */
export function isParts(pattern: UrlPattern): pattern is UrlPatternInit {
  return typeof pattern === "object" && !(pattern instanceof RegExp) && !isCompiled(pattern);
}

function isCompiled(pattern: object): pattern is UrlPatternObject {
  return typeof (pattern as UrlPatternObject).test === "function" &&
    COMPONENTS.every((component) => typeof (pattern as UrlPatternObject)[component] === "string");
}

function parseString(text: string, name: string): UrlPatternObject {
  if (text.startsWith("/")) return construct({ pathname: text }, name, text);
  // A scheme, or a pattern for one such as "http{s}?", in front of "://".
  if (!/^[a-z*:({][^/]*:\/\//i.test(text)) {
    const hint = /^[\w-]+(?:\.[\w-]+)+(?:[:/]|$)/.test(text) && !text.startsWith("www")
      ? `write "/${text}" for a path or "https://${text}" for a URL`
      : `start it with "/" or with a scheme such as "https://"`;
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, text, hint);
  }
  const compiled = construct(text, name, text);
  if (compiled.pathname === "*") {
    const hint =
      `without a path it would match every path of the host, write ${quote(`${text.replace(/\*+$/, "")}/*`)} ` +
      "to mean that";
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, text, hint);
  }
  return compiled;
}

function construct(input: string | UrlPatternInit, name: string, given: unknown): UrlPatternObject {
  const URLPatternClass = urlPatternClass();
  try {
    return new URLPatternClass(input);
  } catch (cause) {
    const text = typeof given === "string" ? quote(given) : JSON.stringify(given);
    const hint = typeof given !== "string" || !given.startsWith("/")
      ? ""
      : /[[^$\]]/.test(given)
      ? "; strings are URLPatterns, for a regular expression give a RegExp"
      : given.includes("?")
      ? "; leave out the query, which does not matter"
      : "";
    const problem = { path: name, expected: "a valid URLPattern", received: text, hint: `${messageOf(cause)}${hint}` };
    throw new OptionError(TASK, problem, undefined, { cause });
  }
}

/** The same pattern for any path. */
function anyPath(pattern: UrlPatternObject): UrlPatternObject {
  const { protocol, username, password, hostname, port, search, hash } = pattern;
  return new (urlPatternClass())({ protocol, username, password, hostname, port, pathname: "*", search, hash });
}

/** Whether a pattern says nothing of the URL but its path. */
function saysOnlyPath(pattern: UrlPatternObject): boolean {
  return COMPONENTS.every((component) => component === "pathname" || pattern[component] === "*");
}

/**
 * The test of a pattern that is left to the runtime.
 *
 * @param share How many of them share what a request may cost.
 * @throws {TypeError} If it could take the runtime too long on any URL.
 */
function boundUrlPattern(
  pattern: UrlPatternObject,
  name: string,
  given: Exclude<UrlPattern, RegExp>,
  share: number,
  inDoubt: boolean,
): UrlAndPathTest {
  const rest = COMPONENTS.filter((component) => component !== "pathname");
  const longestOf = (component: Component) =>
    boundOrThrow(longestText(`^${pattern[component]}`, share), TASK, name, textOf(given));
  const longestPath = longestOf("pathname");
  const longestRest = Math.min(...rest.map(longestOf));
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
