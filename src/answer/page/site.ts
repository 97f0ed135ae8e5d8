import type { Site } from "../site-options.ts";
import { escapeHtml } from "./escape.ts";
import { ACCENT } from "./style.ts";

/** The motif of the page: rings around a point out of sight, and a dot that comes to rest on one of them. */
export const MOTIF: string = `<div class="art" aria-hidden="true"><svg viewBox="-50 -50 100 100">${
  [14, 21, 28, 35, 42, 49].map((radius) => `<circle r="${radius}"/>`).join("")
}<g><circle class="dot" r="1" cx="-20" cy="-28.7"/></g></svg></div>\n`;

/** The same motif as the icon of the page. Browsers would ask the site for an icon if the page had none. */
export const ICON: string = "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><g fill="none" stroke="${ACCENT}" ` +
    `stroke-width="3"><circle cx="16" cy="16" r="12"/></g><circle cx="16" cy="16" r="4" fill="${ACCENT}"/></svg>`,
);

/** The header of the page with logo and name of the site; empty if it gives neither. */
export function compileHeader({ name, logo, url }: Pick<Site, "name" | "logo" | "url">): string {
  if (!name && !logo) return "";
  // Beside the name the picture needs no text. A link with a picture alone has to say where it leads.
  const text = name ? "" : url ?? "";
  const content = (logo ? `<img src="${escapeHtml(logo)}" alt="${escapeHtml(text)}">` : "") +
    (name ? `<bdi>${escapeHtml(name)}</bdi>` : "");
  const tag = url ? `a class="site" href="${escapeHtml(url)}"` : `span class="site"`;
  return `<header><${tag}>${content}</${url ? "a" : "span"}></header>\n`;
}

/**
 * Prepares the footer of the page with the link to the contact of the site.
 *
 * @param contact An e-mail address or a URL.
 * @returns A function that takes the label of the link and returns the footer.
 */
export function compileContact(contact: string | undefined): (label: string) => string {
  if (!contact) return () => "";
  const isUrl = /^(?:https?|mailto|tel):/i.test(contact);
  const href = isUrl ? contact : `mailto:${encodeURI(contact).replace(/[?&#]/g, encodeURIComponent)}`;
  // Visitors without a program for such links can copy the address.
  const address = isUrl ? contact.replace(/^\w+:|\?.*/g, "") : contact;
  const shown = /^https?:/i.test(contact) ? "" : ` <bdi>${escapeHtml(address)}</bdi>`;
  return (label) => `<footer><a href="${escapeHtml(href)}"><span>${escapeHtml(label)}</span>${shown}</a></footer>\n`;
}
