import { cookieAttributes, isSecure } from "../util/cookie.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import { BYPASS_NAME, carriesBypass } from "./request-secret.ts";
import {
  type CarriedCookie,
  cookiesIn,
  linkSecrets,
  locationOf,
  MOST_TOKENS,
  secretIn,
  withinLimits,
} from "./from-request.ts";
import { equalBytes, fromBase64Url, hashOf, hashOfToken, signerWith, toBase64Url, tokenOf } from "./secret.ts";

/** Where a bypass leads, and the cookie that it sets. */
export interface OpenedLink {
  /** A path with its query. */
  readonly location: string;
  /** The value of `Set-Cookie`. */
  readonly cookie: string;
}

/** Why the bypass in a request does not let it in. */
export type BypassFault = "expired" | "other" | "malformed";

/**
 * Lets in visitors who know a secret. `state` is the maintenance that a request has met, if it is in a store, and
 * `now` the time in milliseconds since 1970.
 */
export interface Bypass {
  /** Whether a request carries the secret in a header field, or a cookie that a bypass link has set. */
  lets(request: Request, now: number, state: TimedState | undefined): boolean;
  /**
   * Opens a bypass link: returns where it leads and the cookie that it sets, or `undefined` if the request is for another
   * URL.
   *
   * @param domain The `Domain` of the cookie, if it is for more than one host.
   */
  open(
    request: Request,
    now: number,
    state: TimedState | undefined,
    domain: string | undefined,
  ): OpenedLink | undefined;
  /**
   * The same with secrets that the request has brought in a form. The location is the URL of the request.
   *
   * @param secrets What the visitor has filled in: at most {@link MOST_TRIES} are tried.
   */
  openWith(
    secrets: readonly string[],
    request: Request,
    now: number,
    state: TimedState | undefined,
    domain: string | undefined,
  ): OpenedLink | undefined;
  /** Why the bypass in a request does not let it in; `undefined` if it does, or if the request carries none. */
  faultOf(request: Request, now: number, state: TimedState | undefined): BypassFault | undefined;
}

/** For how many milliseconds a cookie lets in, unless maintenance ends before. */
const COOKIE_MS = 12 * 3_600_000;

/** Texts that tell the token of a cookie from anything else that may ever be signed with the same secret. */
const LABEL = "cookie of bypassSecret";
const STATE_LABEL = "cookie of bypass";

/** The end of an earlier maintenance that had the same stored secret. */
export interface EarlierEnd {
  /** When it was turned off, in milliseconds since 1970. */
  readonly at: number;
  /** When its state would have ended, if at all. */
  readonly planned: number | undefined;
}

/** Checks a secret, and the cookie that stands for it. */
interface Lock {
  /** Whether a secret is the right one. */
  fits(secret: string): boolean;
  /** Makes the token of a cookie for a visitor who knows the secret. */
  tokenFor(secret: string, until: string, state: TimedState | undefined): Uint8Array;
  /** Whether a token was made so. */
  isToken(token: Uint8Array, until: string, state: TimedState | undefined): boolean;
  /** Whether a token that was made so lets in now. */
  holds(until: number, now: number, state: TimedState | undefined): boolean;
  /** When maintenance ends, in milliseconds since 1970, or `Infinity`. */
  endsAt(now: number, state: TimedState | undefined): number;
}

/**
 * Prepares the test of a request for the bypass of a maintenance in a store.
 *
 * The store holds the hash of a token. A cookie holds the token, masked with its expiry and the stored text. Readers of
 * the store do not know the token, and holders of a cookie do not know the salt, so neither can make a cookie that lasts
 * longer.
 *
 * @param stored The stored text of the secret, as `hashSecret()` makes it.
 * @param end When the maintenance ends, in milliseconds since 1970, or `Infinity`.
 * @param earlier The end of the last maintenance with this text, if there was one: its cookies let nobody in.
 */
