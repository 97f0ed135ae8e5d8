/** A URL with the positions between which its path is. */
export interface LocatedPath {
  url: string;
  /** Where the path starts; -1 if the URL is not valid. */
  start: number;
  /** Where the query, the fragment or nothing follows. */
  end: number;
}

// One URL is looked at at a time: the result of the last call is given up with the next.
const located: LocatedPath = { url: "", start: -1, end: -1 };

/**
 * Finds the path in a URL, as `Request.url` gives it, without parsing the URL where that is not needed.
 *
 * @returns The positions, in an object that the next call reuses. A URL of an unusual form is written in the standard
 * one first.
 */
export function locatePath(url: string): LocatedPath {
  located.url = url;
  located.start = pathStart(url);
  if (located.start >= 0) located.end = pathEnd(url, located.start);
  else parse(url);
  return located;
}

/** The path of a URL, percent-encoded as it is there; of one that is not valid, all of it. */
export function pathOf(url: string): string {
  const { url: found, start, end } = locatePath(url);
  return start < 0 ? url : found.slice(start, end);
}

const SLASH = 47;

/** The position of the path in a URL of the usual form, `http://host:port/path`, or -1. */
function pathStart(url: string): number {
  if (!url.startsWith("http")) return -1;
  const authority = url.startsWith("://", 4) ? 7 : url.startsWith("s://", 4) ? 8 : -1;
  if (authority < 0) return -1;
  for (let i = authority; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === SLASH) return i === authority ? -1 : i;
    // Letters, digits and "-.:[]_": with anything else, where the path starts is for the URL parser to say.
    if (!((code >= 97 && code <= 122) || (code >= 45 && code <= 58) || code === 91 || code === 93 || code === 95)) {
      return -1;
    }
  }
  return -1;
}

function pathEnd(url: string, start: number): number {
  for (let i = start; i < url.length; i++) {
    const code = url.charCodeAt(i);
    if (code === 63 || code === 35) return i;
  }
  return url.length;
}

function parse(url: string): void {
  try {
    const { href, pathname, search, hash } = new URL(url);
    located.url = href;
    located.end = href.length - hash.length - search.length;
    located.start = located.end - pathname.length;
  } catch {
    located.start = -1;
  }
}
