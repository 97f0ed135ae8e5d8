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
    if (isUnclear(path)) return true;
    if (last.origin.length !== start || !url.startsWith(last.origin)) {
      const origin = url.slice(0, start);
      last = { origin, test: testFor(hostOf(origin)) };
    }
    return last.test !== undefined && last.test(path);
  };
}

/** Whether a path is that of any host: host helpers put an encoded NUL where they cannot tell which host or path a client means. */
function isUnclear(path: string): boolean {
  return path.includes("%00") || path.includes("\0");
}

function hostOf(url: string): string | undefined {
  try {
    return canonicalHost(new URL(url).hostname);
  } catch {
    return undefined;
  }
}

/** An element of a list of hosts. */
export interface HostName {
  /** The name, as `canonicalHost()` writes it. */
  readonly name: string;
  /** Whether all names below it are meant, at any depth. */
  readonly isParent: boolean;
}

/**
 * Reads a list of hosts.
 *
 * @param hosts Names and addresses; behind `*.` a name stands for all names below it, at any depth.
 * @param option The name of the list, for messages.
 * @throws {OptionError} If an element is not a host.
 */
export function readHosts(hosts: readonly string[], option: string): HostName[] {
  return hosts.map((text, index) => {
    const isParent = text.startsWith("*.");
    return { name: readHost(text, isParent ? text.slice(2) : text, `${option}[${index}]`), isParent };
  });
}

/** Compiles a list of hosts into a test of URLs. Scheme and port of a URL do not matter. */
export function compileHosts(hosts: readonly HostName[]): UrlTest {
  const [names, parents] = [false, true].map((kind) =>
    new Set(hosts.filter(({ isParent }) => isParent === kind).map(({ name }) => name))
  ) as [Set<string>, Set<string>];
  const isListed = (host: string) =>
    names.has(host) || parents.size > 0 && someParent(host, (name) => parents.has(name));
  return compileByHost((host) => host === undefined || isListed(host) ? () => true : undefined);
}

/** Whether a test holds for one of the names above a host, from the longest on. */
function someParent(host: string, test: (name: string) => boolean): boolean {
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    if (test(host.slice(dot + 1))) return true;
  }
  return false;
}

/** Something that is about some hosts, or about all. */
export interface OfHosts {
  /** The hosts; `undefined` for all. */
  readonly hosts: readonly HostName[] | undefined;
}

/**
 * Compiles a function that finds what is about the host of a URL, in the order of the list. It takes as long for a thousand as
 * for one. In doubt it finds all.
 */
export function compileHostIndex<Item extends OfHosts>(items: readonly Item[]): (url: string) => readonly Item[] {
  const everywhere: number[] = [];
  const byName = new Map<string, number[]>();
  const byParent = new Map<string, number[]>();
  items.forEach(({ hosts }, index) => {
    if (hosts === undefined) return void everywhere.push(index);
    for (const { name, isParent } of hosts) {
      const map = isParent ? byParent : byName;
      const places = map.get(name);
      if (places === undefined) map.set(name, [index]);
      else places.push(index);
    }
  });
  if (everywhere.length === items.length) return () => items;

  function itemsOf(host: string | undefined): readonly Item[] {
    if (host === undefined) return items;
    const found = new Set([...everywhere, ...byName.get(host) ?? []]);
    if (byParent.size > 0) {
      someParent(host, (name) => {
        for (const index of byParent.get(name) ?? []) found.add(index);
        return false;
      });
    }
    return [...found].sort((a, b) => a - b).map((index) => items[index]!);
  }

  // Most requests have the origin of the last one.
  let last: { readonly origin: string; readonly items: readonly Item[] } = { origin: "", items };
  return (url) => {
    const start = anyPathStart(url);
    if (start < 0 || isUnclear(url.slice(start, pathEnd(url, start)))) return items;
    if (last.origin.length !== start || !url.startsWith(last.origin)) {
      const origin = url.slice(0, start);
      last = { origin, items: itemsOf(hostOf(origin)) };
    }
    return last.items;
  };
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
