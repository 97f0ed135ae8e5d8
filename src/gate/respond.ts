import { answerBypassLink, type Answerer } from "../answer/answers.ts";
import { forHost } from "../answer/location.ts";
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
  { adopt, report }: Reporter,
): Responder {
  const { onDecision, live, bypass } = settings;
  const mayCarrySecret = live !== undefined || bypass !== undefined;

  function notify(made: Decision, request: Request, ctx: MaintenanceContext): void {
    try {
      adopt(onDecision!(made, mayCarrySecret ? withoutSecret(request) : request, ctx), "onDecision");
    } catch (error) {
      report(error, "onDecision");
    }
  }

  function answer(request: Request, made: AnswerDecision): Answer | Response {
    if (made === ANSWER["bypass-link"]) {
      const link = openLink(request, stateInForce());
      if (link !== undefined) return forHost(answerBypassLink(link.location, link.cookie), request);
    }
    return answers.answer(request, made, () => stateFor(request));
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
