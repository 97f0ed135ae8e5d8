import { invalidOption } from "../../util/errors.ts";
import { quote } from "../../util/received.ts";
import { canonicalHost } from "./canonical-host.ts";
import { TASK } from "./read-pattern.ts";
import { anyPathStart, pathEnd } from "./url-path.ts";
import type { UrlTest } from "./url-patterns.ts";

/**
 * Compiles a test of URLs that asks for their hosts first.
 *
 * @param testFor Gives the test of the paths of a host; `undefined` if none is closed there. Without a host, nobody knows
 * which one is meant.
 */
export function compileByHost(testFor: (host: string | undefined) => UrlTest | undefined): UrlTest {
  // Most requests have the origin of the last one.
  let last: { readonly origin: string; readonly test: UrlTest | undefined } = { origin: "", test: undefined };
  return (url) => {
    const start = anyPathStart(url);
    // URLs that the standard writes in another way are closed anyway.
    if (start < 0) return true;
    const path = url.slice(start, pathEnd(url, start));
    // Host helpers put an encoded NUL where they cannot tell which host or path a client means.
    if (path.includes("%00") || path.includes("\0")) return true;
    if (last.origin.length !== start || !url.startsWith(last.origin)) {
      const origin = url.slice(0, start);
      last = { origin, test: testFor(hostOf(origin)) };
    }
    return last.test !== undefined && last.test(path);
  };
}

function hostOf(url: string): string | undefined {
  try {
    return canonicalHost(new URL(url).hostname);
  } catch {
    return undefined;
  }
}

/**
 * Compiles a list of hosts into a test of URLs. Scheme and port of a URL do not matter.
 *
 * @param hosts Names and addresses; behind `*.` a name stands for all names below it, at any depth.
 * @param option The name of the list, for messages.
 * @throws {OptionError} If an element is not a host.
 */
export function compileHosts(hosts: readonly string[], option: string): UrlTest {
  const names = new Set<string>();
  const parents = new Set<string>();
  hosts.forEach((text, index) => {
    const isBelow = text.startsWith("*.");
    (isBelow ? parents : names).add(readHost(text, isBelow ? text.slice(2) : text, `${option}[${index}]`));
  });
  const isListed = (host: string): boolean => {
    if (names.has(host)) return true;
    if (parents.size === 0) return false;
    for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
      if (parents.has(host.slice(dot + 1))) return true;
    }
    return false;
  };
  return compileByHost((host) => host === undefined || isListed(host) ? () => true : undefined);
}

const ACCEPTED = 'a host name such as "a.example.com" or "*.example.com"';
// No host is called by other signs, so that nobody could ask for it.
const NAME = /^[\w\x80-\uffff-][\w.\x80-\uffff-]*$/;
const IPV6 = /^\[?([\da-f.]*:[\da-f.]*:[\da-f:.]*)\]?$/i;
const IPV4 = /^\d+(?:\.\d+){3}$/;

/**
 * Reads the name in an element of a list.
 *
 * @param text The whole element.
 * @param given The element without its star.
 * @throws {OptionError} If it is not a host.
 */
function readHost(text: string, given: string, name: string): string {
  const ipv6 = IPV6.exec(given)?.[1];
  const host = ipv6 !== undefined ? canonicalHost(`[${ipv6}]`) : NAME.test(given) ? canonicalHost(given) : undefined;
  const isAddress = host !== undefined && (host.startsWith("[") || IPV4.test(host));
  if (host !== undefined && !(isAddress && given !== text)) return host;
  throw invalidOption(TASK, name, ACCEPTED, text, isAddress ? "an address has no names below it" : hintFor(text));
}

function hintFor(text: string): string | undefined {
  if (text === "*" || text === "*.") return "leave the list out to mean every host";
  if (/^\.[^*]/.test(text)) return `write ${quote(`*${text}`)} for the hosts below it`;
  const [, scheme, userInfo, host = "", port, rest = ""] = PARTS.exec(text) ?? [];
  if (host === "") return undefined;
  if (host.lastIndexOf("*") > 0 || /^\*[^.]/.test(host)) {
    return 'the star stands for whole names in front, as in "*.example.com"';
  }
  const path = /^\/[^?#]+/.exec(rest)?.[0];
  if (path !== undefined) return `write ${quote(host)}, and give ${quote(path)} as a URL pattern`;
  if (scheme !== undefined || userInfo !== undefined || rest !== "") return `write ${quote(host)}`;
  return port === undefined ? undefined : `the port does not matter, write ${quote(host)}`;
}

/** The parts of a URL, or of what people write of one. */
const PARTS = /^([a-z][\w+.-]*:\/\/)?([^/?#@]*@)?(\[[^\]]*\]|[^\s/?#@:[\]]+)(:\d*)?((?!\/\/)[/?#].*)?$/i;
