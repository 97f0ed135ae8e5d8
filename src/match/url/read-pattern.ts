import { checkNames, invalidOption, OptionError } from "../../util/errors.ts";
import { messageOf, quote } from "../../util/received.ts";
import { canonicalHost } from "./canonical-host.ts";
import type { UrlPattern, UrlPatternInit, UrlPatternObject } from "./types.ts";
import { urlPatternClass } from "./url-pattern-class.ts";

/** The accepted patterns where there is only text, as in the JSON of a state. */
export const ACCEPTED_TEXTS: string =
  'a path pattern such as "/docs/*" or a URL pattern such as "https://api.example.com/*"';

/** The accepted patterns in options. */
export const ACCEPTED_PATTERNS: string =
  'a path pattern such as "/docs/*", a URL pattern such as "https://api.example.com/*", a RegExp, a URLPattern or its parts';

/** The components of a URL, each of which has its pattern. */
export const COMPONENTS = [
  "protocol",
  "username",
  "password",
  "hostname",
  "port",
  "pathname",
  "search",
  "hash",
] as const;

/** The first words of messages about patterns. */
export const TASK = "create maintenance mode";

/** Checks that patterns are given as a list. */
export function checkList(patterns: unknown, option: string): void {
  if (!Array.isArray(patterns)) {
    throw invalidOption(TASK, option, `an array, each element ${ACCEPTED_PATTERNS}`, patterns);
  }
}

/**
 * The pattern as the runtime compiles it.
 *
 * @throws {OptionError} If it is not valid.
 */
export function readPattern(pattern: Exclude<UrlPattern, RegExp>, name: string): UrlPatternObject {
  if (typeof pattern === "string") return readText(pattern, name);
  if (typeof pattern !== "object" || pattern === null || Array.isArray(pattern)) {
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, pattern);
  }
  if (isCompiled(pattern)) return pattern;
  if (pattern instanceof URL) {
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, pattern, "give its pathname or its href");
  }
  checkNames(TASK, pattern, [...COMPONENTS, "baseURL"], `"${name}"`);
  if (Object.keys(pattern).length === 0) {
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, pattern, "without parts it would match every URL");
  }
  return construct(pattern, name, pattern);
}

function readText(text: string, name: string): UrlPatternObject {
  if (text.startsWith("/")) return construct({ pathname: text }, name, text);
  // A scheme, or a pattern for one such as "http{s}?", in front of "://".
  if (!/^[a-z*:({][^/]*:\/\//i.test(text)) {
    const hint = /^[\w-]+(?:\.[\w-]+)+(?:[:/]|$)/.test(text) && !text.startsWith("www")
      ? `write "/${text}" for a path or "https://${text}" for a URL`
      : `start it with "/" or with a scheme such as "https://"`;
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, text, hint);
  }
  const compiled = construct(text.replace(IPV6, escapeIpv6), name, text);
  if (compiled.pathname === "*") {
    const hint =
      `without a path it would match every path of the host, write ${quote(`${text.replace(/\*+$/, "")}/*`)} ` +
      "to mean that";
    throw invalidOption(TASK, name, ACCEPTED_PATTERNS, text, hint);
  }
  return compiled;
}

/** The start of a whole URL and its IPv6 address, in brackets. */
const IPV6 = /^([^/]*:\/\/[^/]*)(\[[\da-f:.]+\])/i;

/** `URLPattern` takes the colons of an address only behind backslashes, and compares its text. */
function escapeIpv6(_all: string, start: string, address: string): string {
  return start + (canonicalHost(address) ?? address).replaceAll(":", "\\:");
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

/** Whether a pattern is a `URLPattern`, of the runtime or of a polyfill. */
function isCompiled(pattern: object): pattern is UrlPatternObject {
  return typeof (pattern as UrlPatternObject).test === "function" &&
    COMPONENTS.every((component) => typeof (pattern as UrlPatternObject)[component] === "string");
}
