import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, randomBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { BYPASS_NAME } from "./request-secret.ts";

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
export function tokenOf(salt: Uint8Array, secret: string): Uint8Array {
  // Hashed before, because to HMAC a key is the same with zeros behind it.
  return hmac(sha256, hashOf(secret), concatBytes(utf8ToBytes(BYPASS_NAME), salt));
}

/** The hash of a secret. */
export function hashOf(secret: string): Uint8Array {
  return sha256(utf8ToBytes(secret));
}

/** The hash of a token. */
export function hashOfToken(token: Uint8Array): Uint8Array {
  return sha256(token);
}

/** What a cookie holds in place of a secret whose hash is known: bound to all that the text says. */
export function signWith(hash: Uint8Array, text: string): Uint8Array {
  return hmac(sha256, hash, utf8ToBytes(text));
}

/** Compares in a time that does not tell where the difference is. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

/** Bytes as text that can stand in a URL and in a cookie. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of such a text. */
export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
