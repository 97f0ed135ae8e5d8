import { invalidOption } from "../util/errors.ts";
import { isWholeNumber } from "../util/whole-number.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import { resolveCommonAnswerOptions } from "./common-options.ts";
import { resolveCors } from "./cors-options.ts";
import { FULL_ANSWER_FEATURES } from "./full-features.ts";
import { resolveLanguages } from "./language-options.ts";
import type { Messages } from "./messages.ts";
import type { AnswerOptions } from "./options.ts";
import { compileRedirect } from "./redirect.ts";
import { RESPONSE_TYPES } from "./response-types.ts";
import { checkSite } from "./site-checks.ts";

const TASK = "create maintenance mode";

/**
 * Checks the options about the answer and fills in defaults.
 *
 * @param options The options.
 * @param builtIn The built-in words, by the tags of their languages.
 * @throws {OptionError} If an option is of the wrong type or not valid.
 */
export function resolveAnswerOptions(
  options: AnswerOptions,
  builtIn: Readonly<Record<string, Messages>>,
): AnswerSettings {
  const { responseType, redirectUrl, statusCode = 503, retryJitter = 0, site = {}, cors = true } = options;
  const common = resolveCommonAnswerOptions(options, statusCode, "statusCode");
  if (responseType !== undefined && typeof responseType !== "function" && !RESPONSE_TYPES.includes(responseType)) {
    const accepted = '"html", "json", "text", "trpc" or a function that returns one of these or undefined';
    throw invalidOption(TASK, "responseType", accepted, responseType);
  }
  if (!isWholeNumber(retryJitter)) {
    throw invalidOption(TASK, "retryJitter", "a whole number of seconds from 0", retryJitter);
  }
  checkSite(site, TASK);
  return {
    ...common,
    ...(responseType !== undefined && { responseType }),
    retryJitter,
    redirect: redirectUrl === undefined ? undefined : compileRedirect(redirectUrl),
    site: { ...site, ...(site.colors && { colors: { ...site.colors } }) },
    languages: resolveLanguages(options, builtIn),
    cors: resolveCors(cors),
    features: FULL_ANSWER_FEATURES,
  };
}
