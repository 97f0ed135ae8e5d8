import { compileIpRanges } from "./ip-ranges.ts";
import { received } from "./errors.ts";
import { negotiate } from "./negotiate.ts";
import { RESPONSE_TYPES, type Settings } from "./options.ts";
import { Answer, isAnswer } from "./response.ts";
import { formatRetryAfter, retryAfterSeconds } from "./retry-after.ts";
import type {
  Decision,
  DecisionReason,
  Explanation,
  Maintenance,
  MaintenanceContext,
  MaintenanceInfo,
  ResponseType,
} from "./types.ts";
import { pathOf } from "./url-path.ts";
import { compileUrlPatterns, textOf } from "./url-patterns.ts";

/** What the answers say. */
export interface Texts {
  /** The built-in page. */
  page: string;
  /** The user's page in its place, or a function that makes it. */
  ownPage: string | ((info: MaintenanceInfo) => string) | undefined;
  /** One line, for JSON and plain text. */
  title: string;
  /** A sentence or two, for JSON and plain text. */
  detail: string;
  /** The language of all of these but the user's page. */
  language: string;
}

/**
 * What the host helpers use of a gate beside its public face, so that one request is decided about once.
 *
 * `decide` and `respond` are for requests that arrive while `isActive` says so.
 */
export interface GateInternals {
  /** Whether maintenance is on, asked once for each request. */
  isActive(): boolean;
  /** Decides, without telling `onDecision`. */
  decide(request: Request, ctx: MaintenanceContext): Decision;
  /** Tells `onDecision` and answers; the built-in answers come as what a `Response` is made of. */
  respond(request: Request, ctx: MaintenanceContext, decision: Decision): Answer | Response | undefined;
  /** Tells `onDecision`, if there is one, of a request that passes because maintenance is off. */
  readonly passOff: ((request: Request, ctx: MaintenanceContext) => void) | undefined;
  /** Whether being staff makes a difference. */
  readonly allowStaff: boolean;
  /** Tells `onError`. */
  report(error: unknown): void;
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
  allowed: decision("pass", "allowed"),
});
const ANSWER = decision("answer", "maintenance");

function decision(outcome: "pass" | "answer", because: DecisionReason): Decision {
  return Object.freeze({ outcome, because });
}

const NOBODY: MaintenanceContext = Object.freeze({});

/**
 * Joins checked options and texts to the gate.
 *
 * @param settings The options.
 * @param texts What the answers say.
 * @param now The clock, in milliseconds since 1970.
 */
