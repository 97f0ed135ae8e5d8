import { withoutSecret } from "../bypass/request-secret.ts";
import { pathOf } from "../match/url/url-path.ts";
import type { AnswerDecision } from "../types/decision.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import { announcedEnd } from "../util/expected-end.ts";
import type { AnswerSettings } from "./answer-settings.ts";
import type { MaintenanceInfo } from "./info.ts";
import type { Languages } from "./languages.ts";
import { chooseReason } from "./reason.ts";
import { type RetryAfter, retryAfterSeconds, type RetryForm } from "./retry-after.ts";

/** What the texts and the fields of an answer depend on, beside the request. */
export interface AnswerContext extends Pick<MaintenanceInfo, "mode" | "start" | "end"> {
  /** The reason that the operator gave: a text, or texts by the tags of their languages. */
  reason: string | Readonly<Record<string, string>> | undefined;
  /** When clients are asked to come back. */
  retryAfter: RetryAfter;
  /** How the field says a point in time: a date if somebody gave one, else seconds, since clocks of clients are wrong. */
  retryForm: RetryForm;
  /** Whether the page asks for the secret of the bypass. */
  asksForSecret: boolean;
}

/** The context of an answer, by the maintenance that answers, if it is in a store. */
export type ContextFinder = (made: AnswerDecision, state: TimedState | undefined) => AnswerContext;

/** Prepares a {@link ContextFinder}. */
export function createContextFinder(
  { retryAfter, retryJitter, asksForSecret }: Pick<AnswerSettings, "retryAfter" | "retryJitter" | "asksForSecret">,
  now: () => number,
): ContextFinder {
  /** The option, until every client was asked to come back before now. */
  function ownRetryAfter(): number | Date | undefined {
    return retryAfter instanceof Date && retryAfter.getTime() + retryJitter * 1_000 <= now() ? undefined : retryAfter;
  }

  /** The field of the state, until it has passed. */
  function stateRetryAfter(state: TimedState | undefined): RetryAfter {
    const given = state?.state.retryAfter;
    if (typeof given !== "string") return given;
    const instant = Date.parse(given);
    return instant + retryJitter * 1_000 <= now() ? undefined : new Date(instant);
  }

  return (made, state) => {
    const end = state && announcedEnd(state.state, state.endsAt(now()), now());
    const endDate = end === undefined ? undefined : new Date(end);
    const start = state?.state.start;
    const given = stateRetryAfter(state) ?? ownRetryAfter();
    return {
      mode: made.because === "read-only" ? "read-only" : "on",
      reason: state?.state.reason,
      start: start === undefined ? undefined : new Date(start),
      end: endDate,
      retryAfter: given ?? endDate,
      retryForm: given === undefined ? "seconds" : "date",
      asksForSecret: asksForSecret?.(state) === true,
    };
  };
}

/** Prepares what `page` and `handler503` see. */
export function createInfo(
  statusCode: number,
  languages: Languages,
  contextFor: ContextFinder,
  now: () => number,
): (request: Request, made: AnswerDecision, state: TimedState | undefined) => MaintenanceInfo {
  return (request, made, state) => {
    const { reason, retryForm: _form, asksForSecret: _asks, ...context } = contextFor(made, state);
    const language = languages.tags[languages.choose(request.headers?.get?.("accept-language") ?? null)]!;
    return {
      request: withoutSecret(request),
      requestPath: pathOf(request.url),
      status: state?.state.status ?? statusCode,
      because: made.because,
      ...context,
      reason: chooseReason(reason, language)?.text,
      language,
      retryAfter: retryAfterSeconds(context.retryAfter, now()),
    };
  };
}
