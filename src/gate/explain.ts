import type { BypassFault } from "../bypass/bypass.ts";
import { carriesBypass } from "../bypass/request-secret.ts";
import { clientBehind } from "../match/ip/behind-proxy.ts";
import { isIp } from "../match/ip/ip-address.ts";
import { compileIpRanges } from "../match/ip/ip-ranges.ts";
import { compileClosedUrls } from "../match/url/closed-urls.ts";
import { compileRequestPatterns, SAFE_METHODS } from "../match/url/methods.ts";
import { textOf } from "../match/url/read-pattern.ts";
import type { UrlPattern } from "../match/url/types.ts";
import { compileUrlPatterns } from "../match/url/url-patterns.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { Decision, Explanation } from "../types/decision.ts";
import type { Snapshot } from "./live.ts";
import type { Settings } from "./settings.ts";

/** What an explanation says of a bypass that does not let a request in. */
const FAULTS: Readonly<Record<BypassFault, string>> = {
  expired: "its cookie has expired: open the link again",
  other: "what it carries is of another maintenance or another secret",
  malformed: "its cookie is malformed",
};

/**
 * Makes `explain()`, which tells a decision and why the gate would make it.
 *
 * @param settings The options.
 * @param now The clock, in milliseconds since 1970.
 * @param stateInForce The state of the store, if it is in force.
 * @param decide Decides about a request.
 */
export function createExplain(
  settings: Settings,
  now: () => number,
  stateInForce: () => Snapshot | undefined,
  decide: (request: Request, ctx: MaintenanceContext) => Decision,
): (request: Request, ctx?: MaintenanceContext) => Explanation {
  /** The pattern or the range that decided about a request. */
  function matchedBy({ because }: Decision, request: Request, ctx: MaintenanceContext): string | undefined {
    const state = stateInForce()?.state;
    const { reads = [], writes = [] } = settings.reading ?? {};
    switch (because) {
      case "internal-ip":
        return rangeOf(ctx.clientIp!);
      case "ignored-url":
        return patternOf(request, [...settings.ignoreUrls, ...state?.ignoreUrls ?? []]) ?? settings.redirect?.location;
      case "safe-method":
        if (SAFE_METHODS.includes(request.method)) return undefined;
        return patternOf(request, [...reads, ...state?.reads ?? []]);
      case "read-only":
        return patternOf(request, [...writes, ...state?.writes ?? []], true);
      default:
        return undefined;
    }
  }

  /** The first pattern that a request matches. */
  function patternOf(request: Request, patterns: readonly UrlPattern[], inDoubt = false): string | undefined {
    const compile = inDoubt ? compileClosedUrls : compileUrlPatterns;
    const pattern = patterns.find((pattern) => compileRequestPatterns([pattern], "urls", compile, inDoubt)(request));
    return pattern === undefined ? undefined : textOf(pattern);
  }

  function allRanges(): readonly string[] {
    return [...settings.internalIps, ...stateInForce()?.state.internalIps ?? []];
  }

  function rangeOf(clientIp: string): string | undefined {
    return allRanges().find((range) => compileIpRanges([range], "internalIps")(clientIp));
  }

  /** Which address counts, if a header field names another one that would let an answered request in. */
  function explainAddress(
    { outcome, because }: Decision,
    { headers }: Request,
    { clientIp }: MaintenanceContext,
  ): string | undefined {
    if (outcome === "pass" || because === "bypass-link" || allRanges().length === 0) return undefined;
    if (typeof clientIp === "string" && !isIp(clientIp)) return "the clientIp of the context is not an IP address";
    const behind = clientBehind(headers, clientIp ?? "127.0.0.1");
    if (behind === undefined || rangeOf(behind.client) === undefined) return undefined;
    const { field, client, proxy } = behind;
    return `${field} names ${client}, which is internal, but ` +
      (clientIp === undefined
        ? "the context has no clientIp"
        : `${proxy} counts: if that is your proxy, name it in trustProxy`);
  }

  /** Why the bypass that a request carries does not let it in. */
  function explainBypass(request: Request): string | undefined {
    const state = stateInForce();
    const known = [state?.bypass, settings.bypass].filter((bypass) => bypass !== undefined);
    if (known.length === 0) return carriesBypass(request) ? "this maintenance has no bypass" : undefined;
    const faults = known.map((bypass) => bypass.faultOf(request, now(), state));
    if (faults.includes(undefined)) return undefined;
    return FAULTS[(["expired", "other"] as const).find((fault) => faults.includes(fault)) ?? "malformed"];
  }

  return (request, given) => {
    const ctx = given ?? {};
    const made = decide(request, ctx);
    // Nothing more can be said of a value that is not a request.
    if (made.because === "off" || typeof (request as Partial<Request> | null)?.headers?.get !== "function") {
      return { ...made };
    }
    const fault = explainBypass(request);
    const bypass = fault === undefined ? {} : { bypass: fault };
    const matched = matchedBy(made, request, ctx);
    const address = explainAddress(made, request, ctx);
    return {
      ...made,
      ...(matched !== undefined && { matched }),
      ...bypass,
      ...(address !== undefined && { internalIp: address }),
    };
  };
}
