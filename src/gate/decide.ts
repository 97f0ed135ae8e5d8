import type { Bypass, OpenedLink } from "../bypass/bypass.ts";
import { BYPASS_NAME } from "../bypass/request-secret.ts";
import { SAFE_METHODS } from "../match/url/methods.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { AnswerDecision, AnswerReason, Decision, PassDecision, PassReason } from "../types/decision.ts";
import { isBoolean, type Reporter } from "../util/reporter.ts";
import type { Activation } from "./activation.ts";
import type { Snapshot } from "./live.ts";
import type { GateSettings } from "./features.ts";
import { everyUrl, type RewrittenRequest, someUrl } from "./request-urls.ts";

/** The decisions to let a request through. */
export const PASS: Readonly<Record<PassReason, PassDecision>> = {
  off: pass("off"),
  staff: pass("staff"),
  "internal-ip": pass("internal-ip"),
  "ignored-url": pass("ignored-url"),
  bypass: pass("bypass"),
  allowed: pass("allowed"),
  admitted: pass("admitted"),
  "safe-method": pass("safe-method"),
};

/** The decisions to answer a request in the app's place. */
export const ANSWER: Readonly<Record<AnswerReason, AnswerDecision>> = {
  maintenance: answer("maintenance"),
  "read-only": answer("read-only"),
  "bypass-link": answer("bypass-link"),
};

function pass(because: PassReason): PassDecision {
  return Object.freeze({ outcome: "pass", because });
}

function answer(because: AnswerReason): AnswerDecision {
  return Object.freeze({ outcome: "answer", because });
}

/** The decision to answer by a maintenance of the store. One of a window has its name. */
function answerOf(because: "maintenance" | "read-only", window: Snapshot | undefined): AnswerDecision {
  const name = window?.name;
  return name === undefined ? ANSWER[because] : Object.freeze({ outcome: "answer", because, window: name });
}

/** Whether a request starts a WebSocket, with GET: nobody knows what is sent over it then. */
function isWebSocket({ headers, isUpgrade }: Request & RewrittenRequest): boolean {
  return isUpgrade === true || /\bwebsocket\b/i.test(headers.get("upgrade") ?? "");
}

/** What decides about requests. */
export interface Decider {
  /** Decides about a request that arrives while maintenance is on somewhere. It never throws. */
  decide(this: void, request: Request, ctx: MaintenanceContext): Decision;
  /**
   * Why a request passes whatever the state says: by the address, the URL or the secret that the options let in. A request
   * that may open a bypass link does not. It never throws.
   */
  passesAlways(this: void, request: Request, ctx: MaintenanceContext): PassDecision | undefined;
  /** Opens the bypass link that a request is for, if it is for one that is valid. */
  openLink(this: void, request: Request): OpenedLink | undefined;
  /** Whether a request only reads, as far as its method, the options and a maintenance say. In doubt it writes. */
  isReading(this: void, request: Request, window: Snapshot): boolean;
}

/** What is asked once about a request, however many maintenances close its URL. */
interface Asked {
  /** Whether its URL is a bypass link. */
  readonly isLink: boolean;
  hasSecret: boolean | undefined;
  isAllowed: boolean | undefined;
}

