import type { InForce, RequestTracker } from "../../counting/in-flight.ts";
import { isPromise } from "../../util/promise.ts";
import { followBody } from "../common/follow-body.ts";
import { keepWeakly, lookAtResult, resultOf } from "../common/in-flight.ts";

/**
 * Lets a request in and counts it until its response has been sent and its handler has returned.
 *
 * @param finished Settles when the response has been sent. Without it, the body of the response is followed.
 */
export type FetchFollow = <Result>(
  request: Request,
  inForce: InForce,
  letIn: () => Result,
  finished?: PromiseLike<unknown>,
) => Result;

/** Makes the function that counts requests. */
export function createFollow(tracker: RequestTracker): FetchFollow {
  return <Result>(
    request: Request,
    inForce: InForce,
    letIn: () => Result,
    finished?: PromiseLike<unknown>,
  ): Result => {
    // Deno forgets the names of a request that is over.
    const named = "Deno" in globalThis ? { method: request.method, url: request.url } : request;
    const tracked = tracker.enter(named, inForce, (tracked) => lookAtResult(tracker, tracked));
    const leave = () => tracker.leave(tracked);
    let result: Result;
    try {
      result = letIn();
    } catch (error) {
      leave();
      throw error;
    }
    tracked.result = result;
    if (finished !== undefined) {
      const finish = () => {
        const result = resultOf(tracked);
        if (isPromise(result)) result.then(leave, leave);
        else leave();
      };
      finished.then(finish, finish);
      return result;
    }
    if (!isPromise(result)) return followBody(tracker, tracked, result);
    tracked.look = () => keepWeakly(tracker, tracked);
    return Promise.resolve(result).then((response) => followBody(tracker, tracked, response), (error) => {
      leave();
      throw error;
    }) as Result;
  };
}
