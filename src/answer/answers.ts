import { answerPreflight, originOf } from "./cors.ts";
import { received } from "../util/received.ts";
import type { Languages } from "./languages.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import { negotiate, RESPONSE_TYPES } from "./negotiate.ts";
import type { AnswerSettings } from "./settings.ts";
import { chooseReason } from "./reason.ts";
import {
  type AnswerContext,
  type Common,
  createPathRoom,
  type PathRoom,
  Representations,
  type Variant,
} from "./representations.ts";
import { Answer } from "./response.ts";
import { delayed, retryAfterSeconds } from "./retry-after.ts";
import { withoutSecret } from "../bypass/request-secret.ts";
import type { Decision } from "../types/decision.ts";
import type { MaintenanceInfo } from "./info.ts";
import type { ResponseType } from "./options.ts";
import { pathOf } from "../match/url/url-path.ts";

/** What the answers say. */
export interface Texts extends Pick<Common, "copyFor" | "contentSecurityPolicy"> {
  /** The user's page in place of the built-in one, or a function that makes it. */
  ownPage: string | ((info: MaintenanceInfo) => string) | undefined;
  /** The sentence that tells of planned maintenance in the language at a place, with times in milliseconds since 1970. */
  noticeMessage(language: number, start: number, end: number | undefined): string;
}

/** The answers of a gate: what `page` and `handler503` see, and the built-in ones. */
export interface Answerer {
  /** What `page` and `handler503` see, of the state of the store that is in force, if any. */
  info(request: Request, decision: Decision, state: TimedState | undefined): MaintenanceInfo;
  /** The built-in answer. */
  builtIn(request: Request, decision: Decision, state: TimedState | undefined): Answer;
  /** The answer to who opens a bypass link. */
  bypassLink(link: { location: string; cookie: string }): Answer;
  /** The answer to what is no request. */
  fallback(): Answer;
}

/** What belongs to the dependencies and not to the options: the clock and chance. */
export interface Dependencies {
  /** The clock, in milliseconds since 1970. */
  now: () => number;
  /** A number from 0 up to 1, without 1, as `Math.random` gives it. */
  random: () => number;
}

const MAINTENANCE: Decision = { outcome: "answer", because: "maintenance" };

/** What is asked for when nothing can be asked: the page in the default language. */
const PAGE: Variant = { type: "html", language: 0, origin: -1, isForm: false, isHinted: false, isForced: false };

/** In how many steps clients are spread that come back. */
const JITTER_STEPS = 16;

/** gRPC, gRPC-Web and its form in text, with the name of the message format, which anybody can make up. */
const GRPC = /^application\/grpc(?:-web(?:-text)?)?(?:\+[a-z\d][\w.-]{0,31})?(?=\s*(?:;|$))/i;

/** Answers that were made for one occasion, and from when until when they may be given. */
interface Prepared {
  /** One for each step of the jitter. */
  steps: (Representations | undefined)[];
  room: PathRoom;
  occasion: AnswerContext;
  from: number;
  to: number;
}

/**
 * Prepares the answers: each is made when it is first wanted, and is the same for all who want the same.
 *
 * @param settings The options.
 * @param languages The languages to choose from.
 * @param texts What the answers say.
 * @param report Told of errors in functions of the options.
 * @param reportResult Told of results of these functions that are of no use.
 */
