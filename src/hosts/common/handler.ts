import { type Answer, isAnswer } from "../../answer/response.ts";
import { invalidOption } from "../../util/errors.ts";
import { TASK } from "./context.ts";

/** A handler of a host, or an object with such a method `fetch`, as routers are. */
export type HandlerOrRouter<Handler> = Handler | { fetch: Handler };

/** The result of a handler that has the gate in front: its own, or the gate's answer. */
export type GuardedResult<Result> = Result | Response | Promise<Response | Awaited<Result>>;

/**
 * Gives the handler as a function.
 *
 * @throws {OptionError} If it is neither a function nor an object with a method `fetch`.
 */
export function toHandler<Args extends unknown[], Result>(
  handler: HandlerOrRouter<(...args: Args) => Result>,
): (...args: Args) => Result {
  if (typeof handler === "function") return handler;
  if (typeof handler?.fetch === "function") return (...args) => handler.fetch(...args);
  throw invalidOption(TASK, "handler", 'a function or an object with a method "fetch"', handler);
}

/** Gives the answer of a guard as a `Response`. */
export function toResponse(verdict: Answer | Response): Response {
  return isAnswer(verdict) ? verdict.toResponse() : verdict;
}
