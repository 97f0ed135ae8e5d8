import { admitCookie, isAdmitted } from "./admit.ts";
import { createAnswerer, type Dependencies, type Texts } from "../answer/answers.ts";
import { received } from "../util/received.ts";
import { createExplain } from "./explain.ts";
import { compileLanguages, type Languages } from "../answer/languages.ts";
import type { LiveInternals, Snapshot } from "./live.ts";
import { createAnnouncer } from "./announcement.ts";
import type { Settings } from "./options.ts";
import { isPromise } from "../util/promise.ts";
import { type Answer, isAnswer } from "../answer/response.ts";
import { withoutSecret } from "../bypass/request-secret.ts";
import type { Decision, DecisionReason } from "../types/decision.ts";
import type { Maintenance, MaintenanceNotice } from "./maintenance.ts";
import type { MaintenanceContext } from "../types/context.ts";

/**
 * What the host helpers use of a gate beside its public face, so that one request is decided about once.
 *
 * `decide` and `respond` are for requests that arrive while `isActive` says so.
 */
export interface GateInternals {
  /** Whether maintenance is on, somewhere on the site at least; asked once for each request. */
  isActive(): boolean;
  /** Decides, without telling `onDecision`. */
  decide(request: Request, ctx: MaintenanceContext): Decision;
  /** Tells `onDecision` and answers; the built-in answers come as what a `Response` is made of. */
  respond(request: Request, ctx: MaintenanceContext, decision: Decision): Answer | Response | undefined;
  /** Tells `onDecision`, if there is one, of a request that passes because maintenance is off. */
  readonly passOff: ((request: Request, ctx: MaintenanceContext) => void) | undefined;
  /** Tells of the header field that announces maintenance for the response to a request; `undefined` if there is none. */
  readonly announcement: Announcement | undefined;
  /** The `Set-Cookie` for a visitor who was admitted by the address alone. */
  admitCookie(request: Request, ctx: MaintenanceContext): string | undefined;
  /** Whether being staff makes a difference. */
  readonly allowStaff: boolean;
  /** What follows the state in a store, if the gate has any. */
  readonly live: LiveInternals | undefined;
  /** The languages of the answers. */
  readonly languages: Languages;
  /** Tells `onError` of an error, in the function of which option if it was one. */
  report(error: unknown, option?: string): void;
}

/** The header field that announces maintenance. */
export interface Announcement {
  /** Its name. */
  readonly header: string;
  /** Whether there is anything to announce now, somewhere on the site at least. */
  isDue(): boolean;
  /** Its value for the response to a request, if there is anything to announce there. */
  fieldValue(request: Request): string | undefined;
}

/** Where a gate keeps its {@link GateInternals}; the same for every copy of this package in a process. */
export const INTERNALS: unique symbol = Symbol.for("maintenancemode.internals") as never;

/** A gate with what the host helpers need. */
export interface Gate extends Maintenance {
  readonly [INTERNALS]: GateInternals;
}

const PASS = Object.freeze({
  off: decision("pass", "off"),
  staff: decision("pass", "staff"),
  internalIp: decision("pass", "internal-ip"),
  ignoredUrl: decision("pass", "ignored-url"),
  bypass: decision("pass", "bypass"),
  allowed: decision("pass", "allowed"),
  admitted: decision("pass", "admitted"),
  safeMethod: decision("pass", "safe-method"),
});
const ANSWER = decision("answer", "maintenance");
const READ_ONLY = decision("answer", "read-only");
const BYPASS_LINK = decision("answer", "bypass-link");

/** RFC 9110 section 9.2.1, without TRACE, which no app has a use for. */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

function isSafe({ method, headers }: Request): boolean {
  // A WebSocket starts with GET, and nobody knows what is sent over it then.
  return SAFE_METHODS.includes(method) && !/\bwebsocket\b/i.test(headers.get("upgrade") ?? "");
}

function decision(outcome: "pass" | "answer", because: DecisionReason): Decision {
  return Object.freeze({ outcome, because });
}

const NOBODY: MaintenanceContext = Object.freeze({});

/**
 * Joins checked options and texts to the gate.
 *
 * @param settings The options.
 * @param texts What the answers say.
 * @param dependencies The clock and chance.
 */
