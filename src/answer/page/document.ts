import type { Messages } from "../messages.ts";
import type { Site } from "../site-options.ts";
import { bypassForm, type SecretPrompt } from "./bypass-form.ts";
import type { SiteColors } from "./colors.ts";
import { escapeHtml } from "./escape.ts";
import { SCRIPT, SCRIPT_HASH } from "./script.ts";
import { compileContact, compileHeader, ICON, MOTIF } from "./site.ts";
import { BACKGROUNDS, STYLE, STYLE_HASH } from "./style.ts";
import { formatTime } from "./time.ts";

/** The content of one page. */
export interface PageContent {
  /** `"on"` if the whole site is closed, `"read-only"` if visitors can still read it. */
  mode: "on" | "read-only";
  /** The language of the page as a BCP 47 tag. */
  language: string;
  /** The direction of its script. */
  dir: "ltr" | "rtl";
  /** The words of the page in that language. */
  messages: Messages;
  /** The reason the operator gave: plain text with line breaks, and its language if it differs from that of the page. */
  reason: { text: string; language?: string | undefined; dir?: "ltr" | "rtl" | undefined } | undefined;
  /** When the site is expected back. */
  end: Date | undefined;
  /** How long the page waits before it asks for the first time whether the site is back, in seconds. */
  retryAfter: number | undefined;
  /** Whether the request may have carried a form: its method is neither GET nor HEAD. */
  isForm: boolean;
  /** Whether the page asks for the secret of the bypass. */
  prompt: SecretPrompt;
}

/** The built-in page of a site. */
export interface Page {
  /** The value of the header field `Content-Security-Policy`. */
  readonly contentSecurityPolicy: string;
  /** The same for a page that asks for the secret of the bypass; the plain page never does. */
  readonly promptPolicy?: string;
  /** Writes the page as an HTML document. */
  render(content: PageContent): string;
}

/** After how many seconds browsers without scripts load the page again: at least, and if there is no `retryAfter`. */
const REFRESH = { least: 5, unknown: 300 } as const;

/** The same while the visitor may be typing a secret, which would be lost. */
const PROMPT_REFRESH = 300;

/** What a page says about its site. The caller prepares the colours: only they need SHA-256. */
export interface DocumentSite extends Omit<Site, "colors"> {
  readonly colors?: SiteColors | undefined;
}

/**
 * Prepares the page of a site.
 *
 * @param site What the page says about the site, already checked.
 */
export function compileDocument(site: DocumentSite): Page {
  const { colors } = site;
  const policyFor = (target: string) =>
    `default-src 'none'; style-src ${colors ? `'${colors.hash}' ` : ""}'${STYLE_HASH}'; ` +
    `script-src '${SCRIPT_HASH}'; img-src data:; connect-src 'self'; base-uri 'none'; form-action '${target}'`;
  const [policy, promptPolicy] = [policyFor("none"), policyFor("self")];
  const [head, promptHead] = [compileHead(site, policy), compileHead(site, promptPolicy)];
  // The colours of the site come first, so that the rules for print still win.
  const styles = (colors ? `<style>${colors.style}</style>\n` : "") + `<style>${STYLE}</style>\n`;
  const suffix = site.name ? ` · ${escapeHtml(site.name)}` : "";
  const afterTitle = `${suffix}</title>\n${styles}</head>\n<body>\n${MOTIF}${compileHeader(site)}<main>\n`;
  const contact = compileContact(site.contact);
  return {
    // `frame-ancestors` has no effect in the `meta` element of the page.
    contentSecurityPolicy: `${policy}; frame-ancestors 'self'`,
    promptPolicy: `${promptPolicy}; frame-ancestors 'self'`,
    render(content) {
      const { mode, messages, prompt } = content;
      const title = escapeHtml(mode === "on" ? messages.title : messages.readOnlyTitle);
      return `<!doctype html>\n<html${rootAttributes(content)}>\n${prompt === "none" ? head : promptHead}${
        refresh(content)
      }<title>${title}${afterTitle}` +
        `<h1>${title}</h1>\n` +
        `<p class="lead">${escapeHtml(mode === "on" ? messages.text : messages.readOnlyText)}</p>\n` +
        unsent(content) + reason(content) + expected(content, site.timeZone) + next(content) +
        bypassForm(prompt, messages) +
        `</main>\n${contact(messages.contact)}<script>${SCRIPT}</script>\n</body>\n</html>\n`;
    },
  };
}

function compileHead({ colors }: DocumentSite, policy: string): string {
  const background = colors?.background;
  const themes = background
    ? `<meta name="theme-color" content="${escapeHtml(background)}">`
    : (["light", "dark"] as const).map((scheme) =>
      `<meta name="theme-color" media="(prefers-color-scheme:${scheme})" content="${BACKGROUNDS[scheme]}">`
    ).join("\n");
  return `<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<meta name="format-detection" content="telephone=no">
<meta name="color-scheme" content="light dark">
${themes}
<link rel="icon" href="${ICON}">
`;
}

function rootAttributes({ mode, language, dir, retryAfter, isForm }: PageContent): string {
  return ` lang="${escapeHtml(language)}" dir="${dir}"${isForm ? " data-form" : ""}` +
    (mode === "on" ? ` data-poll="${retryAfter ?? ""}"` : "");
}

function refresh({ mode, retryAfter, isForm, prompt }: PageContent): string {
  // Some browsers would send again what the page answers.
  if (mode !== "on" || isForm || prompt === "wrong") return "";
  const least = prompt === "none" ? REFRESH.least : PROMPT_REFRESH;
  const seconds = Math.max(Math.ceil(retryAfter ?? REFRESH.unknown), least);
  return `<noscript><meta http-equiv="refresh" content="${seconds}"></noscript>\n`;
}

function reason({ reason }: PageContent): string {
  if (!reason?.text) return "";
  const language = reason.language ? ` lang="${escapeHtml(reason.language)}"` : "";
  return `<p class="row reason"${language} dir="${reason.dir ?? "auto"}">${escapeHtml(reason.text)}</p>\n`;
}

function expected({ end, messages, language }: PageContent, timeZone: string | undefined): string {
  if (end === undefined) return "";
  const time = `<time datetime="${end.toISOString()}">${escapeHtml(formatTime(end, language, timeZone))}</time>`;
  // `replaceAll()` would read a `$&` in the time as a pattern.
  return `<p class="row end"><span>${
    escapeHtml(messages.expected).split("{time}").join(time)
  }</span> <span id="left"></span></p>\n`;
}

function unsent({ isForm, messages }: PageContent): string {
  return isForm ? `<p class="row form">${escapeHtml(messages.notSent)}</p>\n` : "";
}

function next({ mode, isForm, messages }: PageContent): string {
  if (isForm) {
    return `<p role="status" data-text="${escapeHtml(messages.available)}"></p>\n` +
      `<button type="button" id="back" hidden>${escapeHtml(messages.goBack)}</button>\n`;
  }
  return (mode === "on" ? `<p class="row next">${escapeHtml(messages.waiting)}</p>\n` : "") +
    `<button type="button" id="retry" hidden>${escapeHtml(messages.retry)}</button>\n`;
}
