import type { AnswerSettings } from "./answer-settings.ts";
import { type CommonAnswerOptions, resolveCommonAnswerOptions } from "./common-options.ts";
import { type LanguagePack, readLanguagePack } from "./language-pack.ts";
import type { Messages } from "./messages.ts";

/** Options about the answers of the tiny gate. */
export interface TinyAnswerOptions extends CommonAnswerOptions {
  /**
   * The languages of the answers: `languages` of `maintenancemode/languages`.
   *
   * @default English alone
   */
  languages?: LanguagePack;
}

const TASK = "create maintenance mode";

/**
 * Checks the options about the answers of the tiny gate.
 *
 * @param options The options.
 * @param status The status of the answers.
 * @param statusName The name of the option for it, for messages.
 * @param english The words of the answers without the option `languages`.
 * @throws {OptionError} If an option is of the wrong type or not valid.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made `languages`.
 */
export function resolveTinyAnswerOptions(
  options: TinyAnswerOptions,
  status: number,
  statusName: "statusCode" | "status",
  english: Messages,
): AnswerSettings {
  const pack = options.languages === undefined ? undefined : readLanguagePack(options.languages, TASK);
  return {
    ...resolveCommonAnswerOptions(options, status, statusName),
    retryJitter: 0,
    redirect: undefined,
    site: {},
    languages: pack?.languages ?? [{ tag: "en", messages: english }],
    cors: undefined,
    features: pack === undefined ? {} : { compileLanguages: pack.compile },
  };
}