export function createGate(settings: Settings, texts: Texts, now: () => number): Gate {
  const { isInternal, isIgnored, allowStaff, allow, handler503, onDecision } = settings;

  function report(error: unknown): void {
    const failed = (second: unknown) => console.error("maintenancemode: onError failed", second);
    try {
      const result: unknown = settings.onError(error);
      if (isPromise(result)) result.then(undefined, failed);
    } catch (second) {
      failed(second);
    }
  }

  /** Takes care of what a function of the user returned where nothing was asked for: a promise must not go unhandled. */
  function adopt(value: unknown): void {
    if (isPromise(value)) value.then(undefined, report);
  }

  /** Reports that a function of the user returned something else than it has to. */
  function reportResult(option: string, accepted: string, value: unknown): void {
    adopt(value);
    report(new TypeError(`"${option}" must return ${accepted}, received ${received(value)}`));
  }

  // The last good answer of `enabled`.
  let enabled = settings.enabled === true;
  const ask = typeof settings.enabled === "function" ? settings.enabled : undefined;

  function isActive(): boolean {
    if (ask === undefined) return enabled;
    try {
      const answer: unknown = ask();
      if (typeof answer === "boolean") enabled = answer;
      else reportResult("enabled", "true or false", answer);
    } catch (error) {
      report(error);
    }
    return enabled;
  }

  function isAllowed(request: Request, ctx: MaintenanceContext): boolean {
    try {
      const answer: unknown = allow!(request, ctx);
      if (typeof answer === "boolean") return answer;
      reportResult("allow", "true or false", answer);
    } catch (error) {
      report(error);
    }
    return false;
  }

  function decide(request: Request, ctx: MaintenanceContext): Decision {
    try {
      if (allowStaff && ctx.isStaff === true) return PASS.staff;
      if (isInternal !== undefined && typeof ctx.clientIp === "string" && isInternal(ctx.clientIp)) {
        return PASS.internalIp;
      }
      if (isIgnored !== undefined && isIgnored(request.url)) return PASS.ignoredUrl;
      if (allow !== undefined && isAllowed(request, ctx)) return PASS.allowed;
    } catch (error) {
      // Doubt means no.
      report(error);
    }
    return ANSWER;
  }

  const answer = createAnswerer(settings, texts, now, report, reportResult);

  function tell(made: Decision, request: Request, ctx: MaintenanceContext): void {
    try {
      adopt(onDecision!(made, request, ctx));
    } catch (error) {
      report(error);
    }
  }

  function respond(request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined {
    if (onDecision !== undefined) tell(made, request, ctx);
    if (made.outcome === "pass") return undefined;
    if (handler503 !== undefined) {
      try {
        const response: unknown = handler503(request, answer.info(request, made));
        if (isFresh(response)) return response;
        reportResult("handler503", "a Response that can be sent, whose body was not read yet", response);
      } catch (error) {
        report(error);
      }
    }
    try {
      return answer.builtIn(request, made);
    } catch (error) {
      report(error);
      return answer.fallback;
    }
  }

  const passOff = onDecision && ((request: Request, ctx: MaintenanceContext) => tell(PASS.off, request, ctx));

  const gate = (request: Request, given?: MaintenanceContext): Response | undefined => {
    const ctx = given ?? NOBODY;
    if (!isActive()) return passOff?.(request, ctx) as undefined;
    const made = respond(request, ctx, decide(request, ctx));
    return made !== undefined && isAnswer(made) ? made.toResponse() : made;
  };
  const explain = (request: Request, given?: MaintenanceContext): Explanation => {
    const ctx = given ?? NOBODY;
    const made = isActive() ? decide(request, ctx) : PASS.off;
    const matched = made === PASS.internalIp
      ? settings.internalIps.find((range) => compileIpRanges([range], "internalIps")(ctx.clientIp!))
      : made === PASS.ignoredUrl
      ? settings.ignoreUrls.filter((pattern) => compileUrlPatterns([pattern], "ignoreUrls")(request.url)).map(
        textOf,
      )[0] ??
        settings.redirect?.location
      : undefined;
    return matched === undefined ? { ...made } : { ...made, matched };
  };
  const internals: GateInternals = Object.freeze({ isActive, decide, respond, passOff, allowStaff, report });
  return Object.defineProperties(gate, {
    explain: { value: explain, enumerable: true },
    active: { get: isActive, enumerable: true },
    [INTERNALS]: { value: internals },
  }) as Gate;
}

/** The answers of a gate: what `page` and `handler503` see, and the built-in ones. */
interface Answerer {
  info(request: Request, decision: Decision): MaintenanceInfo;
  builtIn(request: Request, decision: Decision): Answer;
  /** The answer to what is no request. */
  readonly fallback: Answer;
}

function createAnswerer(
  settings: Settings,
  texts: Texts,
  now: () => number,
  report: (error: unknown) => void,
  reportResult: (option: string, accepted: string, value: unknown) => void,
): Answerer {
  const { statusCode, retryAfter, responseType, redirect } = settings;
  const { ownPage } = texts;

  /** The answers that are the same for everybody, with `Retry-After` as given. */
  function createAnswers(retryAfterField: string | undefined) {
    const fields = (more: Record<string, string>) => ({
      "cache-control": "no-store",
      ...(retryAfterField !== undefined && { "retry-after": retryAfterField }),
      ...more,
      ...settings.headers,
    });
    const represent = (contentType: string, language: string | undefined, body: string) => {
      const headers = fields({
        "content-type": contentType,
        ...(language !== undefined && { "content-language": language }),
        ...(responseType === undefined && { vary: "accept" }),
      });
      return { get: new Answer(statusCode, headers, body), head: new Answer(statusCode, headers, null) };
    };
    const problem = {
      type: "about:blank",
      // RFC 9457 section 4.2.1: a problem of no type of its own is called as its status is.
      title: statusCode === 503 ? "Service Unavailable" : texts.title,
      status: statusCode,
      detail: texts.detail,
      ...(typeof retryAfter === "number" && { retryAfter }),
    };
    return {
      html: represent("text/html; charset=utf-8", texts.language, texts.page),
      ownHtml: represent("text/html; charset=utf-8", undefined, typeof ownPage === "string" ? ownPage : ""),
      json: represent("application/problem+json", texts.language, JSON.stringify(problem)),
      text: represent("text/plain; charset=utf-8", texts.language, `${texts.title}\n\n${texts.detail}\n`),
      redirect: redirect && new Answer(302, fields({ location: redirect.location }), null),
    };
  }

  const lasting = createAnswers(retryAfter === undefined ? undefined : formatRetryAfter(retryAfter, -Infinity));
  const passed = retryAfter instanceof Date ? createAnswers(undefined) : lasting;

  function typeFor(request: Request): ResponseType {
    if (typeof responseType === "string") return responseType;
    if (responseType !== undefined) {
      try {
        const type: unknown = responseType(request);
        if (RESPONSE_TYPES.includes(type as ResponseType)) return type as ResponseType;
        reportResult("responseType", '"html", "json" or "text"', type);
      } catch (error) {
        report(error);
      }
    }
    return negotiate(request.headers.get("accept"));
  }

  function info(request: Request, made: Decision): MaintenanceInfo {
    return {
      request,
      requestPath: pathOf(request.url),
      status: statusCode,
      retryAfter: retryAfterSeconds(retryAfter, now()),
      because: made.because,
    };
  }

  function builtIn(request: Request, made: Decision): Answer {
    const answers = retryAfter instanceof Date && retryAfter.getTime() <= now() ? passed : lasting;
    if (answers.redirect !== undefined && !redirect!.isTarget(request.url)) return answers.redirect;
    const type = typeFor(request);
    const { get, head } = answers[type === "html" && ownPage !== undefined ? "ownHtml" : type];
    if (request.method === "HEAD") return head;
    if (get !== answers.ownHtml.get || typeof ownPage !== "function") return get;
    try {
      const html: unknown = ownPage(info(request, made));
      if (typeof html === "string") return new Answer(get.status, get.headers, html);
      reportResult("page", "HTML as a string", html);
    } catch (error) {
      report(error);
    }
    return answers.html.get;
  }

  return { info, builtIn, fallback: lasting.html.get };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}

/** Whether a value is a Response that can still be sent: of whatever class, since servers bring their own. */
function isFresh(value: unknown): value is Response {
  const response = value as Partial<Response> | null | undefined;
  return typeof response === "object" && response !== null && response.status! >= 200 && response.status! <= 599 &&
    typeof response.headers?.forEach === "function" && typeof response.clone === "function" &&
    response.bodyUsed === false && response.body?.locked !== true;
}
