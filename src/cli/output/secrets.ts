import { messageOf, quote } from "../../util/received.ts";
import { BYPASS_NAME } from "../../bypass/request-secret.ts";

/** Passwords that must not be shown, as they are written in URLs and as clients see them. */
const secrets = new Set<string>();

/** Shorter ones would be found everywhere. In URLs they are hidden, too. */
const SHORTEST = 3;

/** Remembers a password that no message may hold. */
export function addSecret(secret: string): void {
  for (const form of [secret, decode(secret), encodeURIComponent(decode(secret))]) {
    if (form.length >= SHORTEST) secrets.add(form);
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A message, of a client of a store maybe, in one line and without passwords. */
export function withoutSecrets(message: string): string {
  // deno-lint-ignore no-control-regex -- a terminal must not obey what a server says
  return hideSecrets(message).replace(/\s*\n\s*/g, " ").replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").trim();
}

/** Text without passwords, and otherwise as it is. */
export function hideSecrets(given: string): string {
  let text = given;
  // The longest first, since one may be part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) text = text.replaceAll(secret, "***");
  return hideInUrls(text);
}

const BYPASS = new RegExp(`(${BYPASS_NAME}=)[^\\s"'\`&#]+`, "gi");

/** Hides what stands before the `@` of URLs, and the secret of a bypass link. */
function hideInUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'`]*@/gi, "$1***@")
    .replace(BYPASS, "$1***");
}

/** Text of the command line in quotes. The password goes first: shortened, it could not be told any more. */
export function show(text: string): string {
  return quote(hideInUrls(text));
}

/** A URL without its password, to be shown. The values of an HTTP query may be tokens. */
export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (shown.password !== "") shown.password = "***";
  if (/^https?:$/.test(shown.protocol) && shown.search !== "") shown.search = "?***";
  return shown.href;
}

/** The message of anything that was thrown; of several attempts at once, of each. */
export function reasonOf(error: unknown): string {
  const { message, code, errors } = (error ?? {}) as { message?: unknown; code?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return [...new Set(errors.map(reasonOf))].join("; ");
  if (message === "" && typeof code === "string") return code;
  return messageOf(error) || "unknown error";
}
