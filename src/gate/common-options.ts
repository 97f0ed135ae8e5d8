import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import { compileRequestPatterns } from "../match/url/methods.ts";
import type { UrlPattern } from "../match/url/types.ts";
import type { UrlTest } from "../match/url/url-patterns.ts";
import { createConsoleReporter } from "../util/console-reporter.ts";
import { checkFunction, invalidOption } from "../util/errors.ts";
import { checkInternals } from "../util/internals-version.ts";
import { LIVE, type LiveInternals } from "./live.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";
import type { Settings } from "./settings.ts";

const TASK = "create maintenance mode";

/** Who passes, and who is told: what every gate has, beside `ignoreUrls`. */
export type CommonOptions = Pick<
  MaintenanceOptions,
  "enabled" | "state" | "internalIps" | "allowStaff" | "allow" | "onDecision" | "onError"
>;

/** The settings that every gate has, beside those about its answers. */
type CommonSettings = Pick<
  Settings,
  | "enabled"
  | "live"
  | "allowStaff"
  | "allow"
  | "onDecision"
  | "onError"
  | "isInternal"
  | "internalIps"
  | "isIgnored"
  | "ignoreUrls"
>;

/**
 * Checks the options that every gate has, beside those about its answers.
 *
 * @param options The options.
 * @param ignoreUrls The option of that name.
 * @param compileUrls Compiles its patterns without their methods.
 * @throws {OptionError} If an option is of the wrong type or not valid.
 * @throws {MaintenanceError} With the code `"ERR_VERSION"`, if another version of this package has made the state.
 */
export function resolveCommonOptions<Pattern extends UrlPattern>(
  { enabled = false, state, internalIps = [], allowStaff = true, allow, onDecision, onError }: CommonOptions,
  ignoreUrls: readonly Pattern[],
  compileUrls: (patterns: readonly Pattern[], option: string) => UrlTest,
): CommonSettings {
  if (typeof enabled !== "boolean") {
    checkFunction(TASK, "enabled", enabled, "true, false or a function that returns one");
  }
  const live = state === undefined ? undefined : internalsOf(state);
  if (typeof allowStaff !== "boolean") throw invalidOption(TASK, "allowStaff", "true or false", allowStaff);
  for (const [name, value] of Object.entries({ allow, onDecision, onError })) {
    if (value !== undefined) checkFunction(TASK, name, value);
  }
  const isInternal = compileIpRanges(internalIps, "internalIps");
  const isIgnored = compileRequestPatterns(ignoreUrls, "ignoreUrls", compileUrls);
  return {
    ...(allow !== undefined && { allow }),
    ...(onDecision !== undefined && { onDecision }),
    enabled,
    live,
    allowStaff,
    onError: onError === undefined ? createConsoleReporter() : (error) => onError(error),
    internalIps: [...internalIps],
    isInternal: internalIps.length > 0 ? isInternal : undefined,
    ignoreUrls: [...ignoreUrls],
    isIgnored: ignoreUrls.length > 0 ? isIgnored : undefined,
  };
}

function internalsOf(state: unknown): LiveInternals {
  const internals = (state as { [LIVE]?: LiveInternals } | null)?.[LIVE];
  if (internals !== undefined) {
    checkInternals(internals, TASK, '"state"');
    return internals;
  }
  const { mode, read } = (state ?? {}) as { mode?: unknown; read?: unknown };
  const hint = typeof read === "function"
    ? "write liveState(store)"
    : mode !== undefined
    ? 'a state that never changes is "enabled: true" or memoryStore() of "maintenancemode/stores/memory"'
    : undefined;
  throw invalidOption(TASK, "state", 'a live state: liveState(store) of "maintenancemode/state"', state, hint);
}
