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
import type { FormResponder } from "./bypass-form.ts";
import type { GateSettings } from "./features.ts";
import type { DecisionObserver } from "./internals.ts";

/** Carries a decision out. */
export interface Responder {
  /** Tells `onDecision` and the observers, and answers unless the request passes. It never throws. */
  respond(this: void, request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined;
  /** The same for a form that may hold the secret of a bypass; `undefined` if the page asks for none. */
  readonly respondToForm: FormResponder | undefined;
  /** Has each decision told to an observer. Returns a function that removes it. */
  observe(this: void, observer: DecisionObserver): () => void;
  /** Tells the observers, and `onDecision`, if there are any. */
  notify(this: void, made: Decision, request: Request, ctx: MaintenanceContext): void;
}

/** Makes a {@link Responder}. */
export function createResponder(
  settings: GateSettings,
  activation: Activation,
  openLink: Decider["openLink"],
  answers: Answerer,
  { adopt, report }: Reporter,
  now: () => number,
): Responder {
  const { sourceOf } = activation;
  const { onDecision, live, bypass, asksForSecret, features } = settings;
  const mayCarrySecret = live !== undefined || bypass !== undefined;
  let observers: readonly DecisionObserver[] = [];

  function notify(made: Decision, request: Request, ctx: MaintenanceContext): void {
    for (const observer of observers) observer(made);
    if (onDecision === undefined) return;
    try {
      adopt(onDecision(made, mayCarrySecret ? withoutSecret(request) : request, ctx), "onDecision");
    } catch (error) {
      report(error, "onDecision");
    }
  }

  function answer(request: Request, made: AnswerDecision): Answer | Response {
    if (made === ANSWER["bypass-link"]) {
      const link = openLink(request);
      if (link !== undefined) return forHost(answerBypassLink(link.location, link.cookie), request);
    }
    return answers.answer(request, made, () => sourceOf(made, request));
  }

  function respond(request: Request, ctx: MaintenanceContext, made: Decision): Answer | Response | undefined {
    notify(made, request, ctx);
    if (made.outcome === "pass") return undefined;
    if (made !== ANSWER["bypass-link"] && isPromise(ctx)) {
      report(
        new TypeError("the context is a promise, which lets nobody in: await contextFrom() when isStaff is given"),
      );
    }
    return answer(request, made);
  }

  const respondToForm = asksForSecret && features.createFormResponder?.(
    settings,
    activation,
    answers,
    now,
    (made = ANSWER["bypass-link"], request, ctx) => notify(made, request, ctx),
    report,
  );

  function observe(observer: DecisionObserver): () => void {
    observers = [...observers, observer];
    return () => observers = observers.filter((other) => other !== observer);
  }

  return { respond, respondToForm, notify, observe };
}
