import { resolveLanguages } from "../language-options.ts";
import { checkSite } from "../site-checks.ts";
import { checkNames, invalidOption } from "../../util/errors.ts";
import { compileLanguages } from "../languages.ts";
import { isWholeNumber } from "../../util/whole-number.ts";
import type { AnswerOptions } from "../options.ts";
import type { MaintenanceState } from "../../types/maintenance-state.ts";
import { LANGUAGES } from "./languages.ts";
import { compilePage } from "./page.ts";
import { copyFor } from "./texts.ts";

/** The options of {@link renderPage}, all optional. */
export interface RenderPageOptions extends Pick<AnswerOptions, "site" | "messages"> {
  /**
   * `"on"` if the whole site is closed, `"read-only"` if visitors can still read it.
   *
   * @default {"on"}
   */
  mode?: "on" | "read-only";
  /** The reason: a text, or texts by the tags of their languages. */
  reason?: MaintenanceState["reason"];
  /** When the site is expected back. */
  end?: Date;
  /**
   * How long the page waits before it asks for the first time whether the site is back, in seconds: a whole number from 0.
   * Without it, the page asks after about 15 seconds, and then less and less often.
   */
  retryAfter?: number;
  /**
   * The tag of the language: a built-in one, or one from `messages`.
   *
   * @default {"en"}
   */
  language?: string;
}

const TASK = "render the page";

const NAMES = ["site", "messages", "mode", "reason", "end", "retryAfter", "language"] as const satisfies readonly (
  keyof RenderPageOptions
)[];

/**
 * Renders the built-in page as an HTML document, for a CDN, for `error_page` of nginx or for an answer of the app.
 *
 * The page loads no other file, and a `meta` element holds its `Content-Security-Policy`. Serve it with status 503.
 *
 * @param options The content of the page.
 * @returns The HTML.
 * @throws {OptionError} If an option is unknown, has the wrong type or is invalid. The message says what is accepted.
 * @example Usage
 * ```ts
 * import { renderPage } from "maintenancemode";
 *
 * const html = renderPage({ reason: "Moving to a bigger database", language: "de", site: { name: "Example" } });
 * html.includes('<html lang="de"'); // true
 * ```
 */
export function renderPage(options: RenderPageOptions = {}): string {
  checkNames(TASK, options, NAMES);
  const { site = {}, messages, mode = "on", reason, end, retryAfter, language = "en" } = options;
  checkSite(site, TASK);
  if (mode !== "on" && mode !== "read-only") throw invalidOption(TASK, "mode", '"on" or "read-only"', mode);
  if (!isReason(reason)) throw invalidOption(TASK, "reason", "text, or texts by language", reason);
  if (end !== undefined && !(end instanceof Date && !Number.isNaN(end.getTime()))) {
    throw invalidOption(TASK, "end", "a Date", end);
  }
  if (retryAfter !== undefined && !isWholeNumber(retryAfter)) {
    throw invalidOption(TASK, "retryAfter", "a whole number of seconds from 0", retryAfter);
  }
  const languages = resolveLanguages(messages === undefined ? {} : { messages }, LANGUAGES, TASK);
  const { tags, placeOf } = compileLanguages(languages.map(({ tag }) => tag));
  const words = typeof language === "string" ? languages[placeOf(language)] : undefined;
  if (words === undefined) {
    const accepted = 'a built-in language or one of "messages"';
    throw invalidOption(TASK, "language", accepted, language, `accepted are ${tags.join(", ")}`);
  }
  const context = { mode, reason, start: undefined, end, retryAfter, retryAfterSeconds: retryAfter };
  // Nobody reads what such a page sends.
  return copyFor(words, { ...context, asksForSecret: false }, compilePage(site), site).page(false, false);
}

function isReason(reason: unknown): boolean {
  if (reason === undefined || typeof reason === "string") return true;
  if (typeof reason !== "object" || reason === null || Array.isArray(reason)) return false;
  const texts: unknown[] = Object.values(reason);
  return texts.length > 0 && texts.every((text) => typeof text === "string");
}
