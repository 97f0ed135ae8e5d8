import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { BYPASS_NAME } from "./request-secret.ts";

/** Creates a secret of 144 random bits, as text that can stand in a link. */
export function createSecret(): string {
  return toBase64Url(randomBytes(18));
}

/**
 * Makes the text that is stored of a secret: a salt, and the hash of a token that is made of both. The salt differs each
 * time, so that a visitor who was let in by one maintenance is not let in by the next.
 */
export function hashSecret(secret: string): string {
  const salt = randomBytes(16);
  return `sha256:${toBase64Url(salt)}:${toBase64Url(sha256(tokenOf(salt, secret)))}`;
}

function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** Makes the token that a cookie holds in place of the secret. A reader of the store knows neither. */
export function tokenOf(salt: Uint8Array, secret: string): Uint8Array {
  // The secret is hashed first, because HMAC takes a key and the same key with zeros behind it for one.
  return hmac(sha256, hashOf(secret), Uint8Array.of(...encode(BYPASS_NAME), ...salt));
}

/** The hash of a secret. */
export function hashOf(secret: string): Uint8Array {
  return sha256(encode(secret));
}

/** The hash of a token. */
export function hashOfToken(token: Uint8Array): Uint8Array {
  return sha256(token);
}

/**
 * Makes the function that makes the token of a cookie in place of a secret whose hash is known. Each token is good for one
 * text only.
 */
export function signerWith(hash: Uint8Array): (text: string) => Uint8Array {
  // Preparing the key is half of the work.
  const prepared = hmac.create(sha256, hash);
  return (text) => prepared.clone().update(encode(text)).digest();
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Compares all bytes, so that the time does not tell where the first difference is. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ (b[i] ?? 0);
  return difference === 0;
}

/** Writes bytes as text that can stand in a URL and in a cookie. */
export function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Reads the bytes of such a text. */
export function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
