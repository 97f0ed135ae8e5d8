import { languagesOf } from "./answer/answer-settings.ts";
import { type Answerer, createAnswerer } from "./answer/answers.ts";
import { en } from "./answer/page/languages/en.ts";
import { plainTexts } from "./answer/page/plain-texts.ts";
import { resolveTinyAnswerOptions, type TinyAnswerOptions } from "./answer/tiny-settings.ts";
import type { Reporter } from "./util/reporter.ts";

/**
 * Prepares the answers of the tiny gate without the gate.
 *
 * @param options How the answers look.
 * @param status Their status.
 * @param reporter Calls the functions of the options.
 * @throws {OptionError} If an option is not valid.
 */
export function createTinyAnswerer(options: TinyAnswerOptions, status: number, reporter: Reporter): Answerer {
  const settings = resolveTinyAnswerOptions(options, status, "status", en);
  const dependencies = { now: Date.now, random: Math.random };
  return createAnswerer(settings, languagesOf(settings), plainTexts(settings), dependencies, reporter);
}
