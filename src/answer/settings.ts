import { checkFunction, invalidOption, OptionError } from "../util/errors.ts";
import { messageOf, quote } from "../util/received.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import type { Cors } from "./cors.ts";
import { resolveCors } from "./cors-options.ts";
import { type Language, resolveLanguages } from "./language-options.ts";
import type { Messages } from "./messages.ts";
import { RESPONSE_TYPES } from "./negotiate.ts";
import type { HeadersInput } from "../types/headers-input.ts";
import type { AnswerOptions } from "./options.ts";
import { compileRedirect, type Redirect } from "./redirect.ts";
import type { Site } from "./site-options.ts";
import { checkSite } from "./site-checks.ts";

/** Options about the answer that were checked, with what can be prepared prepared. */
export interface AnswerSettings extends Pick<AnswerOptions, "handler503" | "page" | "responseType" | "retryAfter"> {
  readonly statusCode: number;
  readonly retryJitter: number;
  readonly redirect: Redirect | undefined;
  readonly site: Site;
  /** The languages of the answers, the default first. */
  readonly languages: readonly Language[];
  /** Who may read the answers from another origin, if anybody may. */
  readonly cors: Cors | undefined;
  /** The fields of `headers` by their lower-case names. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const TASK = "create maintenance mode";

/**
 * Checks the options about the answer and fills in defaults.
 *
 * @param options What the user gave.
 * @param builtIn The words that are built in, by the tags of their languages.
 * @throws {TypeError} If an option is of the wrong type or not valid.
 */
export function resolveAnswerOptions(
  options: AnswerOptions,
  builtIn: Readonly<Record<string, Messages>>,
): AnswerSettings {
  const { handler503, page, responseType, retryAfter, redirectUrl, headers } = options;
  const { statusCode = 503, retryJitter = 0, site = {}, cors = true } = options;
  if (handler503 !== undefined) checkFunction(TASK, "handler503", handler503);
  checkPage(page);
  if (responseType !== undefined && typeof responseType !== "function" && !RESPONSE_TYPES.includes(responseType)) {
    throw invalidOption(TASK, "responseType", '"html", "json", "text" or a function that returns one', responseType);
  }
  checkStatusCode(statusCode);
  if (retryAfter !== undefined) checkRetryAfter(retryAfter);
  if (!isWholeNumber(retryJitter)) {
    throw invalidOption(TASK, "retryJitter", "a whole number of seconds from 0", retryJitter);
  }
  checkSite(site, TASK);
  return {
    ...(handler503 !== undefined && { handler503 }),
    ...(page !== undefined && { page }),
    ...(responseType !== undefined && { responseType }),
    // A copy, so that changing the Date later changes nothing here.
    ...(retryAfter !== undefined && { retryAfter: retryAfter instanceof Date ? new Date(retryAfter) : retryAfter }),
    statusCode,
    retryJitter,
    redirect: redirectUrl === undefined ? undefined : compileRedirect(redirectUrl),
    site: { ...site, ...(site.colors && { colors: { ...site.colors } }) },
    languages: resolveLanguages(options, builtIn),
    cors: resolveCors(cors),
    headers: headers === undefined ? {} : readHeaders(headers),
  };
}

function checkPage(page: unknown): void {
  if (page === undefined) return;
  const accepted = "HTML or a function that returns it";
  if (typeof page !== "string") checkFunction(TASK, "page", page, accepted);
  else if (/^[\w./\\:-]+\.html?$/i.test(page)) {
    throw invalidOption(TASK, "page", accepted, page, `read the file: readFileSync(${quote(page)}, "utf8")`);
  }
}

function checkStatusCode(statusCode: unknown): void {
  const accepted = "an integer from 200 to 599 of a response that can have a body";
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw invalidOption(TASK, "statusCode", accepted, statusCode);
  }
  if (statusCode >= 300 && statusCode < 400) {
    throw invalidOption(TASK, "statusCode", accepted, statusCode, 'use "redirectUrl" to redirect');
  }
  if (statusCode === 204 || statusCode === 205) throw invalidOption(TASK, "statusCode", accepted, statusCode);
}

function checkRetryAfter(retryAfter: unknown): void {
  const accepted = "a whole number of seconds from 0 or a Date";
  if (retryAfter instanceof Date) {
    if (Number.isNaN(retryAfter.getTime())) throw invalidOption(TASK, "retryAfter", accepted, retryAfter);
  } else if (!isWholeNumber(retryAfter)) {
    const hint = typeof retryAfter === "string" ? "write 3600 for one hour" : undefined;
    throw invalidOption(TASK, "retryAfter", accepted, retryAfter, hint);
  }
}

function readHeaders(input: HeadersInput): Record<string, string | string[]> {
  const accepted = "header fields: an object, pairs or Headers";
  if (typeof input !== "object" || input === null) throw invalidOption(TASK, "headers", accepted, input);
  let headers: Headers;
  try {
    headers = new Headers(input as ConstructorParameters<typeof Headers>[0]);
  } catch (cause) {
    const problem = { path: "headers", expected: accepted, hint: messageOf(cause) };
    throw new OptionError(TASK, problem, undefined, { cause });
  }
  // Without a prototype, also "__proto__" is a name like any other.
  const fields: Record<string, string | string[]> = Object.create(null);
  headers.forEach((value, name) => {
    if (["content-type", "content-length", "content-encoding", "transfer-encoding"].includes(name)) {
      const problem = {
        path: "headers",
        expected: "header fields that say nothing of the body",
        received: quote(name),
      };
      const text = `"headers" must not hold ${quote(name)}, which belongs to the body: use "handler503" for another`;
      throw new OptionError(TASK, { ...problem, hint: 'use "handler503"' }, text);
    }
    fields[name] = name === "set-cookie" ? headers.getSetCookie() : value;
  });
  return fields;
}
