import { messageOf, quote } from "../../util/received.ts";
import { BYPASS_NAME } from "../../bypass/request-secret.ts";

/** The passwords to hide, as they are written in URLs and as clients see them. */
const secrets = new Set<string>();

/** The length of the shortest password to look for: a shorter one would match everywhere. In URLs any length is hidden. */
const SHORTEST = 3;

/** Hides a password in all messages from now on. */
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

/** A message in one line and without passwords. Clients of stores write some of the messages. */
export function withoutSecrets(message: string): string {
  // deno-lint-ignore no-control-regex -- a terminal must not obey text of a server
  return hideSecrets(message).replace(/\s*\n\s*/g, " ").replace(/[\x00-\x1f\x7f-\x9f]+/g, " ").trim();
}

/** A text without passwords. */
export function hideSecrets(given: string): string {
  let text = given;
  // The longest first: one may be part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) text = text.replaceAll(secret, "***");
  return hideInUrls(text);
}

const BYPASS = new RegExp(`(${BYPASS_NAME}=)[^\\s"'\`&#]+`, "gi");

/** Hides the user and the password of URLs, and the secret of a bypass link. */
function hideInUrls(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s"'`]*@/gi, "$1***@")
    .replace(BYPASS, "$1***");
}

/** Text of the command line in quotes. The password is hidden first: it could not be found in a shortened text. */
export function show(text: string): string {
  return quote(hideInUrls(text));
}

/** The length of the shortest token. A shorter user name, such as "app", would match inside of words. */
const SHORTEST_TOKEN = 8;

/** Hides the password of a URL in all messages from now on, and a user name that may be a token. */
export function addSecretsOf(url: URL): void {
  addSecret(url.password);
  if (isToken(url) && url.username.length >= SHORTEST_TOKEN) addSecret(url.username);
}

/** Whether the user name of a URL may be a token, as in `https://TOKEN@host` and `https://TOKEN:x-oauth-basic@host`. */
function isToken({ protocol, username, password }: URL): boolean {
  return username !== "" && (password === "" || /^https?:$/.test(protocol));
}

/**
 * A URL to show, without its password and without a user name that may be a token. The query of an HTTP URL may hold a token,
 * and is hidden as well.
 */
export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  if (isToken(url)) shown.username = "***";
  if (shown.password !== "") shown.password = "***";
  if (/^https?:$/.test(shown.protocol) && shown.search !== "") shown.search = "?***";
  return shown.href;
}

/** The message of a thrown value. An error about several attempts gives the message of each. */
export function reasonOf(error: unknown): string {
  const { message, code, errors } = (error ?? {}) as { message?: unknown; code?: unknown; errors?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return [...new Set(errors.map(reasonOf))].join("; ");
  if (message === "" && typeof code === "string") return code;
  return messageOf(error) || "unknown error";
}
