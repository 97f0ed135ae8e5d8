import { BYPASS_NAME, LONGEST_SECRET } from "./request-secret.ts";

/** How many cookies, and how many secrets in a link, a request may try: hashing thousands would take milliseconds. */
const MOST_TRIES = 4;

/** The cookies that a bypass link sets: the expiry and the token. */
const COOKIE = /(?:^|; *)(?:__(?:Host|Secure)-)?maintenance-bypass=(\d{1,16})\.([\w-]{43})(?=;|$)/g;

/** The value of a cookie. */
export interface CarriedCookie {
  /** When it stops letting the visitor in, in milliseconds since 1970. */
  readonly until: string;
  readonly token: string;
}

/** The well-formed bypass cookies of a request, at most {@link MOST_TRIES}. */
export function cookiesIn({ headers }: Request): CarriedCookie[] {
  const cookies = headers.get("cookie");
  if (typeof cookies !== "string" || !cookies.includes(BYPASS_NAME)) return [];
  const found = Array.from(cookies.matchAll(COOKIE), ([text, until, token]) => {
    return { until: until!, token: token!, isHost: text.includes("__Host-") };
  });
  // Another subdomain could set that many, but none with this prefix.
  return found.sort((a, b) => Number(b.isHost) - Number(a.isHost)).slice(0, MOST_TRIES);
}

/** The secret in the header field of a request. */
export function secretIn({ headers }: Request): string | undefined {
  const secret = headers.get(BYPASS_NAME);
  return typeof secret !== "string" || secret.length > LONGEST_SECRET ? undefined : secret;
}

/** A bypass link, taken apart. */
export interface Link {
  /** The secrets in its query, at most {@link MOST_TRIES}. */
  readonly secrets: readonly string[];
  /** Its path and its query without them. */
  readonly rest: string;
}

/** Takes a bypass link apart; `undefined` if the URL carries no bypass. */
export function parseLink(url: string): Link | undefined {
  if (!url.includes(`${BYPASS_NAME}=`)) return undefined;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    // Some servers give something else than a URL. The error would show it, and the secret in it.
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

/** The secrets that a text in a query may mean. A plus sign stands for a space there, but people paste secrets as they are. */
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
