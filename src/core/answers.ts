import { received } from "./errors.ts";
import type { Snapshot } from "./live.ts";
import { negotiate, RESPONSE_TYPES } from "./negotiate.ts";
import type { Settings } from "./options.ts";
import { Answer } from "./response.ts";
import { formatRetryAfter, type RetryAfter, retryAfterSeconds } from "./retry-after.ts";
import type { Decision, MaintenanceInfo, ResponseType } from "./types.ts";
import { pathOf } from "./url-path.ts";

/** What the answers say. */
export interface Texts {
  /** The built-in texts for an occasion, in each representation. */
  textsFor(occasion: Pick<MaintenanceInfo, "mode" | "reason" | "end">): { page: string; title: string; detail: string };
  /** The user's page in place of the built-in one, or a function that makes it. */
  ownPage: string | ((info: MaintenanceInfo) => string) | undefined;
  /** The language of the built-in texts. */
  language: string;
}

/** The answers of a gate: what `page` and `handler503` see, and the built-in ones. */
export interface Answerer {
  /** What `page` and `handler503` see, of the state of the store that is in force, if any. */
  info(request: Request, decision: Decision, state: Snapshot | undefined): MaintenanceInfo;
  /** The built-in answer. */
  builtIn(request: Request, decision: Decision, state: Snapshot | undefined): Answer;
  /** The answer to who opens a bypass link. */
  bypassLink(link: { location: string; cookie: string }): Answer;
  /** The answer to what is no request. */
  readonly fallback: Answer;
}

/** What is going on, for the texts and the fields of the answers. */
interface Occasion extends Pick<MaintenanceInfo, "mode" | "reason" | "start" | "end"> {
  retryAfter: RetryAfter;
}

const MAINTENANCE: Decision = { outcome: "answer", because: "maintenance" };

/** The answers in each representation. */
interface Answers extends Record<ResponseType, Answer> {
  /** With the user's own page, where that is the same for everybody. */
  own: Answer | undefined;
  /** With an own page that was made for one request. */
  ownHtml: (html: string) => Answer;
  redirect: Answer | undefined;
}

/**
 * Prepares the answers: those that are the same for everybody are made here, once.
 *
 * @param settings The options.
 * @param texts What the answers say.
 * @param now The clock, in milliseconds since 1970.
 * @param report Told of errors in functions of the options.
 * @param reportResult Told of results of these functions that are of no use.
 */
