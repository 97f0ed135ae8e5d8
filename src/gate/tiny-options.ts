import type { LanguagePack } from "../answer/language-pack.ts";
import type { Messages } from "../answer/messages.ts";
import { resolveTinyAnswerOptions } from "../answer/tiny-settings.ts";
import { compilePaths } from "../match/url/paths.ts";
import { checkNames, OptionError } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { resolveCommonOptions } from "./common-options.ts";
import type { GateSettings } from "./features.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";

/** Options of the tiny gate, all optional. Each means the same as in the full gate, but for `languages`. */
export interface TinyOptions extends
  Pick<
    MaintenanceOptions,
    | "enabled"
    | "state"
    | "internalIps"
    | "allowStaff"
    | "allow"
    | "handler503"
    | "page"
    | "statusCode"
    | "retryAfter"
    | "headers"
    | "onDecision"
    | "onError"
  > {
  /**
   * URLs that pass during maintenance: path patterns such as `"/health"`, `"/docs/*"` and `"POST /users/:id"`, which mean the
   * same as in the full gate. Only that gate takes patterns for more than the path, regular expressions and objects.
   *
   * @default {[]}
   */
  ignoreUrls?: readonly string[];
  /**
   * The HTTP status of the answer: an integer from 200 to 599 that may carry a body, and not a redirect. The name of the full
   * gate, `statusCode`, means the same; give one of them.
   *
   * @default {503}
   */
  status?: number;
  /**
   * The languages of the answers: `languages` of `maintenancemode/languages`.
   *
   * @default English alone
   */
  languages?: LanguagePack;
}

const TASK = "create maintenance mode";

const NAMES = [
  "enabled",
  "state",
  "ignoreUrls",
  "internalIps",
  "allowStaff",
  "allow",
  "handler503",
  "page",
  "status",
  "statusCode",
  "retryAfter",
  "headers",
  "languages",
  "onDecision",
  "onError",
] as const satisfies readonly (keyof TinyOptions)[];

/** What the full gate alone has. */
const FULL_NAMES = [
  "reads",
  "writes",
  "retryJitter",
  "redirectUrl",
  "bypassSecret",
  "bypassDomain",
  "bypassForm",
  "announce",
  "admittedCaching",
  "responseType",
  "site",
  "messages",
  "cors",
] as const satisfies readonly Exclude<keyof MaintenanceOptions, keyof TinyOptions>[];

const IN_FULL = 'the full gate has it, import maintenanceMode from "maintenancemode"';

/**
 * Checks the options of the tiny gate and fills in defaults.
 *
 * @param given What the user gave.
 * @param english The words of the answers without the option `languages`.
 * @throws {OptionError} If an option is unknown, of the wrong type or not valid.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made a value among them.
 */
export function resolveTinyOptions(given: TinyOptions, english: Messages): GateSettings {
  checkNames(TASK, given, NAMES, "options", Object.fromEntries(FULL_NAMES.map((name) => [name, IN_FULL])));
  const options = ownOf(given);
  const { ignoreUrls = [], status, statusCode } = options;
  if (status !== undefined && statusCode !== undefined) {
    const text = '"status" and "statusCode" are the same option: give one of them';
    throw new OptionError(TASK, { path: "status", expected: 'given without "statusCode"' }, text);
  }
  const name = status === undefined ? "statusCode" : "status";
  return {
    ...resolveTinyAnswerOptions(options, status ?? statusCode ?? 503, name, english),
    ...resolveCommonOptions(options, ignoreUrls, compilePaths),
    announce: { before: 0, header: undefined },
    admittedCaching: "no-store",
  };
}
