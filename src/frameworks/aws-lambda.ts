/**
 * The gate in front of a handler of AWS Lambda: behind API Gateway, a function URL or an Application Load Balancer.
 *
 * ```ts
 * import { maintenanceMode } from "maintenancemode";
 * import { withMaintenance } from "maintenancemode/aws-lambda";
 *
 * const maintenance = maintenanceMode({ enabled: true });
 * export const handler = withMaintenance(maintenance, () => Promise.resolve({ statusCode: 200, body: "Hello" }));
 * ```
 *
 * @module maintenancemode/aws-lambda
 */
import type { Maintenance } from "../gate/maintenance.ts";
import type { HostOptions, StaffOptions } from "../hosts/common/context.ts";
import { createGuard } from "../hosts/common/guard.ts";
import { toResponse } from "../hosts/common/handler.ts";
import { createProxyHint } from "../hosts/common/proxy-hint.ts";
import { invalidOption, OptionError } from "../util/errors.ts";
import {
  type EventFields,
  type EventRequest,
  foreignSenderOf,
  isRequest,
  type LambdaEvent,
  peerOf,
  toRequest,
} from "./aws-lambda/event.ts";
import { addToResult, type LambdaAnswer, toAnswer } from "./aws-lambda/result.ts";

export type { EventFields, HostOptions, LambdaAnswer, LambdaEvent, StaffOptions };

/** What Lambda gives to a handler: the second argument of `isStaff`. */
export interface LambdaInfo<Event = LambdaEvent, Context = unknown> {
  /** The event. */
  readonly event: Event;
  /** What Lambda knows about the invocation. */
  readonly context: Context;
}

/** What a handler gives in the end. The types of Lambda allow handlers that return nothing, and call back instead. */
export type LambdaResult<Result> = Exclude<Awaited<Result>, void>;

/**
 * Puts the gate in front of a handler of AWS Lambda. It answers in the form of the event: of version 1.0 or 2.0 of API Gateway,
 * of a function URL, or of a load balancer. Changes nothing of the handler's results but header fields: those that `admit` of
 * the state and the option `announce` ask for, `Maintenance-Mode` while the site is read-only, and those for caches where a
 * visitor was let in, as `admittedCaching` says.
 *
 * The client's address is what API Gateway or the function URL has seen. A load balancer tells none.
 *
 * Events that are no HTTP requests, from a queue or a schedule, go to the handler. Of a WebSocket API, the gate decides about
 * `$connect` as about `GET /`.
 *
 * Lambda stops a process between two requests, so give a live state `perRequest: true`. Nothing counts the requests:
 * `--wait` does not wait for them.
 *
 * @param maintenance The gate.
 * @param handler The app. It gets the same event.
 * @param options Who is staff, and which proxies in front of API Gateway to believe about the client's address.
 * @returns A handler.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 * @see {@link https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html | Events of API Gateway}
 */
export function withMaintenance<Event, Context, Rest extends readonly unknown[], Result>(
  maintenance: Maintenance,
  handler: (event: Event, context: Context, ...rest: Rest) => Result,
  options: HostOptions<LambdaInfo<Event, Context>> = {},
): (event: Event, context: Context, ...rest: Rest) => Promise<LambdaResult<Result> | LambdaAnswer> {
  const guard = createGuard<LambdaInfo<Event, Context>>(
    maintenance,
    options,
    (_request, { event }) => peerOf(event as LambdaEvent),
    undefined,
    { counts: "by-hand", createHint: createProxyHint },
  );
  if (typeof handler !== "function") {
    throw invalidOption("put the gate in front of the handler", "handler", "a function", handler);
  }
  return async (event, context, ...rest): Promise<LambdaResult<Result> | LambdaAnswer> => {
    const call = () => handler(event, context, ...rest);
    const given = (event ?? {}) as LambdaEvent;
    if (!isRequest(given)) {
      const sender = foreignSenderOf(given);
      if (sender !== undefined) throw wrongSender(sender);
      return await call() as LambdaResult<Result>;
    }
    if (guard.isIdle()) return await call() as LambdaResult<Result>;
    const { request, prefix }: EventRequest = toRequest(given);
    return await guard(
      request,
      { event, context },
      async (_, fields) => addToResult(await call(), fields, given) as LambdaResult<Result>,
      (verdict) => toAnswer(toResponse(verdict), given, prefix),
    );
  };
}

function wrongSender(sender: string): OptionError {
  return new OptionError("decide about an event", {
    path: "event",
    expected: "of API Gateway, a function URL or an Application Load Balancer",
    received: `one of ${sender}`,
    hint: "make a Request of the event, and ask the gate by hand: maintenance(request)",
  });
}
