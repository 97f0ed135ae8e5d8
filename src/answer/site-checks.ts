import { checkNames, invalidOption } from "../util/errors.ts";
import { isTimeZone } from "../util/time-zone.ts";
import { wellFormed } from "./reason.ts";
import type { Site } from "./site-options.ts";

const SITE_NAMES = ["name", "logo", "url", "contact", "colors", "timeZone"] as const satisfies readonly (keyof Site)[];
const COLORS = ["background", "text", "muted", "accent", "accent-text"];

/** The longest logo, in characters: it is part of each page. */
const LONGEST_LOGO = 100_000;

/** An address as people write it, without the forms that only machines know. */
const EMAIL = /^[^\s@"<>():;,[\]\\?&#%]+@[^\s@"<>():;,[\]\\?&#%/]+$/;

/**
 * Checks the option `site`.
 *
 * @throws {OptionError} If it is not valid.
 */
export function checkSite(site: unknown, task: string): asserts site is Site {
  checkNames(task, site, SITE_NAMES, '"site"');
  const { name, logo, url, contact, colors, timeZone } = site as Record<keyof Site, unknown>;
  if (name !== undefined && (typeof name !== "string" || name.trim() === "")) {
    throw invalidOption(task, "site.name", "text", name);
  }
  if (logo !== undefined && !isLogo(logo)) {
    const accepted = `a data: URL of an image, of at most ${LONGEST_LOGO} characters`;
    const hint = typeof logo === "string" && !logo.startsWith("data:")
      ? "the page asks for nothing else, so put the image itself there: `data:image/svg+xml;base64,${…}`"
      : undefined;
    throw invalidOption(task, "site.logo", accepted, logo, hint);
  }
  if (url !== undefined && !isLink(url, ["http:", "https:"], true)) {
    throw invalidOption(task, "site.url", "an http: or https: URL, or a path", url);
  }
  if (contact !== undefined && !isContact(contact)) {
    throw invalidOption(task, "site.contact", "an e-mail address, or an http:, https:, mailto: or tel: URL", contact);
  }
  if (colors !== undefined) checkColors(task, colors);
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw invalidOption(task, "site.timeZone", 'the IANA name of a time zone such as "Europe/Amsterdam"', timeZone);
  }
}

function isLogo(logo: unknown): boolean {
  return typeof logo === "string" && logo.length <= LONGEST_LOGO &&
    /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i.test(logo);
}

function isContact(contact: unknown): boolean {
  return typeof contact === "string" && contact === wellFormed(contact) &&
    (EMAIL.test(contact) || isLink(contact, ["http:", "https:", "mailto:", "tel:"]));
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;

function isLink(link: unknown, schemes: readonly string[], orPath = false): boolean {
  // The URL parser removes white space, in front even of the scheme. Other readers of the link may not.
  if (typeof link !== "string" || link !== link.trim() || CONTROL.test(link)) return false;
  if (orPath && /^\/(?![/\\])/.test(link)) return true;
  try {
    return schemes.includes(new URL(link).protocol);
  } catch {
    return false;
  }
}

function checkColors(task: string, colors: unknown): void {
  checkNames(task, colors, COLORS, '"site.colors"');
  for (const [name, value] of Object.entries(colors as object)) {
    // Nothing may end the declaration or swallow those that follow, and nothing may ask for a file.
    if (
      typeof value !== "string" || !/^[#\w\s(),.%/+-]+$/.test(value) || /url|image|src/i.test(value) || !isClosed(value)
    ) {
      throw invalidOption(
        task,
        `site.colors.${name}`,
        'a CSS colour such as "#0b6e4f" or "light-dark(#fff, #111)"',
        value,
      );
    }
  }
}

/** Whether each parenthesis is closed. */
function isClosed(value: string): boolean {
  let depth = 0;
  for (const char of value) {
    if (char === "(") depth++;
    else if (char === ")" && --depth < 0) return false;
  }
  return depth === 0;
}
