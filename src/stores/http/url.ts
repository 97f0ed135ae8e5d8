import { invalidOption, OptionError } from "../../util/errors.ts";
import { quote } from "../../util/received.ts";

const EXPECTED = "an absolute URL with http: or https:";

/**
 * Parses the URL of a store, without its fragment.
 *
 * @param task The first words of an error. The error never quotes the URL, because it may hold a password.
 * @throws {OptionError} If it is not an absolute URL with `http:` or `https:`.
 */
export function parseUrl(task: string, url: unknown): URL {
  if (typeof url !== "string" && !(url instanceof URL)) throw invalidOption(task, "url", EXPECTED, url);
  const refuse = (received: string): OptionError =>
    new OptionError(task, { path: "url", expected: EXPECTED, received });
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw refuse("text that is not an absolute URL");
  }
  if (!["http:", "https:"].includes(parsed.protocol)) {
    throw refuse(`a URL that starts with ${quote(parsed.protocol)}`);
  }
  parsed.hash = "";
  return parsed;
}

/** Removes user names, passwords, queries and fragments from the URLs in a text. */
export function withoutSecrets(text: string): string {
  return text.replace(/\bhttps?:\/\/[^\s"'<>]+/gi, (url) => url.replace(/\/\/[^/?#]*@/, "//").replace(/[?#].*/s, ""));
}
