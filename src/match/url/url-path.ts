const DOT = 46;
const SLASH = 47;
const COLON = 58;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const LETTER_H = 104;
const LETTER_P = 112;
const LETTER_S = 115;
const LETTER_T = 116;

// The characters that are harmless in a path, in the name of a host, in a port and in an IPv6 address, by their codes.
const HARMLESS = 1;
const HARMLESS_SLASH = 2;
const IN_HOST = 4;
const IN_PORT = 8;
const IN_IPV6 = 16;
const KINDS = new Uint8Array(128);
function mark(chars: string, kind: number): void {
  for (const char of chars) KINDS[char.charCodeAt(0)]! |= kind;
}
mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~:@!$&'()*+,=", HARMLESS);
mark("/", HARMLESS_SLASH);
// The URL Standard folds the case of a host, which Node's servers leave as the client wrote it: RFC 9110 section 4.2.3.
mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", IN_HOST);
mark("0123456789", IN_PORT);
mark("abcdefABCDEF0123456789:.", IN_IPV6);

/** Whether a character, by its code, ends the path of a URL: `?`, `#`, or 0 for none. */
export function isPathEnd(code: number): boolean {
  return code === 63 || code === 35 || code === 0;
}

/** The position behind the path of a URL that goes through another position. */
export function pathEnd(url: string, within: number): number {
  const near = Math.min(url.length, within + NEAR);
  for (let end = within; end < near; end++) {
    const code = url.charCodeAt(end);
    // A raw NUL does not end a path.
    if (code !== 0 && isPathEnd(code)) return end;
  }
  if (near === url.length) return near;
  const query = url.indexOf("?", near);
  const end = query < 0 ? url.length : query;
  const fragment = url.indexOf("#", near);
  return fragment < 0 || fragment > end ? end : fragment;
}

/** How far a loop is faster than a search in native code. */
const NEAR = 64;

/**
 * The position of the path in a URL of the usual form, `http://host/path`, or -1.
 *
 * The URL parser finds it at the same position if {@link hasPlainHost}.
 */
export function pathStart(url: string): number {
  const scheme = url.charCodeAt(4) === LETTER_S ? 5 : 4;
  // By their codes: startsWith() is a call of its own in V8.
  const isUsual = url.charCodeAt(0) === LETTER_H && url.charCodeAt(1) === LETTER_T && url.charCodeAt(2) === LETTER_T &&
    url.charCodeAt(3) === LETTER_P && url.charCodeAt(scheme) === COLON && url.charCodeAt(scheme + 1) === SLASH &&
    url.charCodeAt(scheme + 2) === SLASH;
  // The shortest host has one character.
  return isUsual ? url.indexOf("/", scheme + 4) : -1;
}

/**
 * Whether only a name or an IPv6 address and a port stand in front of the path: nothing that could end the host earlier, or
 * be another part of the URL.
 */
export function hasPlainHost(url: string, pathStart: number): boolean {
  let at = url.charCodeAt(4) === COLON ? 7 : 8;
  if (url.charCodeAt(at) === OPENING_BRACKET) {
    do at++; while ((KINDS[url.charCodeAt(at)]! & IN_IPV6) !== 0);
    if (url.charCodeAt(at++) !== CLOSING_BRACKET) return false;
  } else {
    while ((KINDS[url.charCodeAt(at)]! & IN_HOST) !== 0) at++;
  }
  if (url.charCodeAt(at) === COLON) {
    do at++; while ((KINDS[url.charCodeAt(at)]! & IN_PORT) !== 0);
  }
  return at === pathStart;
}

/**
 * The position of the path in a URL that is written as the URL Standard writes it, or -1. Programs do not agree on URLs that
 * are written in another way.
 */
export function parsedPathStart(url: string): number {
  try {
    const parsed = new URL(url);
    if (parsed.href !== url) return -1;
    // The rest of the URL ends with its path. An empty query still has its "?".
    parsed.search = "";
    parsed.hash = "";
    return parsed.href.length - parsed.pathname.length;
  } catch {
    return -1;
  }
}

/** The position of the path in a URL of any form that the URL Standard writes, or -1. */
export function anyPathStart(url: string): number {
  const start = pathStart(url);
  return start >= 0 && hasPlainHost(url, start) ? start : parsedPathStart(url);
}

/**
 * The path of a URL, percent-encoded; the whole text if it is not a URL as the standard writes it. Characters that a server
 * did not encode are encoded here.
 */
export function pathOf(url: string): string {
  const start = anyPathStart(url);
  if (start >= 0) {
    const at = skipHarmless(url, start);
    const end = pathEnd(url, at);
    if (at === end) return url.slice(start, end);
  }
  const path = start < 0 ? url : url.slice(start, pathEnd(url, start));
  return path.replace(/[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7c\x7e]+/g, encode);
}

function encode(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half of a surrogate pair.
    return "%EF%BF%BD";
  }
}

// Encoded slash, backslash, NUL, `?` and `#`, raw dot segments, and all that the URL parser would have encoded or changed.
const UNSAFE_PATH =
  /%(?:2f|5c|00|3f|23)|[^\x21\x23-\x3b\x3d\x3f-\x5b\x5d-\x5f\x61-\x7a\x7c\x7e]|\/(?:\.|%2e){1,2}(?:\/|$)/i;

/** The position of the next character that may make a path unsafe or ends it. */
export function skipHarmless(url: string, from: number): number {
  return skip(url, from, HARMLESS | HARMLESS_SLASH);
}

/** The same within a segment: a slash ends it. */
export function skipHarmlessSegment(url: string, from: number): number {
  return skip(url, from, HARMLESS);
}

function skip(url: string, from: number, kinds: number): number {
  // Never read behind the end: V8 would take several times as long for each step, here and later.
  for (let at = from; at < url.length; at++) {
    const code = url.charCodeAt(at);
    if (code < 128 && (KINDS[code]! & kinds) !== 0) continue;
    if (code !== DOT || at === 0) return at;
    // A dot behind a letter, for example, does not begin a dot segment.
    const before = url.charCodeAt(at - 1);
    if (before === SLASH || before === DOT) return at;
  }
  return url.length;
}

/**
 * Whether all programs read the same path in this URL, but for its parameters.
 *
 * An app behind the gate may decode `%2F`, `%5C`, `%00`, `%3F` and `%23`, or resolve dot segments that its server left in
 * place, and so arrive at another path than the one that was matched. URLs that come from the URL parser hold no raw dot
 * segments.
 */
export function isPlainPath(url: string, start: number): boolean {
  const at = skipHarmless(url, start);
  const end = pathEnd(url, at);
  return at === end || !UNSAFE_PATH.test(url.slice(start, end));
}

/** Whether all programs read the same path in this URL. At a `;` some cut off a segment, or the rest of the path. */
export function isSafePath(url: string, start: number): boolean {
  return isPlainPath(url, start) && !url.slice(start, pathEnd(url, start)).includes(";");
}
