import type { Answerer } from "../../answer/answers.ts";
import type { LanguagePack } from "../../answer/language-pack.ts";
import type { AnswerOptions } from "../../answer/options.ts";
import { isAnswer } from "../../answer/response.ts";
import { createTinyAnswerer } from "../../tiny-answers.ts";
import type { AnswerDecision } from "../../types/decision.ts";
import { createConsoleReporter } from "../../util/console-reporter.ts";
import { checkFunction, checkNames, invalidOption, OptionError } from "../../util/errors.ts";
import { quote, received } from "../../util/received.ts";
import { createReporter } from "../../util/reporter.ts";

/** Options of `maintenanceMode` of `maintenancemode/tiny` that shape its answers. */
export interface FallbackAnswers extends Pick<AnswerOptions, "handler503" | "page" | "retryAfter" | "headers"> {
  /**
   * The languages of the answers: `languages` of `maintenancemode/languages`.
   *
   * @default English alone
   */
  languages?: LanguagePack;
  /**
   * Told of each error in a function of these options.
   *
   * @default `console.error`, once for each message
   */
  onError?: (error: unknown) => void;
}

/** The answers in the origin's place. */
export interface FallbackAnswerer {
  /**
   * Makes an answer.
   *
   * @param request The request.
   * @param wanted The kind of the answer.
   * @param status The status.
   * @param ownPage Your own page, if it has been kept.
   */
  answer(request: Request, wanted: Variant, status: number, ownPage: string | undefined): Response | undefined;
  /** Reports an error. It never throws. */
  report(error: unknown): void;
}

/** What a request is answered with in the origin's place: a page, or what a program reads. */
export type Variant = "page" | "data";

const TASK = "stand in for the origin";

const REFUSED: Readonly<Record<string, string>> = {
  statusCode: "the status is what the network said, and 503 where it said nothing",
  redirectUrl: "what cannot be reached cannot be redirected to",
  responseType: "navigations get the page, programs what they accept",
  site: 'a page with name, logo and colours is yours to make, with "page" or "pageUrl"',
  messages: 'words of your own are yours to write, with "page" or "pageUrl"',
  cors: "the worker answers requests of its own origin alone",
  retryJitter: "visitors who are offline ask the origin again by themselves",
};

const REFUSED_NAMES = [
  "enabled",
  "state",
  "ignoreUrls",
  "reads",
  "writes",
  "internalIps",
  "allowStaff",
  "allow",
  "bypassSecret",
  "bypassDomain",
  "announce",
  "onDecision",
];

const NAMES = ["handler503", "page", "retryAfter", "headers", "languages", "onError"] as const satisfies readonly (
  keyof FallbackAnswers
)[];

const MAINTENANCE: AnswerDecision = { outcome: "answer", because: "maintenance" };

/**
 * Prepares the answers: those of each status when it is first needed.
 *
 * @param options How the answers look.
 * @param hasOwnPage Whether your own page takes the place of the built-in one.
 * @throws {OptionError} If an option is not valid.
 */
export function createStandInAnswerer(options: FallbackAnswers, hasOwnPage: boolean): FallbackAnswerer {
  checkAnswers(options, hasOwnPage);
  const { onError } = options;
  const reporter = createReporter(onError === undefined ? createConsoleReporter() : (error) => onError(error));
  let kept: string | undefined;
  const page = () => {
    if (kept === undefined) throw new Error("the page that was kept is gone: the browser may have needed the space");
    return kept;
  };
  const answerers = new Map<number, Answerer>();
  function answererFor(status: number): Answerer {
    let answerer = answerers.get(status);
    if (answerer === undefined) {
      answerer = createTinyAnswerer({ ...options, ...(hasOwnPage && { page }) }, status, reporter);
      answerers.set(status, answerer);
    }
    return answerer;
  }
  // What is not valid throws while the worker starts, not when the first visitor finds the site closed.
  answererFor(503);

  return {
    answer(request, wanted, status, ownPage) {
      kept = ownPage;
      const answer = answererFor(status).answer(asSent(request, wanted), MAINTENANCE, () => undefined);
      return isAnswer(answer) ? answer.toResponse() : answer;
    },
    report: (error) => reporter.report(error),
  };
}

function checkAnswers(options: FallbackAnswers, hasOwnPage: boolean): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw invalidOption(TASK, "answers", "options of maintenanceMode()", options);
  }
  for (const name of Object.keys(options)) {
    const why = REFUSED_NAMES.includes(name) ? "everybody gets the answer" : REFUSED[name];
    if (why !== undefined) throw misplaced(quote(name), undefined, why);
  }
  checkNames("create maintenance mode", options, NAMES, '"answers"');
  if (options.onError !== undefined) checkFunction("create maintenance mode", "onError", options.onError);
  for (const name of ["page", "handler503"] as const) {
    if (!hasOwnPage || options[name] === undefined) continue;
    throw misplaced(`"${name}" beside "pageUrl"`, received(options[name]), "either of them is the page");
  }
}

/** The error about an option that must not be there. */
function misplaced(what: string, received: string | undefined, hint: string): OptionError {
  const text = `"answers" must not hold ${what}${received === undefined ? "" : `, received ${received}`}: ${hint}`;
  return new OptionError(TASK, { path: "answers", expected: `options without ${what}`, received, hint }, text);
}

/** The request as a server would have received it: the browser adds some fields only when it sends one. */
function asSent({ url, method, headers: given }: Request, wanted: Variant): Request {
  const headers = new Headers(given);
  if (wanted === "page") headers.set("accept", "text/html");
  // A script that says nothing of its own accepts anything, and can read JSON best.
  else if (!/json|text\/(?:html|plain)/i.test(given.get("accept") ?? "")) {
    headers.set("accept", "application/problem+json");
  }
  if (!headers.has("accept-language")) headers.set("accept-language", navigator.languages.join(","));
  return new Request(url, { method, headers });
}
