import type { Messages } from "../answer/messages.ts";
import { type AnswerSettings, resolveAnswerOptions } from "../answer/settings.ts";
import type { Bypass } from "../bypass/bypass.ts";
import { compileIpRanges, type IpTest } from "../match/ip/ip-ranges.ts";
import type { UrlPattern } from "../match/url/types.ts";
import { isParts } from "../match/url/read-pattern.ts";
import { compileUrlPatterns, type UrlTest } from "../match/url/url-patterns.ts";
import { checkFunction, checkNames, invalidOption } from "../util/errors.ts";
import { createConsoleReporter } from "../util/console-reporter.ts";
import { LIVE, type LiveInternals } from "./live.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";
import { checkDomain, checkSecret, readAnnounce } from "./option-checks.ts";

/** Options that were checked, with what can be prepared prepared. */
export interface Settings extends AnswerSettings, Pick<MaintenanceOptions, "allow" | "bypassDomain" | "onDecision"> {
  readonly enabled: boolean | (() => boolean);
  /** What the gate reads of the live state. */
  readonly live: LiveInternals | undefined;
  readonly allowStaff: boolean;
  /** Told of each error, and of the option whose function it was in. */
  readonly onError: (error: unknown, option?: string) => void;
  /** The test of `internalIps`, if there are any. */
  readonly isInternal: IpTest | undefined;
  /** The ranges as they were given, for explanations. */
  readonly internalIps: readonly string[];
  /** The test of `ignoreUrls` and of a target of `redirectUrl` on this site, if there are any. */
  readonly isIgnored: UrlTest | undefined;
  /** The patterns as they were given, for explanations. */
  readonly ignoreUrls: readonly UrlPattern[];
  /** What `bypassSecret` lets in, added by who makes the gate. */
  readonly bypass?: Bypass | undefined;
  /** How many seconds before its start maintenance is announced, and the header field that tells of it, if any. */
  readonly announce: { readonly before: number; readonly header: string | undefined };
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
  "statusCode",
  "retryAfter",
  "retryJitter",
  "redirectUrl",
  "bypassSecret",
  "bypassDomain",
  "announce",
  "responseType",
  "site",
  "messages",
  "languages",
  "cors",
  "headers",
  "onDecision",
  "onError",
] as const satisfies readonly (keyof MaintenanceOptions)[];

const OF_HOSTS = "it is an option of withMaintenance(), middleware() and contextFrom()";

/** What to say of names that are likely tried: options of the host helpers, and of Django what is called otherwise here. */
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
 * @param options What the user gave.
 * @param builtIn The words that are built in, by the tags of their languages.
 * @throws {TypeError} If an option is unknown, of the wrong type or not valid.
 */
export function resolveOptions(options: MaintenanceOptions, builtIn: Readonly<Record<string, Messages>>): Settings {
  checkNames(TASK, options, NAMES, "options", HINTS);
  const { enabled = false, ignoreUrls = [], internalIps = [], allowStaff = true } = options;
  const { allow, onDecision, onError, bypassSecret, bypassDomain } = options;

  if (typeof enabled !== "boolean") {
    checkFunction(TASK, "enabled", enabled, "true, false or a function that returns one");
  }
  const live = options.state === undefined ? undefined : internalsOf(options.state);
  if (typeof allowStaff !== "boolean") throw invalidOption(TASK, "allowStaff", "true or false", allowStaff);
  for (const [name, value] of Object.entries({ allow, onDecision, onError })) {
    if (value !== undefined) checkFunction(TASK, name, value);
  }
  if (bypassSecret !== undefined) checkSecret(bypassSecret);
  if (bypassDomain !== undefined) checkDomain(bypassDomain);
  const answer = resolveAnswerOptions(options, builtIn);
  const isInternal = compileIpRanges(internalIps, "internalIps");
  const isIgnoredUrl = compileUrlPatterns(ignoreUrls, "ignoreUrls");
  const isOwnTarget = answer.redirect?.location.startsWith("/") ? answer.redirect.isTarget : undefined;

  return {
    ...answer,
    ...(allow !== undefined && { allow }),
    ...(onDecision !== undefined && { onDecision }),
    ...(bypassDomain !== undefined && { bypassDomain }),
    enabled,
    live,
    allowStaff,
    onError: onError === undefined ? createConsoleReporter() : (error) => onError(error),
    internalIps: [...internalIps],
    isInternal: internalIps.length > 0 ? isInternal : undefined,
    ignoreUrls: ignoreUrls.map((pattern) => isParts(pattern) ? { ...pattern } : pattern),
    isIgnored: isOwnTarget && ignoreUrls.length > 0
      ? (url) => isOwnTarget(url) || isIgnoredUrl(url)
      : isOwnTarget ?? (ignoreUrls.length > 0 ? isIgnoredUrl : undefined),
    announce: readAnnounce(options.announce),
  };
}

function internalsOf(state: unknown): LiveInternals {
  const internals = (state as { [LIVE]?: LiveInternals } | null)?.[LIVE];
  if (internals !== undefined) return internals;
  const { mode, read } = (state ?? {}) as { mode?: unknown; read?: unknown };
  const hint = typeof read === "function"
    ? "write liveState(store)"
    : mode !== undefined
    ? 'a state that never changes is "enabled: true" or memoryStore() of "maintenancemode/stores/memory"'
    : undefined;
  throw invalidOption(TASK, "state", 'a live state: liveState(store) of "maintenancemode/state"', state, hint);
}
