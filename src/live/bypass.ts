import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import type { Bypass } from "../core/live.ts";

/** The name of the parameter of a bypass link. */
export const BYPASS_PARAMETER = "maintenance-bypass";

/** For how many milliseconds a cookie lets in, unless maintenance ends before. */
const COOKIE_MS = 12 * 3_600_000;

/** Longer texts are no secret: nobody shall have us hash megabytes. */
const LONGEST = 256;

/** How many cookies, and how many secrets in a link, are tried: hashing thousands would take milliseconds. */
const MOST_TRIES = 4;

/** A new secret of 144 random bits, to be put into a link. */
export function createSecret(): string {
  return toBase64Url(randomBytes(18));
}

/**
 * What is stored of a secret: a salt, and the hash of a token that is made of both. The salt differs each time, so that who
 * was let in by one maintenance is not let in by the next.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(16);
  return `sha256:${toBase64Url(salt)}:${toBase64Url(sha256(tokenOf(salt, secret)))}`;
}

/** What a cookie holds in place of the secret. Who knows only what is stored knows neither. */
function tokenOf(salt: Uint8Array, secret: string): Uint8Array {
  // Hashed before, because to HMAC a key is the same with zeros behind it.
  return hmac(sha256, sha256(utf8ToBytes(secret)), concatBytes(utf8ToBytes(BYPASS_PARAMETER), salt));
}

/**
 * Prepares the test of a request for the bypass of a state.
 *
 * @param stored What is stored of the secret.
 * @param end When the state ends, in milliseconds since 1970, or `Infinity`.
 */
export function compileBypass(stored: string, end: number): Bypass {
  const [, saltText, hashText] = stored.split(":");
  const [salt, expected] = [fromBase64Url(saltText!), fromBase64Url(hashText!)];
  const isToken = (token: Uint8Array) => equalBytes(sha256(token), expected);

  /** The token of a secret, if it is the right one. */
  function check(secret: string | null | undefined): Uint8Array | undefined {
    if (typeof secret !== "string" || secret.length > LONGEST) return undefined;
    const token = tokenOf(salt, secret);
    return isToken(token) ? token : undefined;
  }

  function isCookie(until: string, token: string, now: number): boolean {
    return Number(until) > now && isToken(fromBase64Url(token));
  }

  return {
    lets(request, now) {
      const { headers } = request;
      if (headers.has(BYPASS_PARAMETER) && check(headers.get(BYPASS_PARAMETER)) !== undefined) return true;
      const cookies = headers.get("cookie");
      if (cookies === null || !cookies.includes(BYPASS_PARAMETER)) return false;
      let tries = 0;
      for (const [, until, token] of cookies.matchAll(COOKIE)) {
        if (++tries > MOST_TRIES) return false;
        if (isCookie(until!, token!, now)) return true;
      }
      return false;
    },
    open(request, now) {
      const link = parseLink(request.url);
      const token = link?.secrets.slice(0, MOST_TRIES).map(check).find((token) => token !== undefined);
      if (link === undefined || token === undefined) return undefined;
      const until = Math.min(now + COOKIE_MS, end);
      // Behind a proxy that ends TLS, the app sees http: where the browser sees https:. Whoever lies here gets a cookie
      // that the browser does not keep, or one for the way that it came.
      const isSecure = request.url.startsWith("https:") ||
        /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? "");
      const name = isSecure ? `__Host-${BYPASS_PARAMETER}` : BYPASS_PARAMETER;
      const maxAge = Math.max(1, Math.floor((until - now) / 1_000));
      const value = `${until}.${toBase64Url(token)}`;
      return {
        location: link.rest,
        cookie: `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`,
      };
    },
  };
}

/** The cookies that a link sets: until when they let in, and the token. */
const COOKIE = /(?:^|; *)(?:__Host-)?maintenance-bypass=(\d{1,16})\.([\w-]{43})(?=;|$)/g;

/** The secrets in the query of a URL, and the path and the query without them; `undefined` if there are none. */
function parseLink(url: string): { secrets: string[]; rest: string } | undefined {
  if (!url.includes(`${BYPASS_PARAMETER}=`)) return undefined;
  const { pathname, search } = new URL(url);
  const pairs = search.slice(1).split("&");
  const isOurs = (pair: string) => pair.startsWith(`${BYPASS_PARAMETER}=`);
  const secrets = pairs.filter(isOurs).map((pair) => pair.slice(BYPASS_PARAMETER.length + 1));
  if (secrets.length === 0) return undefined;
  const query = pairs.filter((pair) => !isOurs(pair)).join("&");
  // "//host/path" as a Location would lead to another host.
  const path = pathname.replace(/^(?=\/\/)/, "/.");
  return { secrets: secrets.map(decode), rest: query === "" ? path : `${path}?${query}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** Compares in a time that does not tell where the difference is. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
