import { createContextFinder } from "../answer/answer-context.ts";
import type { Languages } from "../answer/languages.ts";
import { chooseReason } from "../answer/reason.ts";
import { Answer } from "../answer/response.ts";
import type { AnswerDecision } from "../types/decision.ts";
import { received } from "../util/received.ts";
import type { Activation } from "./activation.ts";
import { mix } from "./admit.ts";
import type { Announcer } from "./announcement.ts";
import type { Snapshot } from "./live.ts";
import type { MaintenanceStatus } from "./maintenance.ts";
import type { Settings } from "./settings.ts";

/** What a status says, with the reason in all of its languages. */
interface Facts extends Omit<MaintenanceStatus, "reason"> {
  readonly reason?: string | Readonly<Record<string, string>> | undefined;
}

const OFF: Facts = { mode: "off", phase: "off" };

/** A copy of an answer must be asked about before it is used: operators may change everything at any time. */
const CACHING = { "cache-control": "no-cache" };

/**
 * Makes `status()`, which tells the public what it may know of the state, as JSON.
 *
 * @param settings The options.
 * @param activation What is in force.
 * @param announcer Knows what is planned.
 * @param languages The languages to choose from.
 * @param now The clock, in milliseconds since 1970.
 * @param report Called with each error.
 */
export function createStatus(
  settings: Settings,
  { isActive, isEnabled, inForce, inForceNear }: Activation,
  announcer: Announcer,
  languages: Languages,
  now: () => number,
  report: (error: unknown) => void,
): (request: Request) => Response {
  const { cors } = settings;
  const contextFor = createContextFinder(settings, now);
  const vary = [
    ...(languages.tags.length > 1 ? ["accept-language"] : []),
    ...(cors?.origins === undefined ? [] : ["origin"]),
  ].join(", ");
  const common = { ...CACHING, "x-content-type-options": "nosniff", ...(vary !== "" && { vary }) };

  /** The maintenance that a host has: one of all of it before one of a part, and then the strictest. */
  function windowOn(url: string | undefined): Snapshot | undefined {
    const windows = url === undefined ? inForce().filter(({ hosts }) => hosts === undefined) : inForceNear(url);
    const whole = windows.find(({ state }) => state.urls === undefined);
    // While the option `enabled` closes the whole site, the maintenance of a part says nothing of the rest.
    return isEnabled() ? windows.find(({ appliesTo }) => appliesTo === undefined) : whole ?? windows[0];
  }

  function findPresent(request: Request | undefined): Facts | undefined {
    if (!isActive()) return undefined;
    const state = windowOn(request?.url);
    // A window may end while this runs.
    if (!isEnabled() && state === undefined) return undefined;
    const isReadOnly = !isEnabled() && state?.state.mode === "read-only";
    const made: AnswerDecision = { outcome: "answer", because: isReadOnly ? "read-only" : "maintenance" };
    const { mode, reason, start, end, retryAfter, retryForm } = contextFor(made, state);
    return {
      mode,
      phase: "now",
      ...(state?.appliesTo !== undefined && { part: true }),
      // A state with recurring windows begins earlier than the window that is in force.
      ...timesOf(state?.state.recurring === undefined ? start : undefined, end),
      // Seconds until the end would be other ones in each answer, and wrong in each copy of it.
      ...(retryForm === "date" && { retryAfter: retryAfter instanceof Date ? retryAfter.toISOString() : retryAfter! }),
      reason,
    };
  }

  function findPlanned(request: Request | undefined): Facts | undefined {
    const [upcoming] = announcer.upcoming(request?.url);
    if (upcoming === undefined) return undefined;
    const { mode, start, end, snapshot: { state, appliesTo } } = upcoming;
    return {
      mode: "off",
      phase: "planned",
      plannedMode: mode,
      ...(appliesTo !== undefined && { part: true }),
      ...timesOf(new Date(start), end === undefined ? undefined : new Date(end)),
      reason: state.reason,
    };
  }

  /** The status in a language. */
  function represent(language: number, origin: number, request?: Request): Answer {
    const { reason, ...facts } = findPresent(request) ?? findPlanned(request) ?? OFF;
    const tag = languages.tags[language]!;
    const chosen = chooseReason(reason, tag);
    const status: MaintenanceStatus = { ...facts, ...(chosen !== undefined && { reason: chosen.text }) };
    const body = JSON.stringify(status);
    const contentLanguage = chosen === undefined ? {} : { "content-language": chosen.language ?? tag };
    return new Answer(200, {
      ...common,
      ...cors?.fields(origin, "etag"),
      "content-type": "application/json",
      ...contentLanguage,
      // Weak, because the app may compress the answer: then it means the same in other bytes (RFC 9110 section 8.8.1).
      etag: `W/${tagOf(`${contentLanguage["content-language"]} ${body}`)}`,
    }, body);
  }

  function answer(request: Request): Answer {
    const { headers, method } = request;
    if (method === "OPTIONS") {
      const preflight = cors?.answerPreflight(request, common);
      if (preflight !== undefined) return cors!.addressed(preflight, request);
    }
    const made = represent(languages.choose(headers.get("accept-language")), cors?.originOf(request) ?? -1, request);
    const answer = cors?.addressed(made, request) ?? made;
    if (isKnown(headers.get("if-none-match"), answer.headers["etag"] as string)) {
      const { "content-type": _, "content-language": __, ...fields } = answer.headers;
      return new Answer(304, fields, null);
    }
    return method === "HEAD" ? answer.head : answer;
  }

  return (request) => {
    try {
      if (typeof (request as Partial<Request> | undefined)?.headers?.get === "function") {
        return answer(request).toResponse();
      }
      report(new TypeError(`"status" takes a Request, received ${received(request)}`));
    } catch (error) {
      report(error);
    }
    return represent(0, -1).toResponse();
  };
}

function timesOf(start: Date | undefined, end: Date | undefined): Pick<MaintenanceStatus, "start" | "end"> {
  return {
    ...(start !== undefined && { start: start.toISOString() }),
    ...(end !== undefined && { end: end.toISOString() }),
  };
}

/** An opaque tag (RFC 9110 section 8.8.3) that every process makes for the same text, and for another one another. */
function tagOf(text: string): string {
  const halves = [0x6d61696e, 0x74656e61].map((seed) => {
    let hash = seed;
    for (let at = 0; at < text.length; at++) hash = mix(hash ^ text.charCodeAt(at));
    return hash.toString(16).padStart(8, "0");
  });
  return `"${halves.join("")}"`;
}

/** Whether the client has the answer already. Tags hold no quotes, so none can begin within another one. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  return typeof ifNoneMatch === "string" &&
    (ifNoneMatch.trim() === "*" || ifNoneMatch.includes(etag.slice("W/".length)));
}
