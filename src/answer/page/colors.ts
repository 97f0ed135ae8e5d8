import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { Site } from "../site-options.ts";
import { cleanCssValue } from "./escape.ts";

/** The colours of a site, ready for its page. */
export interface SiteColors {
  /** A style that gives the custom properties of the page these colours. */
  readonly style: string;
  /** The hash of that style, as `Content-Security-Policy` names it. */
  readonly hash: string;
  /** The background, if the site gives one. */
  readonly background: string | undefined;
}

/**
 * Prepares the colours of a site. They take the place of the page's own colours in light schemes and in dark ones.
 *
 * @returns The colours, or `undefined` if the site gives none.
 */
export function compileColors(colors: Site["colors"] = {}): SiteColors | undefined {
  const values = Object.entries({ ...counterparts(colors), ...colors });
  if (values.length === 0) return undefined;
  const style = `:root{${values.map(([name, value]) => `--${name}:${cleanCssValue(value)}`).join(";")}}`;
  const hash = btoa(String.fromCharCode(...sha256(utf8ToBytes(style))));
  return { style, hash: `sha256-${hash}`, background: colors.background };
}

/**
 * The colours that have to follow from those of the site, so that visitors can read the text. If a site gives nothing but
 * a light background, dark schemes would otherwise put the light text of the page on it.
 */
function counterparts(colors: NonNullable<Site["colors"]>): Record<string, string> {
  const found: Record<string, string> = {};
  if (colors.background && !colors.text) found.text = opposite("background");
  if (colors.text && !colors.background) found.background = opposite("text");
  if ((colors.background || colors.text) && !colors.muted) found.muted = "var(--text)";
  if (colors.accent && !colors["accent-text"]) found["accent-text"] = opposite("accent");
  return found;
}

/** Black or white, whichever has the greater contrast: at a luminance of 0.179 both have the same. */
function opposite(name: string): string {
  const channels = [".9505", "1", "1.089"].map((white) => `clamp(0,(.179 - y)*9999,${white})`);
  return `color(from var(--${name}) xyz ${channels.join(" ")})`;
}
