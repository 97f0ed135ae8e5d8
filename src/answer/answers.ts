import type { AnswerDecision } from "../types/decision.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import { received } from "../util/received.ts";
import type { Reporter } from "../util/reporter.ts";
import { createContextFinder, createInfo } from "./answer-context.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import type { MaintenanceInfo } from "./info.ts";
import { createKeptAnswers, type Dependencies } from "./kept-answers.ts";
import type { Languages } from "./languages.ts";
import { forHost } from "./location.ts";
import type { Common, Representations } from "./representations.ts";
import { Answer } from "./response.ts";
import { createVariantChooser, DEFAULT_VARIANT } from "./variant.ts";

/** What the answers say. */
export interface Texts extends Pick<Common, "copyFor" | "contentSecurityPolicy" | "promptPolicy"> {
  /** The user's page in place of the built-in one, or a function that makes it. */
  ownPage: string | ((info: MaintenanceInfo) => string) | undefined;
  /**
   * The sentence that announces planned maintenance, in the language at an index, with times in milliseconds since 1970.
   */
  noticeMessage(language: number, start: number, end: number | undefined): string;
  /** The sentences about maintenance that is in force, likewise. */
  presentMessage(language: number, mode: "on" | "read-only", end: number | undefined): string;
}

/** The answers of a gate. */
export interface Answerer {
  /**
   * Answers a request: with what `handler503` makes, if that is fit to be sent, or with the built-in answer. It never throws.
   *
   * @param findState The state of the store that is in force for the request, if any.
   * @param isWrongSecret Whether the visitor has filled in the wrong secret of a bypass.
   */
  answer(
    this: void,
    request: Request,
    made: AnswerDecision,
    findState: () => TimedState | undefined,
    isWrongSecret?: boolean,
  ): Answer | Response;
}

const FALLBACK: AnswerDecision = { outcome: "answer", because: "maintenance" };

/**
 * Prepares the answers. Each is made when a request first needs it, and serves all requests that need the same.
 *
 * @param settings The options.
 * @param languages The languages to choose from.
 * @param texts What the answers say.
 * @param dependencies The clock and chance.
 * @param reporter Calls the functions of the options.
 */
export function createAnswerer(
  settings: AnswerSettings,
  languages: Languages,
  texts: Texts,
  dependencies: Dependencies,
  reporter: Reporter,
): Answerer {
  const { handler503, statusCode, responseType, redirect, cors, retryAfter, retryJitter, headers, features } = settings;
  const { ownPage, copyFor, contentSecurityPolicy, promptPolicy } = texts;
  const { now } = dependencies;
  const contextFor = createContextFinder(settings, now);
  const info = createInfo(statusCode, languages, contextFor, now);
  const chooseVariant = createVariantChooser(settings, languages, reporter);
  const policies = { contentSecurityPolicy, promptPolicy };
  const common = { statusCode, headers, cors, features, tags: languages.tags, ...policies, copyFor };
  const isRetryDate = retryAfter instanceof Date;
  const answersFor = createKeptAnswers(common, contextFor, retryJitter, isRetryDate, dependencies);

  function builtIn(
    request: Request,
    made: AnswerDecision,
    state: TimedState | undefined,
    isWrongSecret: boolean,
  ): Answer {
    const answers = answersFor(made, state);
    checkRequest(request);
    const { method } = request;
    if (method === "OPTIONS" && cors !== undefined) {
      const preflight = cors.answerPreflight(request, { ...answers.fields, ...headers });
      if (preflight !== undefined) return cors.addressed(preflight, request);
    }
    const isHead = method === "HEAD";
    const answer = represent(answers, request, !isHead && method !== "GET", made, state, isWrongSecret);
    const sent = isHead ? answer.head : answer;
    return cors?.addressed(sent, request) ?? sent;
  }

  function represent(
    answers: Representations,
    request: Request,
    isForm: boolean,
    made: AnswerDecision,
    state: TimedState | undefined,
    isWrongSecret: boolean,
  ): Answer {
    // A function of the options may make nothing of the content type, so the answer may not depend on it.
    const contentType = isForm && typeof responseType !== "string" ? request.headers.get("content-type") ?? null : null;
    const wanted = chooseVariant(request, contentType, isForm);
    const grpcType = contentType === null || wanted.isForced ? undefined : features.grpc?.typeOf(contentType);
    if (grpcType !== undefined) return answers.grpc(grpcType, wanted.language, wanted.origin);
    if (wanted.type === "json" || wanted.type === "plain-json") return answers.problem(wanted, request.url);
    if (wanted.type === "trpc") return features.trpc!.answerTo(request, answers.get(wanted));
    if (wanted.type !== "html") return answers.get(wanted);
    // A client that has asked for something else than a page can make nothing of the one that a redirect leads to.
    if (redirect !== undefined && !redirect.isTarget(request.url)) {
      return forHost(answers.redirect({ ...wanted, type: "redirect", language: 0 }, redirect.location), request);
    }
    if (typeof ownPage === "string") return answers.own({ ...wanted, type: "same-html", language: 0 }, ownPage);
    if (ownPage !== undefined) {
      const make = () => ownPage(info(request, made, state));
      const html = reporter.call("page", "HTML as a string", isString, make);
      if (html !== undefined) return answers.own({ ...wanted, type: "own-html" }, html);
    }
    return answers.get(isWrongSecret ? { ...wanted, type: "wrong-secret" } : wanted);
  }

  /** The user's own answer, if the options make one that is fit to be sent. */
  function own(
    request: Request,
    made: AnswerDecision,
    findState: () => TimedState | undefined,
  ): Response | undefined {
    if (handler503 === undefined) return undefined;
    return reporter.call("handler503", "a Response that can be sent, whose body was not read yet", isFresh, () => {
      const told = info(request, made, findState());
      return handler503(told.request, told);
    });
  }

  return {
    answer(request, made, findState, isWrongSecret = false) {
      const response = own(request, made, findState);
      if (response !== undefined) return response;
      try {
        return builtIn(request, made, findState(), isWrongSecret);
      } catch (error) {
        reporter.report(error);
        return answersFor(FALLBACK, undefined).get(DEFAULT_VARIANT);
      }
    },
  };
}

/** Whether a value is a Response that can still be sent: of whatever class, since servers bring their own. */
function isFresh(value: unknown): value is Response {
  const response = value as Partial<Response> | null | undefined;
  return typeof response === "object" && response !== null && response.status! >= 200 && response.status! <= 599 &&
    typeof response.headers?.forEach === "function" && typeof response.clone === "function" &&
    response.bodyUsed === false && response.body?.locked !== true;
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}

function checkRequest(request: Request): void {
  if (typeof (request as Partial<Request> | undefined)?.headers?.get === "function") return;
  throw new TypeError(
    `the gate takes a Request, received ${received(request)}: it is no middleware itself, use ` +
      'maintenanceMiddleware() from "maintenancemode/connect" or withMaintenance()',
  );
}

/**
 * The answer to a request that opens a bypass link, or brings the secret in a form.
 *
 * @param location The same URL without the secret.
 * @param cookie The cookie that lets the visitor in from then on.
 * @param status The status: 303 if the visitor is to go on with GET.
 */
export function answerBypassLink(location: string, cookie: string, status = 302): Answer {
  const headers = { "cache-control": "no-store", "referrer-policy": "no-referrer", "set-cookie": cookie, location };
  return new Answer(status, headers, null);
}
