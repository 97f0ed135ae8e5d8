import { BYPASS_NAME, LONGEST_SECRET } from "./request-secret.ts";

/** How many secrets a request may try: each costs some microseconds. */
const MOST_TRIES = 4;

/**
 * How many cookies a request may try, all that fit into the 16 kB that most servers take: over plain HTTP another subdomain can
 * plant cookies of this name, which must not push the right one out. They take about a millisecond, which is no more for
 * each byte than other requests take.
 */
const MOST_COOKIES = 200;

/** For how many maintenances one cookie may let in: there is one cookie of the name, and each link adds to it. */
export const MOST_TOKENS = 4;

/** The cookies that a bypass link sets: expiry and token, once for each maintenance whose link the visitor has opened. */
const COOKIE =
  /(?:^|; *)(?:__(?:Host|Secure)-)?maintenance-bypass=(\d{1,16}\.[\w-]{43}(?:~\d{1,16}\.[\w-]{43}){0,3})(?=;|$)/g;

/** What a cookie holds for one maintenance. */
export interface CarriedCookie {
  /** When it stops letting the visitor in, in milliseconds since 1970. */
  readonly until: string;
  readonly token: string;
}

/** What the well-formed bypass cookies of a request hold, at most {@link MOST_COOKIES}. */
export function cookiesIn({ headers }: Request): CarriedCookie[] {
  const cookies = headers.get("cookie");
  if (typeof cookies !== "string" || !cookies.includes(BYPASS_NAME)) return [];
  const found = Array.from(cookies.matchAll(COOKIE)).flatMap(([text, value]) =>
    value!.split("~").map((each) => {
      const [until, token] = each.split(".");
      return { until: until!, token: token!, isHost: text.includes("__Host-") };
    })
  );
  // Another subdomain can set none with this prefix.
  return found.sort((a, b) => Number(b.isHost) - Number(a.isHost)).slice(0, MOST_COOKIES);
}

/** The secret in the header field of a request. */
export function secretIn({ headers }: Request): string | undefined {
  const secret = headers.get(BYPASS_NAME);
  return typeof secret !== "string" || secret.length > LONGEST_SECRET ? undefined : secret;
}

/** The secrets in the query of a bypass link; `undefined` if the URL carries no bypass. */
export function linkSecrets(url: string): readonly string[] | undefined {
  if (!url.includes(`${BYPASS_NAME}=`)) return undefined;
  const secrets = parse(url)?.pairs.filter(isOurs)
    .flatMap((pair) => readingsOf(pair.slice(BYPASS_NAME.length + 1)));
  return secrets?.length === 0 ? undefined : secrets;
}

/** The path of a URL and its query without the secrets of a bypass link. */
export function locationOf(url: string): string {
  const { pathname, pairs } = parse(url) ?? { pathname: "/", pairs: [] };
  const query = pairs.filter((pair) => !isOurs(pair)).join("&");
  // "//host/path" as a Location would lead to another host.
  const path = pathname.replace(/^(?=\/\/)/, "/.");
  return query === "" ? path : `${path}?${query}`;
}

/** The secrets that are tried: hashing long ones, or thousands, would take milliseconds. */
export function withinLimits(secrets: readonly string[]): readonly string[] {
  return secrets.filter(({ length }) => length <= LONGEST_SECRET).slice(0, MOST_TRIES);
}

function parse(url: string): { readonly pathname: string; readonly pairs: readonly string[] } | undefined {
  try {
    const { pathname, search } = new URL(url);
    return { pathname, pairs: search.slice(1).split("&") };
  } catch {
    // Some servers give something else than a URL. The error would show it, and the secret in it.
    return undefined;
  }
}

function isOurs(pair: string): boolean {
  return pair.startsWith(`${BYPASS_NAME}=`);
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
