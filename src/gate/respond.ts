import { answerBypassLink, type Answerer } from "../answer/answers.ts";
import type { Answer } from "../answer/response.ts";
import { withoutSecret } from "../bypass/request-secret.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { AnswerDecision, Decision } from "../types/decision.ts";
import { isPromise } from "../util/promise.ts";
import type { Reporter } from "../util/reporter.ts";
import type { Activation } from "./activation.ts";
import { ANSWER, type Decider } from "./decide.ts";
import type { Settings } from "./settings.ts";

/** Carries a decision out. */
export interface Responder {
  /** Tells `onDecision`, and answers unless the request passes. It never throws. */
  respond(this: void, request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined;
  /** Tells `onDecision`, which the options have to hold. */
  notify(this: void, made: Decision, request: Request, ctx: MaintenanceContext): void;
}

/** Makes a {@link Responder}. */
export function createResponder(
  settings: Settings,
  { stateInForce, stateFor }: Activation,
  openLink: Decider["openLink"],
  answers: Answerer,
  { adopt, call, report }: Reporter,
): Responder {
  const { handler503, onDecision, live, bypass } = settings;
  const mayCarrySecret = live !== undefined || bypass !== undefined;

  function notify(made: Decision, request: Request, ctx: MaintenanceContext): void {
    try {
      adopt(onDecision!(made, mayCarrySecret ? withoutSecret(request) : request, ctx), "onDecision");
    } catch (error) {
      report(error, "onDecision");
    }
  }

  /** The user's own answer, if the options make one that is fit to be sent. */
  function ownAnswer(request: Request, made: AnswerDecision): Response | undefined {
    if (handler503 === undefined) return undefined;
    const make = () => {
      const info = answers.info(request, made, stateFor(request));
      return handler503(info.request, info);
    };
    return call("handler503", "a Response that can be sent, whose body was not read yet", isFresh, make);
  }

  function answer(request: Request, made: AnswerDecision): Answer | Response {
    if (made === ANSWER["bypass-link"]) {
      const link = openLink(request, stateInForce());
      if (link !== undefined) return answerBypassLink(link.location, link.cookie);
    }
    const own = ownAnswer(request, made);
    if (own !== undefined) return own;
    try {
      return answers.builtIn(request, made, stateFor(request));
    } catch (error) {
      report(error);
      return answers.fallback();
    }
  }

  function respond(request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined {
    if (onDecision !== undefined) notify(made, request, ctx);
    if (made.outcome === "pass") return undefined;
    if (made !== ANSWER["bypass-link"] && isPromise(ctx)) {
      report(
        new TypeError("the context is a promise, which lets nobody in: await contextFrom() when isStaff is given"),
      );
    }
    return answer(request, made);
  }

  return { respond, notify };
}

/** Whether a value is a Response that can still be sent: of whatever class, since servers bring their own. */
function isFresh(value: unknown): value is Response {
  const response = value as Partial<Response> | null | undefined;
  return typeof response === "object" && response !== null && response.status! >= 200 && response.status! <= 599 &&
    typeof response.headers?.forEach === "function" && typeof response.clone === "function" &&
    response.bodyUsed === false && response.body?.locked !== true;
}
