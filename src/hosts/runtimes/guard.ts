import type { WaitUntil } from "../../gate/live.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { ownOf } from "../../util/own.ts";
import { isPromise } from "../../util/promise.ts";
import type { HostOptions } from "../common/context.ts";
import { addFields } from "../common/fields.ts";
import { createGuard } from "../common/guard.ts";
import { type GuardedResult, toResponse } from "../common/handler.ts";
import { createProxyHint } from "../common/proxy-hint.ts";
import { createPeerFinder, type FetchOptions } from "../fetch/options.ts";
import { findPeer, findRuntime, isCloudflare, type Runtime } from "./find.ts";
import { createFollow } from "./follow.ts";

/** What a framework that runs anywhere knows about a request. */
export interface Surroundings {
  /** What the server has passed on beside the request, in whatever runtime. */
  readonly passed: unknown;
  /** Finds the function that keeps a promise going beyond the request, if there is one. */
  readonly findWaitUntil?: (() => WaitUntil | undefined) | undefined;
}

/** The gate in front of the requests of a framework that runs anywhere: answers, or lets a request through and counts it. */
export type RuntimeGuard<Args extends readonly unknown[]> = <Result>(
  request: Request,
  args: Args,
  surroundings: Surroundings,
  letIn: () => Result,
) => GuardedResult<Result>;

/** What the guard knows about one request. */
interface Call {
  readonly args: readonly unknown[];
  readonly runtime: Runtime;
  readonly surroundings: Surroundings;
}

/**
 * Makes the function that adapters are made of whose frameworks run in Node, Deno, Bun, Workers and elsewhere. Once for each
 * request it finds out where it is, so that one build of an app runs anywhere.
 *
 * @param options With `peerIp`, the address is what that returns. Otherwise it is found in what the server has passed on.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createRuntimeGuard<Args extends readonly unknown[]>(
  maintenance: Maintenance,
  options: FetchOptions<Args>,
): RuntimeGuard<Args> {
  const inCloudflare = isCloudflare();
  const hasPeerIp = ownOf(options).peerIp !== undefined;
  const peerOf = createPeerFinder(options, (error) => guard.report(error, "peerIp"));
  const guard = createGuard<Call>(
    maintenance,
    withArgs(options),
    (request, { args, runtime, surroundings: { passed } }) => {
      if (hasPeerIp) return peerOf(request, args as unknown as Args);
      if (inCloudflare) return request.headers.get("cf-connecting-ip") ?? undefined;
      return peerOf(request, args as unknown as Args, () => findPeer(request, runtime, passed));
    },
    ({ surroundings: { findWaitUntil } }) => findWaitUntil?.(),
    // Cloudflare stops everything with its request, and never tells when a response was sent.
    { ownOptions: ["peerIp"], counts: inCloudflare ? "by-hand" : "requests", createHint: createProxyHint },
  );
  const follow = guard.tracker && !inCloudflare ? createFollow(guard.tracker) : undefined;
  const registration = register(maintenance);
  return (request, args, surroundings, letIn) => {
    type Result = ReturnType<typeof letIn>;
    const runtime = inCloudflare ? NOWHERE : findRuntime(request, surroundings.passed);
    const exchange = runtime.node?.req ?? runtime.deno?.info ?? request;
    if (registration.guards > 1 && registration.letIn.has(exchange)) return letIn();
    const pass = (isInForce: boolean, next: () => Result): Result =>
      follow === undefined ? next() : follow(request, runtime, isInForce, next);
    const enter = registration.guards > 1 ? () => noteWhile(registration, exchange, letIn) : letIn;
    if (!inCloudflare && guard.isIdle()) return pass(false, enter);
    return guard(
      request,
      { args, runtime, surroundings },
      (isInForce, fields): Result => pass(isInForce, () => addFields(enter(), fields)),
      toResponse,
    );
  };
}

const NOWHERE: Runtime = {};

/** The guards of a gate, and, if there are several, the requests that one of them has let in and that the app still handles. */
interface Registration {
  guards: number;
  readonly letIn: WeakSet<object>;
}

const registrations = new WeakMap<Maintenance, Registration>();

function register(maintenance: Maintenance): Registration {
  const known = registrations.get(maintenance) ?? { guards: 0, letIn: new WeakSet() };
  known.guards++;
  registrations.set(maintenance, known);
  return known;
}

/** Notes that a request was let in until the app has answered: a second guard must neither count it again nor ask again. */
function noteWhile<Result>(registration: Registration, exchange: object, letIn: () => Result): Result {
  registration.letIn.add(exchange);
  const forget = () => void registration.letIn.delete(exchange);
  let result: Result;
  try {
    result = letIn();
  } catch (error) {
    forget();
    throw error;
  }
  if (isPromise(result)) result.then(forget, forget);
  else forget();
  return result;
}

/** The options with an `isStaff` that gets the arguments of a call. */
function withArgs<Args extends readonly unknown[]>(options: FetchOptions<Args>): HostOptions<Call> {
  // What is wrong with the options is found later.
  const { isStaff } = ownOf(options);
  if (typeof isStaff !== "function") return options as unknown as HostOptions<Call>;
  return { ...options, isStaff: (request, { args }) => isStaff(request, ...args as unknown as Args) };
}
