import { received } from "./errors.ts";
import { negotiate, RESPONSE_TYPES } from "./negotiate.ts";
import type { Settings } from "./options.ts";
import { Answer } from "./response.ts";
import { formatRetryAfter, retryAfterSeconds } from "./retry-after.ts";
import type { Decision, MaintenanceInfo, ResponseType } from "./types.ts";
import { pathOf } from "./url-path.ts";

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

/** The answers of a gate: what `page` and `handler503` see, and the built-in ones. */
export interface Answerer {
  /** What `page` and `handler503` see. */
  info(request: Request, decision: Decision): MaintenanceInfo;
  /** The built-in answer. */
  builtIn(request: Request, decision: Decision): Answer;
  /** The answer to what is no request. */
  readonly fallback: Answer;
}

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
  const { statusCode, retryAfter, responseType, redirect } = settings;
  const { ownPage } = texts;

  /** The answers that are the same for everybody, with `Retry-After` as given. */
  function createAnswers(retryAfterField: string | undefined): Answers {
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
      title: statusCode === 503 ? "Service Unavailable" : texts.title,
      status: statusCode,
      detail: texts.detail,
      ...(typeof retryAfter === "number" && { retryAfter }),
    };
    return {
      html: represent("text/html; charset=utf-8", texts.language, texts.page),
      own: typeof ownPage === "string" ? ownHtml(ownPage) : undefined,
      ownHtml,
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
        report(error, "responseType");
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
    if (typeof (request as Partial<Request> | undefined)?.headers?.get !== "function") {
      throw new TypeError(
        `the gate takes a Request, received ${received(request)}: it is no middleware itself, use middleware() or ` +
          'withMaintenance() from "maintenancemode/node"',
      );
    }
    if (answers.redirect !== undefined && !redirect!.isTarget(request.url)) return answers.redirect;
    const type = typeFor(request);
    const answer = type === "html" ? ownAnswer(answers, request, made) ?? answers.html : answers[type];
    return request.method === "HEAD" ? answer.head : answer;
  }

  /** The answer with the user's own page, if there is one and it can be made. */
  function ownAnswer(answers: Answers, request: Request, made: Decision): Answer | undefined {
    if (typeof ownPage !== "function") return answers.own;
    try {
      const html: unknown = ownPage(info(request, made));
      if (typeof html === "string") return answers.ownHtml(html);
      reportResult("page", "HTML as a string", html);
    } catch (error) {
      report(error, "page");
    }
    return undefined;
  }

  return { info, builtIn, fallback: lasting.html };
}
