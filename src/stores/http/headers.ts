import type { HeadersInput } from "../../types/headers-input.ts";
import { invalidOption, OptionError } from "../../util/errors.ts";

/** The `Accept` field of a request, unless the caller sets one. */
export const ACCEPT = "application/json, */*;q=0.5";

/**
 * Builds the header fields of the request from the option and the credentials of the URL.
 *
 * @param task The first words of an error. The error never quotes a field, because it may hold a token.
 * @throws {OptionError} If a field is not valid, or both the option and the URL have credentials.
 */
export function buildHeaders(task: string, given: HeadersInput | undefined, { username, password }: URL): Headers {
  let headers: Headers;
  try {
    headers = new Headers(given as HeadersInit | undefined);
  } catch {
    if (typeof given !== "object" || given === null) throw invalidOption(task, "headers", "header fields", given);
    const received = "a name or value that is not valid";
    throw new OptionError(task, { path: "headers", expected: "header fields", received });
  }
  if (!headers.has("accept")) headers.set("accept", ACCEPT);
  if (username === "" && password === "") return headers;
  if (headers.has("authorization")) {
    const expected = 'header fields without "authorization" where "url" has a user name';
    throw new OptionError(task, { path: "headers", expected, hint: "give one of them" });
  }
  // RFC 7617 section 2.1 allows UTF-8, and today's servers expect it.
  const bytes = new TextEncoder().encode(`${decode(username)}:${decode(password)}`);
  headers.set("authorization", `Basic ${btoa(String.fromCharCode(...bytes))}`);
  return headers;
}

/** Undoes percent encoding. Keeps a text with a stray "%" as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
