import type { Site } from "../site-options.ts";
import { compileColors } from "./colors.ts";
import { compileDocument, type Page } from "./document.ts";

export type { Page, PageContent } from "./document.ts";

/**
 * Prepares the page of a site.
 *
 * @param site What the page says about the site, already checked.
 */
export function compilePage(site: Site): Page {
  return compileDocument({ ...site, colors: compileColors(site.colors) });
}