export function compileBypass(stored: string, end: number, earlier?: EarlierEnd): Bypass {
  const [, saltText, hashText] = stored.split(":");
  const [salt, expected] = [fromBase64Url(saltText!), fromBase64Url(hashText!)];
  const isToken = (token: Uint8Array) => equalBytes(hashOfToken(token), expected);
  const maskOf = signerWith(hashOf(stored));
  const masked = (token: Uint8Array, until: string) => {
    const mask = maskOf(`${STATE_LABEL}\n${until}`);
    return token.map((byte, index) => byte ^ mask[index]!);
  };
  // In a recurring window, the end of that window.
  const endsAt: Lock["endsAt"] = (now, state) => state?.endsAt(now) ?? end;
  // Later cookies hold longer, unless the end of the state cuts them short.
  const isLater = (until: number, now: number, state: TimedState | undefined) =>
    earlier === undefined || until > earlier.at + COOKIE_MS ||
    until !== earlier.planned && until === endsAt(now, state);
  return createBypass({
    fits: (secret) => isToken(tokenOf(salt, secret)),
    tokenFor: (secret, until) => masked(tokenOf(salt, secret), until),
    isToken: (token, until) => isToken(masked(token, until)),
    holds: (until, now, state) => until > now && isLater(until, now, state),
    endsAt,
  });
}

/**
 * Prepares the test of a request for the bypass of a gate. Nothing is stored anywhere: the token of a cookie is made from
 * the secret, the expiry of the cookie, and the start of the maintenance that it was made for.
 *
 * @param secret The secret.
 */
export function compileSecretBypass(secret: string): Bypass {
  const hash = hashOf(secret);
  const signed = signerWith(hash);
  const sign = (until: string, state: TimedState | undefined) =>
    signed(`${LABEL}\n${until}\n${state?.state.start ?? ""}`);
  return createBypass({
    fits: (given) => equalBytes(hashOf(given), hash),
    tokenFor: (_secret, until, state) => sign(until, state),
    isToken: (token, until, state) => equalBytes(token, sign(until, state)),
    holds: (until, now) => until > now,
    endsAt: (now, state) => state?.endsAt(now) ?? Infinity,
  });
}

function createBypass({ fits, tokenFor, isToken, holds, endsAt }: Lock): Bypass {
  function lets(request: Request, now: number, state: TimedState | undefined): boolean {
    const secret = secretIn(request);
    if (secret !== undefined && fits(secret)) return true;
    return cookiesIn(request).some(({ until, token }) =>
      holds(Number(until), now, state) && isToken(fromBase64Url(token), until, state)
    );
  }

  /** What the cookies of a request hold for other maintenances: the new cookie takes their place, and must not lock out there. */
  function othersIn(request: Request, now: number, state: TimedState | undefined): CarriedCookie[] {
    return cookiesIn(request)
      .filter(({ until, token }) => Number(until) > now && !isToken(fromBase64Url(token), until, state))
      .slice(0, MOST_TOKENS - 1);
  }

  const openWith: Bypass["openWith"] = (secrets, request, now, state, domain) => {
    const secret = withinLimits(secrets).find(fits);
    if (secret === undefined) return undefined;
    const until = Math.min(now + COOKIE_MS, endsAt(now, state));
    const secure = isSecure(request);
    const prefix = secure ? domain === undefined ? "__Host-" : "__Secure-" : "";
    const own = { until: String(until), token: toBase64Url(tokenFor(secret, String(until), state)) };
    const all = [own, ...othersIn(request, now, state)];
    const value = all.map(({ until, token }) => `${until}.${token}`).join("~");
    const latest = Math.max(...all.map(({ until }) => Number(until)));
    const maxAge = Math.max(1, Math.floor((latest - now) / 1_000));
    const attributes = `; Path=/; Max-Age=${maxAge}${cookieAttributes(secure, domain)}`;
    return { location: locationOf(request.url), cookie: `${prefix}${BYPASS_NAME}=${value}${attributes}` };
  };

  return {
    lets,
    openWith,
    open(request, now, state, domain) {
      const secrets = linkSecrets(request.url);
      return secrets && openWith(secrets, request, now, state, domain);
    },
    faultOf(request, now, state) {
      if (!carriesBypass(request) || lets(request, now, state)) return undefined;
      const secrets = linkSecrets(request.url);
      if (secrets !== undefined && withinLimits(secrets).some(fits)) return undefined;
      const cookies = cookiesIn(request);
      if (cookies.some(({ until, token }) => isToken(fromBase64Url(token), until, state))) return "expired";
      const isSecret = secrets !== undefined || typeof request.headers.get(BYPASS_NAME) === "string";
      return isSecret || cookies.length > 0 ? "other" : "malformed";
    },
  };
}
