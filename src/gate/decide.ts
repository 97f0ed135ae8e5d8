import type { OpenedLink } from "../bypass/bypass.ts";
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
  openLink(this: void, request: Request, state: Snapshot | undefined): OpenedLink | undefined;
  /** Whether a request only reads, as far as its method, the options and the state say. In doubt it writes. */
  isReading(this: void, request: Request, state: Snapshot): boolean;
}

/** Makes a {@link Decider}. */
export function createDecider(
  settings: GateSettings,
  { isEnabled, stateInForce, stateFor }: Activation,
  now: () => number,
  { call, report }: Reporter,
): Decider {
  const { isInternal, isIgnored, reading, allowStaff, allow, live, bypass, bypassDomain } = settings;
  const { admission } = settings.features;

  function openLink(request: Request, state: Snapshot | undefined): OpenedLink | undefined {
    return state?.bypass?.open(request, now(), state, bypassDomain) ??
      bypass?.open(request, now(), state, bypassDomain);
  }

  function isAdmitted(request: Request, ctx: MaintenanceContext): boolean {
    const state = stateFor(request)?.state;
    // Somebody may have put a field on Object.prototype.
    const share = state !== undefined && Object.hasOwn(state, "admit") ? state.admit : undefined;
    return share !== undefined && admission?.isAdmitted(request, ctx.clientIp, share) === true;
  }

  function isReading(request: Request, state: Snapshot): boolean {
    if (isWebSocket(request)) return false;
    if (someUrl(request, (each) => reading?.isWrite?.(each) || state.isWrite?.(each) || false)) return false;
    return SAFE_METHODS.includes(request.method) ||
      everyUrl(request, (each) => reading?.isRead?.(each) || state.isRead?.(each) || false);
  }

  function decideOrThrow(request: Request, ctx: MaintenanceContext): Decision {
    const state = live === undefined ? undefined : stateInForce();
    if (openLink(request, state) !== undefined) {
      // Wherever it leads: the secret must not get to the app. But a redirect would lose what other methods send.
      return request.method === "GET" || request.method === "HEAD" ? ANSWER["bypass-link"] : PASS.bypass;
    }
    const enabled = isEnabled();
    const appliesTo = state?.appliesTo;
    if (!enabled && (state === undefined || appliesTo !== undefined && !someUrl(request, appliesTo))) return PASS.off;
    if (allowStaff && ctx.isStaff === true) return PASS.staff;
    if (typeof ctx.clientIp === "string") {
      if (isInternal?.(ctx.clientIp) || state?.isInternal?.(ctx.clientIp)) return PASS["internal-ip"];
    }
    if (everyUrl(request, (each) => isIgnored?.(each) || state?.isIgnored?.(each) || false)) {
      return PASS["ignored-url"];
    }
    if (state?.bypass?.lets(request, now(), state) || bypass?.lets(request, now(), state)) return PASS.bypass;
    if (allow !== undefined && call("allow", "true or false", isBoolean, allow, request, ctx)) return PASS.allowed;
    if (state !== undefined && isAdmitted(request, ctx)) return PASS.admitted;
    if (!enabled && state!.state.mode === "read-only") {
      return isReading(request, state!) ? PASS["safe-method"] : ANSWER["read-only"];
    }
    return ANSWER.maintenance;
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
