import { BYPASS_NAME, LONGEST_SECRET } from "./request-secret.ts";

/** How many cookies, and how many secrets in a link, are tried: hashing thousands would take milliseconds. */
const MOST_TRIES = 4;

/** The cookies that a link sets: until when they let in, and the token. */
const COOKIE = /(?:^|; *)(?:__(?:Host|Secure)-)?maintenance-bypass=(\d{1,16})\.([\w-]{43})(?=;|$)/g;

/** What a cookie says: until when it lets in, in milliseconds since 1970, and the token. */
export interface CarriedCookie {
  readonly until: string;
  readonly token: string;
}

/** The well-formed cookies of a bypass in a request, as many as are tried. */
export function cookiesIn({ headers }: Request): CarriedCookie[] {
  const cookies = headers.get("cookie");
  if (typeof cookies !== "string" || !cookies.includes(BYPASS_NAME)) return [];
  const found = Array.from(cookies.matchAll(COOKIE), ([text, until, token]) => {
    return { until: until!, token: token!, isHost: text.includes("__Host-") };
  });
  // Another subdomain could set as many as are tried, but none with this prefix.
  return found.sort((a, b) => Number(b.isHost) - Number(a.isHost)).slice(0, MOST_TRIES);
}

/** The secret that a request carries in a header field. */
export function secretIn({ headers }: Request): string | undefined {
  const secret = headers.get(BYPASS_NAME);
  return typeof secret !== "string" || secret.length > LONGEST_SECRET ? undefined : secret;
}

/** What a bypass link carries. */
export interface Link {
  /** The secrets in its query, as many as are tried. */
  readonly secrets: readonly string[];
  /** Its path and its query without them. */
  readonly rest: string;
}

/** Takes a bypass link apart; `undefined` if the URL is none. */
export function parseLink(url: string): Link | undefined {
  if (!url.includes(`${BYPASS_NAME}=`)) return undefined;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    // Whatever a server of its own kind gives in place of a URL. The error would hold it, and with it the secret.
    return undefined;
  }
  const { pathname, search } = parsed;
  const pairs = search.slice(1).split("&");
  const isOurs = (pair: string) => pair.startsWith(`${BYPASS_NAME}=`);
  const secrets = pairs.filter(isOurs).flatMap((pair) => readingsOf(pair.slice(BYPASS_NAME.length + 1)));
  if (secrets.length === 0) return undefined;
  const query = pairs.filter((pair) => !isOurs(pair)).join("&");
  // "//host/path" as a Location would lead to another host.
  const path = pathname.replace(/^(?=\/\/)/, "/.");
  return {
    secrets: secrets.filter(({ length }) => length <= LONGEST_SECRET).slice(0, MOST_TRIES),
    rest: query === "" ? path : `${path}?${query}`,
  };
}

/** What a secret in a query may be. A plus sign stands for a space there, but who pastes a secret may not know that. */
function readingsOf(text: string): string[] {
  return text.includes("+") ? [decode(text.replaceAll("+", " ")), decode(text)] : [decode(text)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