/** Makes a {@link Decider}. */
export function createDecider(
  settings: GateSettings,
  { isEnabled, inForceNear, inForceFor, askedFor }: Activation,
  now: () => number,
  { call, report }: Reporter,
): Decider {
  const { isInternal, isIgnored, reading, allowStaff, allow, bypass, bypassDomain } = settings;
  const { admission } = settings.features;

  function openLink(request: Request): OpenedLink | undefined {
    const windows = inForceNear(request.url);
    for (const window of windows) {
      const opened = window.bypass?.open(request, now(), window, bypassDomain);
      if (opened !== undefined) return opened;
    }
    return bypass?.open(request, now(), windows[0], bypassDomain);
  }

  function isAdmitted(request: Request, ctx: MaintenanceContext, window: Snapshot): boolean {
    const { state } = window;
    // Somebody may have put a field on Object.prototype.
    const share = Object.hasOwn(state, "admit") ? state.admit : undefined;
    if (share === undefined || admission?.isAdmitted(request, ctx.clientIp, share) !== true) return false;
    // While `enabled` closes the site as well, the share of a part of it is not one of the rest.
    return !isEnabled() || inForceFor(request).includes(window);
  }

  function isReading(request: Request, window: Snapshot): boolean {
    if (isWebSocket(request)) return false;
    if (someUrl(request, (each) => reading?.isWrite?.(each) || window.isWrite?.(each) || false)) return false;
    return SAFE_METHODS.includes(request.method) ||
      everyUrl(request, (each) => reading?.isRead?.(each) || window.isRead?.(each) || false);
  }

  function decideOrThrow(request: Request, ctx: MaintenanceContext): Decision {
    const isLink = openLink(request) !== undefined;
    // Wherever it leads: the secret must not get to the app. But a redirect would lose what other methods send.
    if (isLink && (request.method === "GET" || request.method === "HEAD")) return ANSWER["bypass-link"];
    const windows = askedFor(request);
    const asked: Asked = { isLink, hasSecret: undefined, isAllowed: undefined };
    if (windows.length === 0) {
      if (isEnabled()) return decideUnder(request, ctx, undefined, asked);
      return isLink ? PASS.bypass : PASS.off;
    }
    // It has to get past each of them: what one of them lets in may be what another one has closed.
    let first: Decision | undefined;
    for (const window of windows) {
      const made = decideUnder(request, ctx, window, asked);
      if (made.outcome === "answer") return made;
      first ??= made;
    }
    return first!;
  }

  /** Decides by the options and one maintenance of the store, if there is one. */
  function decideUnder(
    request: Request,
    ctx: MaintenanceContext,
    window: Snapshot | undefined,
    asked: Asked,
  ): Decision {
    if (asked.isLink && opensLink(request, window)) return PASS.bypass;
    if (allowStaff && ctx.isStaff === true) return PASS.staff;
    if (typeof ctx.clientIp === "string") {
      if (isInternal?.(ctx.clientIp) || window?.isInternal?.(ctx.clientIp)) return PASS["internal-ip"];
    }
    if (everyUrl(request, (each) => isIgnored?.(each) || window?.isIgnored?.(each) || false)) {
      return PASS["ignored-url"];
    }
    if (window?.bypass?.lets(request, now(), window)) return PASS.bypass;
    if (bypass !== undefined && (asked.hasSecret ??= carriesOwnSecret(request, bypass))) return PASS.bypass;
    if (allow !== undefined) {
      asked.isAllowed ??= call("allow", "true or false", isBoolean, allow, request, ctx) === true;
      if (asked.isAllowed) return PASS.allowed;
    }
    if (window !== undefined && isAdmitted(request, ctx, window)) return PASS.admitted;
    if (!isEnabled() && window?.state.mode === "read-only") {
      return isReading(request, window) ? PASS["safe-method"] : answerOf("read-only", window);
    }
    return answerOf("maintenance", window);
  }

  /** Whether a bypass link that no redirect has taken out of the URL is one of the options, or of a maintenance. */
  function opensLink(request: Request, window: Snapshot | undefined): boolean {
    return [bypass, window?.bypass].some((each) => each?.open(request, now(), window, bypassDomain) !== undefined);
  }

  /** Whether a request carries the secret of the options, or the cookie for it, which was made for one of the maintenances. */
  function carriesOwnSecret(request: Request, { lets }: Bypass): boolean {
    const windows = inForceNear(request.url);
    return windows.length === 0 ? lets(request, now(), undefined) : windows.some((each) => lets(request, now(), each));
  }

  function decide(request: Request, ctx: MaintenanceContext): Decision {
    try {
      return decideOrThrow(request, ctx);
    } catch (error) {
      // Doubt means no.
      report(error);
      return ANSWER.maintenance;
    }
  }

  /** A cookie is left out: whether it lets in depends on the maintenance that it was made for. */
  function hasSecret(request: Request): boolean {
    return typeof request.headers.get(BYPASS_NAME) === "string" &&
      request.headers.get("cookie")?.includes(`${BYPASS_NAME}=`) !== true &&
      bypass?.lets(request, now(), undefined) === true;
  }

  function passesAlways(request: Request, { clientIp }: MaintenanceContext): PassDecision | undefined {
    try {
      // Another state may have another secret, which must not get to the app.
      if (someUrl(request, ({ url }) => url.includes(`${BYPASS_NAME}=`))) return undefined;
      if (typeof clientIp === "string" && isInternal?.(clientIp)) return PASS["internal-ip"];
      if (isIgnored !== undefined && everyUrl(request, isIgnored)) return PASS["ignored-url"];
      return hasSecret(request) ? PASS.bypass : undefined;
    } catch {
      // The decision meets the same fault, and reports it.
      return undefined;
    }
  }

  return { decide, passesAlways, openLink, isReading };
}
