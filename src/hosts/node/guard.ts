import type { InForce } from "../../counting/in-flight.ts";
import type { Answer } from "../../answer/response.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { type CloseStreamsOption, createStreamWatch } from "../common/close-streams.ts";
import type { HostOptions } from "../common/context.ts";
import type { AddedFields } from "../common/fields.ts";
import { createGuard } from "../common/guard.ts";
import { createProxyHint } from "../common/proxy-hint.ts";
import { addNodeFields } from "./fields.ts";
import { createFollow, watchEventStream } from "./in-flight.ts";
import { findPeer, type NodeInfo } from "./info.ts";
import { noteLetIn, wasLetIn } from "./let-in.ts";
import { withRealRequests } from "./real-requests.ts";
import { gateRequest, realRequest } from "./request.ts";
import { rewriteOf } from "./request-url.ts";

/** The gate in front of the requests of a Node server, for middleware of any form. */
export interface NodeGuard<Info> {
  /**
   * Decides about one request, and calls one of the two functions in the same turn, unless something has to be awaited. Counts
   * a request that it lets in. One that the same gate has let in before passes at once.
   *
   * @param info The request and the response, and whatever else the options of the middleware get.
   * @param letIn Calls the app.
   * @param answer Answers in the app's place.
   */
  <Passed, Answered>(
    info: Info,
    letIn: () => Passed,
    answer: (verdict: Answer | Response) => Answered,
  ): Passed | Answered | Promise<Awaited<Passed> | Awaited<Answered>>;
  /** Reports an error to the gate's `onError`. */
  report(this: void, error: unknown): void;
}

/**
 * Joins a gate and the options of middleware for a Node server.
 *
 * @param addFields Adds header fields to a response that has not begun.
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createNodeGuard<Info extends NodeInfo>(
  maintenance: Maintenance,
  options: HostOptions<Info> & CloseStreamsOption<Info>,
  addFields: (info: Info, fields: AddedFields) => void = ({ res }, fields) => addNodeFields(res, fields),
): NodeGuard<Info> {
  const guard = createGuard(maintenance, withRealRequests(options), findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const { isIdle, handsOutRequests, report, tracker } = guard;
  const watch = createStreamWatch(guard, options);
  const follow = tracker && createFollow(tracker);

  function ask<Passed, Answered>(
    info: Info,
    letIn: () => Passed,
    answer: (verdict: Answer | Response) => Answered,
  ): ReturnType<typeof guard<Passed, Answered>> {
    const { req } = info;
    // Where the URL was rewritten since, the gate has to see the new one.
    if (wasLetIn(req, maintenance) && rewriteOf(req) === undefined) return letIn();
    const asked = () => {
      const request = gateRequest(req);
      return handsOutRequests ? realRequest(request) : request;
    };
    const pass = (inForce: InForce, fields?: AddedFields) => {
      noteLetIn(req, maintenance);
      if (watch !== undefined) watchEventStream(watch, asked(), info);
      if (fields !== undefined) addFields(info, fields);
      return follow === undefined ? letIn() : follow(info, inForce, letIn);
    };
    return isIdle() ? pass(undefined) : guard(asked(), info, pass, answer);
  }

  return Object.assign(ask, { report });
}
