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
  hasSecret: boolean | undefined;
  isAllowed: boolean | undefined;
}

/** Makes a {@link Decider}. */
export function createDecider(
  settings: GateSettings,
  { isEnabled, inForceNear, askedFor }: Activation,
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

  function isAdmitted(request: Request, ctx: MaintenanceContext, { state }: Snapshot): boolean {
    // Somebody may have put a field on Object.prototype.
    const share = Object.hasOwn(state, "admit") ? state.admit : undefined;
    return share !== undefined && admission?.isAdmitted(request, ctx.clientIp, share) === true;
  }

  function isReading(request: Request, window: Snapshot): boolean {
    if (isWebSocket(request)) return false;
    if (someUrl(request, (each) => reading?.isWrite?.(each) || window.isWrite?.(each) || false)) return false;
    return SAFE_METHODS.includes(request.method) ||
      everyUrl(request, (each) => reading?.isRead?.(each) || window.isRead?.(each) || false);
  }

  function decideOrThrow(request: Request, ctx: MaintenanceContext): Decision {
    const isRead = request.method === "GET" || request.method === "HEAD";
    // Wherever it leads: the secret must not get to the app. But a redirect would lose what other methods send.
    if (isRead && openLink(request) !== undefined) return ANSWER["bypass-link"];
    const windows = askedFor(request);
    const asked: Asked = { hasSecret: undefined, isAllowed: undefined };
    if (windows.length === 0) return isEnabled() ? decideUnder(request, ctx, undefined, asked) : PASS.off;
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
    if (allowStaff && ctx.isStaff === true) return PASS.staff;
    if (typeof ctx.clientIp === "string") {
      if (isInternal?.(ctx.clientIp) || window?.isInternal?.(ctx.clientIp)) return PASS["internal-ip"];
    }
    if (everyUrl(request, (each) => isIgnored?.(each) || window?.isIgnored?.(each) || false)) {
      return PASS["ignored-url"];
    }
    if (window?.bypass !== undefined && carriesSecret(request, window.bypass, window)) return PASS.bypass;
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

  /** Whether a request carries the secret of a bypass, or its cookie: in the URL as well, if no redirect has taken it out. */
  function carriesSecret(request: Request, { lets, open }: Bypass, window: Snapshot | undefined): boolean {
    return lets(request, now(), window) || open(request, now(), window, bypassDomain) !== undefined;
  }

  /** The same for the bypass of the options. Its cookie was made for one of the maintenances. */
  function carriesOwnSecret(request: Request, bypass: Bypass): boolean {
    const windows = inForceNear(request.url);
    if (windows.length === 0) return carriesSecret(request, bypass, undefined);
    return windows.some((window) => carriesSecret(request, bypass, window));
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
