import process from "node:process";
import { BYPASS_NAME } from "../../bypass/request-secret.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";
import type { OptionValues } from "./options.ts";

/**
 * Reads the address of the site: `--site`, or the variable `MAINTENANCE_SITE`.
 *
 * @throws {CliError} If it is not an HTTP URL.
 */
export function readSite({ site: given }: OptionValues): URL | undefined {
  const text = given ?? process.env["MAINTENANCE_SITE"];
  if (!text) return undefined;
  const name = given === undefined ? "MAINTENANCE_SITE" : '"--site"';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw refuse(name, text, /^[\w-]+(\.[\w-]+)+(:\d+)?(\/|$)/.test(text) ? `: write https://${text}` : "");
  }
  // "localhost:3000" is a URL with the scheme "localhost:".
  if (!/^https?:$/.test(url.protocol)) throw refuse(name, text, "");
  if (url.username !== "" || url.password !== "") {
    throw usageError(`${name} must not hold a user or a password, received ${show(text)}`);
  }
  return url;
}

function refuse(name: string, text: string, hint: string): Error {
  return usageError(`${name} must be the URL of the site such as "https://example.com", received ${show(text)}${hint}`);
}

/** The link that lets in whoever opens it. */
export function bypassLink(site: URL | undefined, secret: string): string {
  if (site === undefined) return `https://<your site>/?${BYPASS_NAME}=${secret}`;
  const url = new URL(site);
  url.searchParams.set(BYPASS_NAME, secret);
  return url.href;
}
