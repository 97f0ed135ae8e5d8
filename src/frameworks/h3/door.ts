/** The gate in front of a request of h3 2 or Nitro 3, in whatever runtime. */
import type { Maintenance } from "../../gate/maintenance.ts";
import type { HostOptions } from "../../hosts/connect.ts";
import type { AddedFields } from "../../hosts/common/fields.ts";
import { followBody } from "../../hosts/common/follow-body.ts";
import { createGuard, type Guard } from "../../hosts/common/guard.ts";
import { toResponse } from "../../hosts/common/handler.ts";
import { followHandler, keepWeakly } from "../../hosts/common/in-flight.ts";
import { createProxyHint } from "../../hosts/common/proxy-hint.ts";
import { createFollow } from "../../hosts/node/in-flight.ts";
import { noteSentTarget } from "../../hosts/node/sent-target.ts";
import { ownOf } from "../../util/own.ts";
import { isPromise } from "../../util/promise.ts";
import type { ServerRequest } from "./types.ts";

/** What lets a request through: it calls the app, and adds the header fields to what the app returns. */
export type LetIn = (fields: AddedFields | undefined) => unknown;

/** Asks the gate about a request: answers with a `Response`, or lets it through and counts it. */
export type Door<Event> = (request: ServerRequest, event: Event, letIn: LetIn) => unknown;

type RequestTracker = NonNullable<Guard<unknown>["tracker"]>;
type InForce = Parameters<RequestTracker["enter"]>[1];

interface Visit<Event> {
  readonly request: ServerRequest;
  readonly event: Event;
}

/**
 * Makes a door.
 *
 * @throws {OptionError} If the gate or an option is not valid.
 */
export function createDoor<Event>(maintenance: Maintenance, options: HostOptions<Event>): Door<Event> {
  const guard = createGuard<Visit<Event>>(
    maintenance,
    withEvents(options),
    (_request, { request }) => peerOf(request),
    undefined,
    { createHint: createProxyHint },
  );
  const { tracker } = guard;
  const followNode = tracker && createFollow(tracker);
  return (request, event, letIn) => {
    const node = request.runtime?.node;
    if (node !== undefined && !guard.isIdle()) noteSentTarget(request, node.req);
    return guard(request, { request, event }, (inForce, fields) => {
      const run = () => letIn(fields);
      if (tracker === undefined || followNode === undefined) return run();
      if (node?.res !== undefined) return followNode(node, inForce, run);
      // h3 asks the app about an upgrade, and no body follows.
      if (node !== undefined) return followHandler(tracker, tracker.enter(request, inForce, () => {}), run);
      return followResult(tracker, request, inForce, run);
    }, toResponse);
  };
}

/** The options with an `isStaff` that gets the event of a visit. */
function withEvents<Event>(options: HostOptions<Event>): HostOptions<Visit<Event>> {
  // What is wrong with the options is found later.
  const { isStaff } = ownOf(options);
  if (typeof isStaff !== "function") return options as unknown as HostOptions<Visit<Event>>;
  return { ...options, isStaff: (request, { event }) => isStaff(request, event) };
}

/** The address of the far end of the socket. The server may have taken `ip` from a field that a proxy has written. */
function peerOf({ runtime, ip }: ServerRequest): string | undefined {
  return runtime?.node?.req.socket.remoteAddress ?? ip;
}

/** Counts a request until what the app has returned is read to its end, where the server does not tell of that end. */
function followResult(tracker: RequestTracker, request: Request, inForce: InForce, run: () => unknown): unknown {
  const tracked = tracker.enter(request, inForce, (tracked) => keepWeakly(tracker, tracked));
  const leave = () => tracker.leave(tracked);
  const follow = (result: unknown) => {
    const stream = streamIn(result);
    if (stream === undefined) return followBody(tracker, tracked, result);
    const { body } = followBody(tracker, tracked, new Response(stream));
    return result === stream ? body : Object.assign(result as object, { body });
  };
  try {
    const result = run();
    if (!isPromise(result)) return follow(result);
    tracked.result = result;
    return Promise.resolve(result).then(follow, (error) => {
      leave();
      throw error;
    });
  } catch (error) {
    leave();
    throw error;
  }
}

/** The stream of a result that h3 makes a Response of later. */
function streamIn(result: unknown): ReadableStream | undefined {
  if (result instanceof ReadableStream) return result;
  if (result instanceof Response) return undefined;
  const body = (result as { body?: unknown } | null | undefined)?.body;
  return body instanceof ReadableStream ? body : undefined;
}
