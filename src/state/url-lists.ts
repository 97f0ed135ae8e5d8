import { readHosts } from "../match/url/hosts.ts";
import { compileRequestPatterns } from "../match/url/methods.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";
import { checkAsOption, checkTexts, invalid } from "./checks.ts";

/** How many URL patterns a list may hold: each costs memory, and time for each request. */
const MOST_PATTERNS = 1_000;

/** How many hosts a list may hold, and how long each may be: longer than the name of any host. */
const MOST_HOSTS = 1_000;
const LONGEST_HOST = 256;

/** How long a pattern may be, and all of a list together, in UTF-16 code units. */
const LONGEST = { pattern: 2_048, list: 250_000 };

/** How many characters with a meaning a pattern may hold, and all of a list: what a pattern costs may grow with their square. */
const MOST_SIGNS = { pattern: 100, list: 10_000 };

/** The characters with a meaning. */
const SIGNS = /[{(*:?+[|]/g;

/**
 * Checks a list of URL patterns. Its size is limited, because every process of the fleet compiles it while it serves, and
 * again whenever it starts.
 *
 * @throws {StateError} If it is not valid, or too large.
 */
export function checkUrls(path: string, value: unknown): void {
  const texts = checkTexts(path, value, "URL patterns");
  if (texts === undefined) return;
  if (texts.length > MOST_PATTERNS) throw invalid(path, `a list of at most ${MOST_PATTERNS} patterns`, texts.length);
  let length = 0;
  let signs = 0;
  texts.forEach((text, index) => {
    const own = text.match(SIGNS)?.length ?? 0;
    const place = `${path}[${index}]`;
    if (text.length > LONGEST.pattern) {
      throw invalid(place, `a pattern of at most ${LONGEST.pattern} characters`, text.length);
    }
    if (own > MOST_SIGNS.pattern) {
      throw invalid(place, `a pattern with at most ${MOST_SIGNS.pattern} of the signs { ( * : ? + [ |`, own);
    }
    length += text.length;
    signs += own;
  });
  if (length > LONGEST.list) throw invalid(path, `patterns of at most ${LONGEST.list} characters in all`, length);
  if (signs > MOST_SIGNS.list) {
    throw invalid(path, `patterns with at most ${MOST_SIGNS.list} of the signs { ( * : ? + [ | in all`, signs);
  }
  checkAsOption(() => void compileRequestPatterns(texts, path, compileUrlPatterns));
}

/**
 * Checks a list of hosts.
 *
 * @throws {StateError} If it is not valid, or too large.
 */
export function checkHosts(path: string, value: unknown): void {
  const hosts = checkTexts(path, value, "host names");
  if (hosts === undefined) return;
  // Without any, maintenance would be on and concern nobody.
  if (hosts.length === 0) {
    throw invalid(path, "an array of at least one host name", hosts, "leave it out to mean every host");
  }
  if (hosts.length > MOST_HOSTS) throw invalid(path, `a list of at most ${MOST_HOSTS} host names`, hosts.length);
  hosts.forEach((host, index) => {
    if (host.length > LONGEST_HOST) {
      throw invalid(`${path}[${index}]`, `a host name of at most ${LONGEST_HOST} characters`, host.length);
    }
  });
  checkAsOption(() => void readHosts(hosts, path));
}
