import { cookieAttributes, isSecure } from "../util/cookie.ts";
import { parseIp } from "../match/ip/ip-address.ts";

/** The cookie that holds the position of a visitor, so that another address later does not put them out. */
const COOKIE_NAME = "maintenance-admit";
const COOKIE = /(?:^|; *)maintenance-admit=([\da-f]{8})(?=;|$)/i;

/** How many positions there are: 32 bits. */
const POSITIONS = 2 ** 32;

const words = new Uint32Array(4);

/**
 * The position that the address of a visitor has among all, from 0 to 2^32 - 1: spread evenly, and the same in every
 * process. Of an IPv6 address it is that of its /64, since what is behind it changes from day to day (RFC 8981).
 *
 * @returns The position, or `undefined` if the text is no address.
 */
export function positionOfAddress(clientIp: string | undefined): number | undefined {
  if (typeof clientIp !== "string") return undefined;
  const family = parseIp(clientIp, words);
  if (family === 0) return undefined;
  const first = mix(words[0]! ^ (family === 4 ? 0x6d61696e : 0x74656e61));
  return family === 4 ? first : mix(first ^ words[1]!);
}

/** A permutation of all 32-bit numbers in which each bit of the result hangs on each bit of what is given. */
function mix(value: number): number {
  // "lowbias32" of https://github.com/skeeto/hash-prospector, with the constants that were found to be the best.
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

/**
 * Whether a visitor is among the part that gets in. Who gets in at one part does so at any larger one.
 *
 * @param admit The part, from 0 to 1. Who has neither a cookie nor an address is only in the whole.
 */
export function isAdmitted(request: Request, clientIp: string | undefined, admit: number): boolean {
  if (admit >= 1) return true;
  const position = positionInCookie(request) ?? positionOfAddress(clientIp);
  return position !== undefined && position < admit * POSITIONS;
}

/** What browsers ask for that is a page, or asked for by one. What a page is made of is often kept for everybody. */
const DESTINATIONS = ["document", "iframe", "frame", "empty"];

/**
 * The `Set-Cookie` that keeps the position of a visitor, who is known by the address alone; `undefined` for others, and for
 * an image, a script or a style.
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