export function createAnswerer(
  settings: Settings,
  texts: Texts,
  now: () => number,
  report: (error: unknown, option: string) => void,
  reportResult: (option: string, accepted: string, value: unknown) => void,
): Answerer {
  const { statusCode, responseType, redirect } = settings;
  const { ownPage } = texts;

  /** What is going on, and how long clients are asked to wait. */
  function occasionFor(made: Decision, state: Snapshot | undefined): Occasion {
    const end = state?.endsAt(now());
    const start = state?.state.start;
    return {
      mode: made.because === "read-only" ? "read-only" : "on",
      reason: state?.state.reason,
      start: start === undefined ? undefined : new Date(start),
      end: end === undefined ? undefined : new Date(end),
      retryAfter: state?.state.retryAfter ?? settings.retryAfter ?? (end === undefined ? undefined : new Date(end)),
    };
  }

  /** The answers that are the same for everybody. */
  function createAnswers(occasion: Occasion): Answers {
    const { retryAfter } = occasion;
    const said = texts.textsFor(occasion);
    const retryAfterField = formatRetryAfter(retryAfter, now());
    const fields = (more: Record<string, string>) => ({
      "cache-control": "no-store",
      ...(retryAfterField !== undefined && { "retry-after": retryAfterField }),
      ...more,
      ...settings.headers,
    });
    const represent = (contentType: string, language: string | undefined, body: string): Answer => {
      const headers = {
        ...fields({ "content-type": contentType, ...(language !== undefined && { "content-language": language }) }),
        // What else the user's own fields make the answer depend on is not all that it depends on.
        ...(responseType === undefined && { vary: ["accept", settings.headers.vary ?? []].flat().join(", ") }),
      };
      return new Answer(statusCode, headers, body);
    };
    const ownHtml = (html: string) => represent("text/html; charset=utf-8", undefined, html);
    const problem = {
      type: "about:blank",
      // RFC 9457 section 4.2.1: a problem of no type of its own is called as its status is.
      title: statusCode === 503 ? "Service Unavailable" : said.title,
      status: statusCode,
      detail: said.detail,
      ...(typeof retryAfter === "number" && { retryAfter }),
    };
    return {
      html: represent("text/html; charset=utf-8", texts.language, said.page),
      own: typeof ownPage === "string" ? ownHtml(ownPage) : undefined,
      ownHtml,
      json: represent("application/problem+json", texts.language, JSON.stringify(problem)),
      text: represent("text/plain; charset=utf-8", texts.language, `${said.title}\n\n${said.detail}\n`),
      redirect: redirect && new Answer(302, fields({ location: redirect.location }), null),
    };
  }

  /** Answers that were made for one occasion, and from when until when they may be given. */
  interface Prepared {
    answers: Answers;
    from: number;
    to: number;
  }

  function prepare(made: Decision, state: Snapshot | undefined): Prepared {
    const occasion = occasionFor(made, state);
    const answers = createAnswers(occasion);
    // A point in time that has passed is said no more, and each window that comes back has an end of its own.
    const turn = occasion.retryAfter instanceof Date ? occasion.retryAfter.getTime() : Infinity;
    const end = occasion.end?.getTime() ?? Infinity;
    if (turn <= now()) return { answers, from: turn, to: end };
    return { answers, from: state?.state.recurring === undefined ? -Infinity : now(), to: Math.min(turn, end) };
  }

  const holds = ({ from, to }: Prepared, at: number) => at >= from && at < to;

  // What is said while no state of a store is in force, and what is said of the state that was in force last.
  let constant = prepare(MAINTENANCE, undefined);
  let last: Prepared & { state: Snapshot; because: string } | undefined;

  function answersFor(made: Decision, state: Snapshot | undefined): Answers {
    if (state === undefined) {
      if (constant.to !== Infinity || constant.from !== -Infinity) {
        if (!holds(constant, now())) constant = prepare(MAINTENANCE, undefined);
      }
      return constant.answers;
    }
    if (last === undefined || last.state !== state || last.because !== made.because || !holds(last, now())) {
      last = { ...prepare(made, state), state, because: made.because };
    }
    return last.answers;
  }

  function typeFor(request: Request): ResponseType {
    if (typeof responseType === "string") return responseType;
    if (responseType !== undefined) {
      try {
        const type: unknown = responseType(request);
        if (RESPONSE_TYPES.includes(type as ResponseType)) return type as ResponseType;
        reportResult("responseType", '"html", "json" or "text"', type);
      } catch (error) {
        report(error, "responseType");
      }
    }
    return negotiate(request.headers.get("accept"));
  }

  function info(request: Request, made: Decision, state: Snapshot | undefined): MaintenanceInfo {
    const occasion = occasionFor(made, state);
    return {
      request,
      requestPath: pathOf(request.url),
      status: statusCode,
      because: made.because,
      ...occasion,
      retryAfter: retryAfterSeconds(occasion.retryAfter, now()),
    };
  }

  function builtIn(request: Request, made: Decision, state: Snapshot | undefined): Answer {
    const answers = answersFor(made, state);
    if (typeof (request as Partial<Request> | undefined)?.headers?.get !== "function") {
      throw new TypeError(
        `the gate takes a Request, received ${received(request)}: it is no middleware itself, use middleware() or ` +
          'withMaintenance() from "maintenancemode/node"',
      );
    }
    if (answers.redirect !== undefined && !redirect!.isTarget(request.url)) return answers.redirect;
    const type = typeFor(request);
    const answer = type === "html" ? ownAnswer(answers, request, made, state) ?? answers.html : answers[type];
    return request.method === "HEAD" ? answer.head : answer;
  }

  /** The answer with the user's own page, if there is one and it can be made. */
  function ownAnswer(
    answers: Answers,
    request: Request,
    made: Decision,
    state: Snapshot | undefined,
  ): Answer | undefined {
    if (typeof ownPage !== "function") return answers.own;
    try {
      const html: unknown = ownPage(info(request, made, state));
      if (typeof html === "string") return answers.ownHtml(html);
      reportResult("page", "HTML as a string", html);
    } catch (error) {
      report(error, "page");
    }
    return undefined;
  }

  function bypassLink({ location, cookie }: { location: string; cookie: string }): Answer {
    const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer", "set-cookie": cookie, location };
    return new Answer(302, headers, null);
  }

  return { info, builtIn, bypassLink, fallback: constant.answers.html };
}
