/**
 * The gate in front of a fetch handler on a Node server, over `@whatwg-node/server`. `maintenancemode/connect` has it as
 * middleware.
 *
 * ```ts
 * import { createServer } from "node:http";
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/node";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * createServer(withMaintenance(maintenance, () => new Response("Hello"))).listen(3000);
 * ```
 *
 * @module maintenancemode/node
 */
import type { InForce } from "../counting/in-flight.ts";
import { type Answer, isAnswer } from "../answer/response.ts";
import type { Maintenance } from "../gate/maintenance.ts";
import type { ClientIpOptions } from "../match/ip/client-ip.ts";
import { type CloseStreams, type CloseStreamsOption, createStreamWatch } from "./common/close-streams.ts";
import { type ContextFrom, createContextFrom, type HostOptions, type StaffOptions } from "./common/context.ts";
import { type AddedFields, addFields } from "./common/fields.ts";
import { createGuard } from "./common/guard.ts";
import { createProxyHint } from "./common/proxy-hint.ts";
import { type HandlerOrRouter, toHandler } from "./common/handler.ts";
import { askApp } from "./node/ask-app.ts";
import { createFollow, watchEventStream } from "./node/in-flight.ts";
import { findPeer, type NodeInfo, type NodeRequest, type NodeResponse } from "./node/info.ts";
import { adapt } from "./node/adapter.ts";
import { gateRequest, realRequest } from "./node/request.ts";
import { isPlain } from "./node/request-url.ts";
import { sendAnswer } from "./node/send-answer.ts";

export type { CloseStreams, CloseStreamsOption };
export type { ContextFrom, HandlerOrRouter, HostOptions, NodeInfo, NodeRequest, NodeResponse, StaffOptions };

/**
 * Puts the gate in front of a fetch handler and makes both a listener for `http.createServer`. Changes nothing of the app's
 * responses but header fields: those that `admit` of the state and the option `announce` ask for, `Maintenance-Mode` while the
 * site is read-only, and those for caches where a visitor was let in, as `admittedCaching` says.
 *
 * The call starts to load `@whatwg-node/server`, which takes some 50 ms. Requests that arrive earlier wait for that.
 *
 * @param maintenance The gate.
 * @param handler The app: a function from a `Request` to a `Response`, which gets `{ req, res }` as its second argument,
 * or an object with such a method `fetch`.
 * @param options Who is staff, and which proxies to believe about the client's address.
 * @returns A listener for the `request` event of a Node server.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function withMaintenance<Info extends NodeInfo = NodeInfo>(
  maintenance: Maintenance,
  handler: HandlerOrRouter<(request: Request, info: Info) => Response | Promise<Response>>,
  options: HostOptions<Info> & CloseStreamsOption<Info> = {},
): (req: Info["req"], res: Info["res"]) => void {
  const guard = createGuard(maintenance, options, findPeer, undefined, {
    ownOptions: ["closeStreams"],
    createHint: createProxyHint,
  });
  const watch = createStreamWatch(guard, options);
  const app = toHandler(handler);
  const follow = guard.tracker && createFollow(guard.tracker);
  let sent: Response | undefined;
  return adapt<Info>((request, info, ResponseClass) => {
    const pass = (inForce: InForce, fields: AddedFields | undefined) => {
      if (watch !== undefined) watchEventStream(watch, request, info);
      // The bare 500 of an app that throws is the host's, and not the app's.
      const ask = (request: Request, info: Info) => addFields(app(request, info), fields, request);
      const letIn = () => askApp(ask, request, info, ResponseClass);
      return follow === undefined ? letIn() : follow(info, inForce, letIn);
    };
    const answer = (verdict: Answer | Response) => {
      if (!isAnswer(verdict)) return verdict;
      // The adapter sends nothing where a response has ended. Middleware that compresses may end it later, and the adapter
      // must not send until then: it gets a promise that never settles, a new one each time, so that nothing piles up on it.
      if (!sendAnswer(verdict, info.res, guard.report)) return new Promise<never>(() => {});
      return sent ??= new ResponseClass(null);
    };
    // If the host or the target could move the path, the app may read another one than the gate: no rule must hold then.
    return guard(isPlain(info.req) ? request : realRequest(gateRequest(info.req)), info, pass, answer);
  }, guard.report);
}

/**
 * What a Node server knows about a request: the second argument of the gate, for asking it by hand.
 *
 * Takes the request, Node's own request as `{ req }`, with its response if `isStaff` needs it, and options as for
 * {@link withMaintenance}. An object of options is read once and must not change.
 *
 * Returns the context, or a promise of it if `isStaff` is given. Throws an `OptionError` if an option is not valid.
 */
export const contextFrom: ContextFrom<Pick<NodeInfo, "req">, ClientIpOptions> = createContextFrom<
  Pick<NodeInfo, "req">,
  ClientIpOptions
>(findPeer);