export function createAnswerer(
  settings: AnswerSettings,
  languages: Languages,
  texts: Texts,
  { now, random }: Dependencies,
  report: (error: unknown, option: string) => void,
  reportResult: (option: string, accepted: string, value: unknown) => void,
): Answerer {
  const { statusCode, responseType, redirect, cors, retryJitter, headers } = settings;
  const { ownPage, copyFor, contentSecurityPolicy } = texts;
  const { tags } = languages;
  const common = { statusCode, headers, cors, tags, contentSecurityPolicy, copyFor };
  const stepCount = Math.min(retryJitter + 1, JITTER_STEPS);

  /** What the options say of when to come back: nothing from when all have been asked to come back before. */
  function ownRetryAfter(): number | Date | undefined {
    const { retryAfter } = settings;
    return retryAfter instanceof Date && retryAfter.getTime() + retryJitter * 1_000 <= now() ? undefined : retryAfter;
  }

  /** What is going on, and how long clients are asked to wait. */
  function contextFor(made: Decision, state: TimedState | undefined): AnswerContext {
    const end = state?.endsAt(now());
    const start = state?.state.start;
    return {
      mode: made.because === "read-only" ? "read-only" : "on",
      reason: state?.state.reason,
      start: start === undefined ? undefined : new Date(start),
      end: end === undefined ? undefined : new Date(end),
      retryAfter: state?.state.retryAfter ?? ownRetryAfter() ?? (end === undefined ? undefined : new Date(end)),
    };
  }

  function prepare(made: Decision, state: TimedState | undefined): Prepared {
    const occasion = contextFor(made, state);
    const from = now();
    const end = occasion.end?.getTime() ?? Infinity;
    // A point in time is said in seconds, too, and these pass.
    const tick = occasion.retryAfter instanceof Date ? from + 1_000 - from % 1_000 : Infinity;
    // Each window that comes back has an end of its own, and a point in time that has passed has not for a clock set back.
    const isConstant = state?.state.recurring === undefined && tick === Infinity &&
      !(settings.retryAfter instanceof Date);
    return {
      steps: [],
      room: createPathRoom(),
      occasion,
      from: isConstant ? -Infinity : from,
      to: Math.min(tick, end),
    };
  }

  const holds = ({ from, to }: Prepared, at: number) => at >= from && at < to;

  // What is said while no state of a store is in force, and what is said of the state that was in force last.
  let constant = prepare(MAINTENANCE, undefined);
  let last: Prepared & { state: TimedState; because: string } | undefined;

  function preparedFor(made: Decision, state: TimedState | undefined): Prepared {
    if (state === undefined) {
      if (constant.to !== Infinity || constant.from !== -Infinity) {
        if (!holds(constant, now())) constant = prepare(MAINTENANCE, undefined);
      }
      return constant;
    }
    if (last === undefined || last.state !== state || last.because !== made.because || !holds(last, now())) {
      last = { ...prepare(made, state), state, because: made.because };
    }
    return last;
  }

  function representationsFor({ steps, room, occasion }: Prepared): Representations {
    const step = stepCount === 1 ? 0 : Math.floor(random() * stepCount);
    const kept = steps[step];
    if (kept !== undefined) return kept;
    const delay = stepCount === 1 ? 0 : Math.round(retryJitter * step / (stepCount - 1));
    return steps[step] = new Representations(
      common,
      { ...occasion, retryAfter: delayed(occasion.retryAfter, delay) },
      now(),
      room,
    );
  }

  /** The representation that the options ask for, if they do. */
  function forcedType(request: Request): ResponseType | undefined {
    if (typeof responseType !== "function") return responseType;
    try {
      const type: unknown = responseType(request);
      if (RESPONSE_TYPES.includes(type as ResponseType)) return type as ResponseType;
      reportResult("responseType", '"html", "json" or "text"', type);
    } catch (error) {
      report(error, "responseType");
    }
    return undefined;
  }

  /** What a request is to be answered with. */
  function want(request: Request, contentType: string | null, isForm: boolean): Variant {
    const language = languages.choose(request.headers.get("accept-language"));
    const origin = originOf(request, cors);
    const forced = responseType === undefined ? undefined : forcedType(request);
    if (forced !== undefined) return { type: forced, language, origin, isForm, isHinted: false, isForced: true };
    const accept = request.headers.get("accept") ?? null;
    const choice = negotiate(accept);
    if (choice !== "html-or-json") return { type: choice, language, origin, isForm, isHinted: false, isForced: false };
    // A WebSocket starts with a request that accepts nothing, and shows nothing of its answer.
    if (accept === null && typeof request.headers.get("upgrade") === "string") {
      return { type: "text", language, origin, isForm, isHinted: true, isForced: false };
    }
    const type = isScript(request, contentType) ? "json" : "html";
    return { type, language, origin, isForm, isHinted: true, isForced: false };
  }

  function info(request: Request, made: Decision, state: TimedState | undefined): MaintenanceInfo {
    const { reason, ...occasion } = contextFor(made, state);
    const language = tags[languages.choose(request.headers?.get?.("accept-language") ?? null)]!;
    return {
      request: withoutSecret(request),
      requestPath: pathOf(request.url),
      status: statusCode,
      because: made.because,
      ...occasion,
      reason: chooseReason(reason, language)?.text,
      language,
      retryAfter: retryAfterSeconds(occasion.retryAfter, now()),
    };
  }

  function builtIn(request: Request, made: Decision, state: TimedState | undefined): Answer {
    const representations = representationsFor(preparedFor(made, state));
    if (typeof (request as Partial<Request> | undefined)?.headers?.get !== "function") {
      throw new TypeError(
        `the gate takes a Request, received ${received(request)}: it is no middleware itself, use middleware() or ` +
          'withMaintenance() from "maintenancemode/node"',
      );
    }
    const { method } = request;
    if (method === "OPTIONS" && cors !== undefined) {
      const preflight = answerPreflight(request, cors, { ...representations.fields, ...headers });
      if (preflight !== undefined) return preflight;
    }
    if (method === "HEAD") return represent(representations, request, false, made, state).head;
    return represent(representations, request, method !== "GET", made, state);
  }

  function represent(
    representations: Representations,
    request: Request,
    isForm: boolean,
    made: Decision,
    state: TimedState | undefined,
  ): Answer {
    // What a function of the options makes of the request is not known, and may be nothing.
    const contentType = isForm && typeof responseType !== "string" ? request.headers.get("content-type") ?? null : null;
    const wanted = want(request, contentType, isForm);
    const grpc = contentType === null || wanted.isForced ? undefined : GRPC.exec(contentType.trim())?.[0];
    if (grpc !== undefined) return representations.grpc(grpc.toLowerCase(), wanted.language, wanted.origin);
    if (wanted.type === "json") return representations.problem(wanted, request.url);
    // Whoever has asked for something else than a page can make nothing of the one that this leads to.
    if (wanted.type === "html" && redirect !== undefined && !redirect.isTarget(request.url)) {
      return representations.redirect({ ...wanted, type: "redirect", language: 0 }, redirect.location);
    }
    if (wanted.type === "html" && ownPage !== undefined) {
      if (typeof ownPage === "string") {
        return representations.own({ ...wanted, type: "same-html", language: 0 }, ownPage);
      }
      const html = makeOwnPage(ownPage, request, made, state);
      if (html !== undefined) return representations.own({ ...wanted, type: "own-html" }, html);
    }
    return representations.get(wanted);
  }

  /** The user's own page for one request, if it can be made. */
  function makeOwnPage(
    make: (info: MaintenanceInfo) => string,
    request: Request,
    made: Decision,
    state: TimedState | undefined,
  ): string | undefined {
    try {
      const html: unknown = make(info(request, made, state));
      if (typeof html === "string") return html;
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

  return { info, builtIn, bypassLink, fallback: () => representationsFor(constant).get(PAGE) };
}

/** Whether a request that accepts anything says that a script has made it, and not a person. */
function isScript({ headers }: Request, contentType: string | null): boolean {
  return headers.get("sec-fetch-dest") === "empty" || typeof headers.get("x-requested-with") === "string" ||
    (contentType !== null && /^application\/(?:[^;\s]+\+)?json\s*(?:;|$)/i.test(contentType.trim()));
}
