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

/** A new secret of 144 random bits, to be put into a link. */
export function createSecret(): string {
  return toBase64Url(randomBytes(18));
}

/**
 * What is stored of a secret: a salt and a hash, which differ each time, so that what was let in by one maintenance is not
 * let in by the next.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(16);
  return `sha256:${toBase64Url(salt)}:${toBase64Url(hash(salt, secret))}`;
}

function hash(salt: Uint8Array, secret: string): Uint8Array {
  return sha256(concatBytes(salt, utf8ToBytes(secret)));
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

  const isSecret = (text: string | null | undefined) =>
    typeof text === "string" && text.length <= LONGEST && equalBytes(hash(salt, text), expected);

  /** What vouches for a cookie that lets in until a time. */
  const sign = (until: string) => toBase64Url(hmac(sha256, expected, utf8ToBytes(`${BYPASS_PARAMETER} ${until}`)));

  function isCookie(value: string, now: number): boolean {
    const [until = "", signature = ""] = value.split(".");
    return /^\d{1,16}$/.test(until) && Number(until) > now &&
      equalBytes(utf8ToBytes(signature.slice(0, LONGEST)), utf8ToBytes(sign(until)));
  }

  return {
    lets(request, now) {
      if (isSecret(request.headers.get(BYPASS_PARAMETER))) return true;
      const cookies = request.headers.get("cookie");
      if (cookies === null || !cookies.includes(BYPASS_PARAMETER)) return false;
      return cookies.split(";").some((cookie) => {
        const [name, value = ""] = cookie.trim().split("=");
        return (name === BYPASS_PARAMETER || name === `__Host-${BYPASS_PARAMETER}`) && isCookie(value, now);
      });
    },
    open(request, now) {
      const link = parseLink(request.url);
      if (link === undefined || !link.secrets.some(isSecret)) return undefined;
      const until = Math.min(now + COOKIE_MS, end);
      const value = `${until}.${sign(String(until))}`;
      // Behind a proxy that ends TLS, the app sees http: where the browser sees https:. Whoever lies here gets a cookie
      // that the browser does not keep, or one for the way that it came.
      const isSecure = request.url.startsWith("https:") ||
        /^https\b/i.test(request.headers.get("x-forwarded-proto") ?? "");
      const name = isSecure ? `__Host-${BYPASS_PARAMETER}` : BYPASS_PARAMETER;
      const maxAge = Math.max(1, Math.floor((until - now) / 1_000));
      return {
        location: link.rest,
        cookie: `${name}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`,
      };
    },
  };
}

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
