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

/** What a page says that is made beforehand, all optional. */
export interface RenderPageOptions extends Pick<AnswerOptions, "site" | "messages"> {
  /**
   * Whether the whole site is closed, or may be read.
   *
   * @default {"on"}
   */
  mode?: "on" | "read-only";
  /** Why: a text, or texts by the tags of their languages. */
  reason?: MaintenanceState["reason"];
  /** When the site is expected to be back. */
  end?: Date;
  /** After how many seconds the page looks for the first time whether the site is back, a whole number from 0. */
  retryAfter?: number;
  /**
   * The tag of the language: one that is built in or in `messages`.
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
 * The built-in page as a document of its own, for a CDN, for `error_page` of nginx or an app's own answer.
 *
 * It asks for no other file, and protects itself by a `Content-Security-Policy` in a `meta` element. Serve it with status 503.
 *
 * @param options What it says.
 * @returns The HTML.
 * @throws {TypeError} If an option is unknown, of the wrong type or not valid.
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
    const accepted = 'a language that is built in or in "messages"';
    throw invalidOption(TASK, "language", accepted, language, `there are ${tags.join(", ")}`);
  }
  const occasion = { mode, reason, start: undefined, end, retryAfter, retryAfterSeconds: retryAfter };
  return copyFor(words, occasion, compilePage(site), site).page(false);
}

function isReason(reason: unknown): boolean {
  if (reason === undefined || typeof reason === "string") return true;
  if (typeof reason !== "object" || reason === null || Array.isArray(reason)) return false;
  const texts: unknown[] = Object.values(reason);
  return texts.length > 0 && texts.every((text) => typeof text === "string");
}