export function createGate(settings: Settings, texts: Texts, dependencies: Dependencies): Gate {
  const { now } = dependencies;
  const { isInternal, isIgnored, allowStaff, allow, handler503, onDecision, live, bypass, bypassDomain } = settings;
  if (isInternal !== undefined) live?.noteAdmission("internal-ip");
  if (settings.ignoreUrls.length > 0) live?.noteAdmission("ignored-url");
  if (bypass !== undefined) live?.noteAdmission("bypass");
  if (allow !== undefined) live?.noteAdmission("allowed");

  function report(error: unknown, option?: string): void {
    const failed = (second: unknown) => console.error("maintenancemode: onError failed", second);
    try {
      const result: unknown = settings.onError(error, option);
      if (isPromise(result)) result.then(undefined, failed);
    } catch (second) {
      failed(second);
    }
  }

  /** Takes care of what a function of the user returned where nothing was asked for: a promise must not go unhandled. */
  function adopt(value: unknown, option: string): void {
    if (isPromise(value)) value.then(undefined, (error) => report(error, option));
  }

  /** Reports that a function of the user returned something else than it has to. */
  function reportResult(option: string, accepted: string, value: unknown): void {
    adopt(value, option);
    report(new TypeError(`"${option}" must return ${accepted}, received ${received(value)}`));
  }

  // The last good answer of `enabled`.
  let enabled = settings.enabled === true;
  const ask = typeof settings.enabled === "function" ? settings.enabled : undefined;

  /** The state of the store, if it is in force. */
  function stateInForce(): Snapshot | undefined {
    const snapshot = live?.snapshot;
    return snapshot?.isInForce?.(now()) === true ? snapshot : undefined;
  }

  /** The state of the store, if it is in force for what a request is for. */
  function stateFor(request: Request): Snapshot | undefined {
    const state = stateInForce();
    // While the options close the site as well, the state of a part of it says nothing of the rest.
    return !enabled || state?.appliesTo === undefined || state.appliesTo(request.url) ? state : undefined;
  }

  // The path of all requests while maintenance is off: no more is called than has to be.
  function isActive(): boolean {
    if (ask === undefined ? enabled : isEnabled(ask)) return true;
    if (live === undefined) return false;
    const { isInForce } = live.snapshot;
    return isInForce !== undefined && isInForce(now());
  }

  function isEnabled(ask: () => unknown): boolean {
    try {
      const answer = ask();
      if (typeof answer === "boolean") enabled = answer;
      else reportResult("enabled", "true or false", answer);
    } catch (error) {
      report(error, "enabled");
    }
    return enabled;
  }

  function isAllowed(request: Request, ctx: MaintenanceContext): boolean {
    try {
      const answer: unknown = allow!(request, ctx);
      if (typeof answer === "boolean") return answer;
      reportResult("allow", "true or false", answer);
    } catch (error) {
      report(error, "allow");
    }
    return false;
  }

  /** Where the bypass link leads that a request opens, and the cookie that it sets. */
  function openLink(request: Request, state: Snapshot | undefined): { location: string; cookie: string } | undefined {
    return state?.bypass?.open(request, now(), state, bypassDomain) ??
      bypass?.open(request, now(), state, bypassDomain);
  }

  function decide(request: Request, ctx: MaintenanceContext): Decision {
    const state = live === undefined ? undefined : stateInForce();
    try {
      if (openLink(request, state) !== undefined) {
        // Wherever it leads: the secret must not get to the app. But a redirect would lose what other methods send.
        return request.method === "GET" || request.method === "HEAD" ? BYPASS_LINK : PASS.bypass;
      }
      if (!enabled && (state === undefined || state.appliesTo?.(request.url) === false)) return PASS.off;
      if (allowStaff && ctx.isStaff === true) return PASS.staff;
      if (typeof ctx.clientIp === "string") {
        if (isInternal?.(ctx.clientIp) || state?.isInternal?.(ctx.clientIp)) return PASS.internalIp;
      }
      if (isIgnored?.(request.url) || state?.isIgnored?.(request.url)) return PASS.ignoredUrl;
      if (state?.bypass?.lets(request, now(), state) || bypass?.lets(request, now(), state)) return PASS.bypass;
      if (allow !== undefined && isAllowed(request, ctx)) return PASS.allowed;
      const admit = state === undefined ? undefined : stateFor(request)?.state.admit;
      if (admit !== undefined && isAdmitted(request, ctx.clientIp, admit)) return PASS.admitted;
      if (!enabled && state!.state.mode === "read-only") {
        return isSafe(request) ? PASS.safeMethod : READ_ONLY;
      }
    } catch (error) {
      // Doubt means no.
      report(error);
    }
    return ANSWER;
  }

  const languages = compileLanguages(settings.languages.map(({ tag }) => tag));
  const mayCarrySecret = live !== undefined || bypass !== undefined;
  const answer = createAnswerer(settings, languages, texts, dependencies, report, reportResult);

  function tell(made: Decision, request: Request, ctx: MaintenanceContext): void {
    try {
      adopt(onDecision!(made, mayCarrySecret ? withoutSecret(request) : request, ctx), "onDecision");
    } catch (error) {
      report(error, "onDecision");
    }
  }

  function respond(request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined {
    if (onDecision !== undefined) tell(made, request, ctx);
    if (made.outcome === "pass") return undefined;
    if (made === BYPASS_LINK) {
      const link = openLink(request, stateInForce());
      if (link !== undefined) return answer.bypassLink(link);
    }
    if (isPromise(ctx)) {
      report(
        new TypeError("the context is a promise, which lets nobody in: await contextFrom() when isStaff is given"),
      );
    }
    if (handler503 !== undefined) {
      try {
        const info = answer.info(request, made, stateFor(request));
        const response: unknown = handler503(info.request, info);
        if (isFresh(response)) return response;
        reportResult("handler503", "a Response that can be sent, whose body was not read yet", response);
      } catch (error) {
        report(error, "handler503");
      }
    }
    try {
      return answer.builtIn(request, made, stateFor(request));
    } catch (error) {
      report(error);
      return answer.fallback();
    }
  }

  const passOff = onDecision && ((request: Request, ctx: MaintenanceContext) => tell(PASS.off, request, ctx));

  const gate = (request: Request, given?: MaintenanceContext): Response | undefined => {
    const ctx = given ?? NOBODY;
    if (!isActive()) return passOff?.(request, ctx) as undefined;
    const made = respond(request, ctx, decide(request, ctx));
    return made !== undefined && isAnswer(made) ? made.toResponse() : made;
  };

  const explain = createExplain(
    settings,
    now,
    stateInForce,
    (request, ctx) => isActive() ? decide(request, ctx) : PASS.off,
  );

  const announcer = createAnnouncer(settings, languages, texts, now);
  const notice = (request: Request, _ctx?: MaintenanceContext): MaintenanceNotice | undefined => {
    try {
      return announcer.notice(request);
    } catch (error) {
      report(error);
      return undefined;
    }
  };

  const { header } = settings.announce;
  const internals: GateInternals = Object.freeze({
    isActive,
    decide,
    respond,
    passOff,
    announcement: header === undefined || live === undefined ? undefined : { header, ...announcer },
    admitCookie: (request: Request, ctx: MaintenanceContext) => admitCookie(request, ctx.clientIp, bypassDomain),
    allowStaff,
    live,
    languages,
    report,
  });
  // Frozen, so that setting `enabled` on it, say, is an error and not in vain.
  return Object.freeze(Object.defineProperties(gate, {
    explain: { value: explain, enumerable: true },
    notice: { value: notice, enumerable: true },
    active: { get: isActive, enumerable: true },
    [INTERNALS]: { value: internals },
  })) as Gate;
}

/** Whether a value is a Response that can still be sent: of whatever class, since servers bring their own. */
function isFresh(value: unknown): value is Response {
  const response = value as Partial<Response> | null | undefined;
  return typeof response === "object" && response !== null && response.status! >= 200 && response.status! <= 599 &&
    typeof response.headers?.forEach === "function" && typeof response.clone === "function" &&
    response.bodyUsed === false && response.body?.locked !== true;
}
