import { cookieAttributes, isSecure } from "../util/cookie.ts";
import { parseIp } from "../match/ip/ip-address.ts";

/** The cookie that holds the position of a visitor, so that a new address does not put them out later. */
const COOKIE_NAME = "maintenance-admit";
const COOKIE = /(?:^|; *)maintenance-admit=([\da-f]{8})(?=;|$)/i;

/** How many positions there are: 32 bits. */
const POSITIONS = 2 ** 32;

const words = new Uint32Array(4);

/**
 * The position of a visitor's address among all addresses, from 0 to 2^32 - 1. Positions are spread evenly, and every process
 * finds the same one. An IPv6 address has the position of its /64, since the rest changes from day to day (RFC 8981).
 *
 * @returns The position, or `undefined` if the text is not an address.
 */
export function positionOfAddress(clientIp: string | undefined): number | undefined {
  if (typeof clientIp !== "string") return undefined;
  const family = parseIp(clientIp, words);
  if (family === 0) return undefined;
  const first = mix(words[0]! ^ (family === 4 ? 0x6d61696e : 0x74656e61));
  return family === 4 ? first : mix(first ^ words[1]!);
}

/** A permutation of all 32-bit numbers: each bit of the result depends on each bit of the value. */
export function mix(value: number): number {
  // "lowbias32" of https://github.com/skeeto/hash-prospector, with the best constants found there.
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x21f0aaad);
  x ^= x >>> 15;
  x = Math.imul(x, 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

function positionInCookie({ headers }: Request): number | undefined {
  const cookies = headers.get("cookie");
  if (typeof cookies !== "string" || !cookies.includes(COOKIE_NAME)) return undefined;
  const digits = COOKIE.exec(cookies)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** What the gate uses of this file, as a feature. */
export interface Admission {
  readonly isAdmitted: typeof isAdmitted;
  readonly admitCookie: typeof admitCookie;
}

/**
 * Whether a visitor belongs to the share that gets in. A visitor who gets in at one share does so at each larger one.
 *
 * @param admit The share, from 0 to 1. A visitor with neither a cookie nor an address belongs only to the whole.
 */
export function isAdmitted(request: Request, clientIp: string | undefined, admit: number): boolean {
  if (admit >= 1) return true;
  const position = positionInCookie(request) ?? positionOfAddress(clientIp);
  return position !== undefined && position < admit * POSITIONS;
}

/** What browsers request as a page, or a page requests itself. Caches often keep what a page is made of for everybody. */
const DESTINATIONS = ["document", "iframe", "frame", "empty"];

/**
 * The `Set-Cookie` that keeps the position of a visitor who is known by the address alone; `undefined` for other visitors,
 * and for an image, a script or a style.
 */
export function admitCookie(
  request: Request,
  clientIp: string | undefined,
  domain: string | undefined,
): string | undefined {
  if (positionInCookie(request) !== undefined) return undefined;
  const destination = request.headers.get("sec-fetch-dest");
  if (typeof destination === "string" && !DESTINATIONS.includes(destination)) return undefined;
  const position = positionOfAddress(clientIp);
  if (position === undefined) return undefined;
  const digits = position.toString(16).padStart(8, "0");
  return `${COOKIE_NAME}=${digits}; Path=/${cookieAttributes(isSecure(request), domain)}`;
}

/** Admission by the position that a cookie or the address gives a visitor. */
export const admission: Admission = { isAdmitted, admitCookie };
