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
import type { Activation } from "./activation.ts";
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
 * @param activation What is in force.
 * @param decide Decides about a request.
 */
export function createExplain(
  settings: Settings,
  now: () => number,
  { askedFor, inForceNear }: Activation,
  decide: (request: Request, ctx: MaintenanceContext) => Decision,
): (request: Request, ctx?: MaintenanceContext) => Explanation {
  /** The pattern or the range that decided about a request. */
  function matchedBy({ because }: Decision, request: Request, ctx: MaintenanceContext): string | undefined {
    const windows = askedFor(request).map(({ state }) => state);
    const listed = (name: "ignoreUrls" | "reads" | "writes") => windows.flatMap((window) => window[name] ?? []);
    const { reads = [], writes = [] } = settings.reading ?? {};
    switch (because) {
      case "internal-ip":
        return rangeOf(request, ctx.clientIp!);
      case "ignored-url":
        return patternOf(request, [...settings.ignoreUrls, ...listed("ignoreUrls")]) ?? settings.redirect?.location;
      case "safe-method":
        if (SAFE_METHODS.includes(request.method)) return undefined;
        return patternOf(request, [...reads, ...listed("reads")]);
      case "read-only":
        return patternOf(request, [...writes, ...listed("writes")], true);
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

  function rangesFor(request: Request): readonly string[] {
    return [...settings.internalIps, ...askedFor(request).flatMap(({ state }) => state.internalIps ?? [])];
  }

  function rangeOf(request: Request, clientIp: string): string | undefined {
    return rangesFor(request).find((range) => compileIpRanges([range], "internalIps")(clientIp));
  }

  /** Which address counts, if a header field names another one that would let an answered request in. */
  function explainAddress(
    { outcome, because }: Decision,
    request: Request,
    { clientIp }: MaintenanceContext,
  ): string | undefined {
    if (outcome === "pass" || because === "bypass-link" || rangesFor(request).length === 0) return undefined;
    if (typeof clientIp === "string" && !isIp(clientIp)) return "the clientIp of the context is not an IP address";
    const behind = clientBehind(request.headers, clientIp ?? "127.0.0.1");
    if (behind === undefined || rangeOf(request, behind.client) === undefined) return undefined;
    const { field, client, proxy } = behind;
    return `${field} names ${client}, which is internal, but ` +
      (clientIp === undefined
        ? "the context has no clientIp"
        : `${proxy} counts: if that is your proxy, name it in trustProxy`);
  }

  /** Why the bypass that a request carries does not let it in. */
  function explainBypass(request: Request): string | undefined {
    const windows = inForceNear(request.url);
    const known = [...windows, { bypass: settings.bypass, isOption: true }].filter(({ bypass }) =>
      bypass !== undefined
    );
    if (known.length === 0) return carriesBypass(request) ? "this maintenance has no bypass" : undefined;
    const faults = known.map((each) => each.bypass!.faultOf(request, now(), "isOption" in each ? windows[0] : each));
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
