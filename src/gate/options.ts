import type { Messages } from "../answer/messages.ts";
import { resolveAnswerOptions } from "../answer/settings.ts";
import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileRequestPatterns } from "../match/url/methods.ts";
import { isParts } from "../match/url/read-pattern.ts";
import type { UrlPattern } from "../match/url/types.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";
import { checkNames, invalidOption } from "../util/errors.ts";
import { ownOf } from "../util/own.ts";
import { resolveCommonOptions } from "./common-options.ts";
import { FULL_FEATURES } from "./full-features.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";
import { checkDomain, checkSecret, readAdmittedCaching, readAnnounce } from "./option-checks.ts";
import type { GateSettings } from "./features.ts";
import type { Reading } from "./settings.ts";

const TASK = "create maintenance mode";

const NAMES = [
  "enabled",
  "state",
  "ignoreUrls",
  "reads",
  "writes",
  "internalIps",
  "allowStaff",
  "allow",
  "handler503",
  "page",
  "statusCode",
  "retryAfter",
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
  "languages",
  "cors",
  "headers",
  "onDecision",
  "onError",
] as const satisfies readonly (keyof MaintenanceOptions)[];

const OF_HOSTS = "it is an option of withMaintenance(), maintenanceMiddleware() and contextFrom()";

/** Hints for names that users are likely to try: options of the host helpers, and settings of Django. */
const HINTS: Readonly<Record<string, string>> = {
  isStaff: OF_HOSTS,
  trustProxy: OF_HOSTS,
  forwardedHeader: OF_HOSTS,
  MAINTENANCE_MODE: 'did you mean "enabled"?',
  MAINTENANCE_MODE_TEMPLATE: 'did you mean "page"?',
  MAINTENANCE_MODE_IGNORE_IP_ADDRESSES: 'did you mean "internalIps"?',
  MAINTENANCE_MODE_IGNORE_STAFF: 'did you mean "allowStaff"?',
  MAINTENANCE_MODE_IGNORE_SUPERUSER: 'did you mean "allow"?',
};

/**
 * Checks options and fills in defaults.
 *
 * @param given What the user gave.
 * @param builtIn The built-in words, by the tags of their languages.
 * @throws {OptionError} If an option is unknown, of the wrong type or not valid.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made the state.
 */
export function resolveOptions(given: MaintenanceOptions, builtIn: Readonly<Record<string, Messages>>): GateSettings {
  checkNames(TASK, given, NAMES, "options", HINTS);
  const options = ownOf(given);
  const { ignoreUrls = [], bypassSecret, bypassDomain, bypassForm = false } = options;
  if (bypassSecret !== undefined) checkSecret(bypassSecret);
  if (bypassDomain !== undefined) checkDomain(bypassDomain);
  if (typeof bypassForm !== "boolean") throw invalidOption(TASK, "bypassForm", "true or false", bypassForm);
  const answer = resolveAnswerOptions(options, builtIn);
  const common = resolveCommonOptions(options, ignoreUrls, compileUrlPatterns);
  const { isIgnored } = common;
  const isOwnTarget = answer.redirect?.location.startsWith("/") ? answer.redirect.isTarget : undefined;
  return {
    ...answer,
    ...common,
    ...(bypassDomain !== undefined && { bypassDomain }),
    ...(bypassForm && { asksForSecret: (state) => bypassSecret !== undefined || state?.state.bypass !== undefined }),
    ignoreUrls: copyOf(ignoreUrls),
    isIgnored: isOwnTarget
      ? (request) => isOwnTarget(request.url) || isIgnored !== undefined && isIgnored(request)
      : isIgnored,
    reading: resolveReading(options),
    announce: readAnnounce(options.announce),
    admittedCaching: readAdmittedCaching(options.admittedCaching),
    features: FULL_FEATURES,
  };
}

function resolveReading({ reads = [], writes = [] }: MaintenanceOptions): Reading {
  const isRead = compileRequestPatterns(reads, "reads", compileUrlPatterns);
  const isWrite = compileRequestPatterns(writes, "writes", compileClosedUrls, true);
  return {
    isRead: reads.length > 0 ? isRead : undefined,
    isWrite: writes.length > 0 ? isWrite : undefined,
    reads: copyOf(reads),
    writes: copyOf(writes),
  };
}

/** The patterns as they were given, for explanations: changing them afterwards changes nothing. */
function copyOf(patterns: readonly UrlPattern[]): UrlPattern[] {
  return patterns.map((pattern) => isParts(pattern) ? { ...pattern } : pattern);
}
