import type { InForce } from "../../counting/in-flight.ts";
import type { WaitUntil } from "../../gate/live.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import { ownOf } from "../../util/own.ts";
import { isPromise } from "../../util/promise.ts";
import { createClosable } from "../common/closable.ts";
import { socketOf } from "../common/deno-socket.ts";
import { addFields } from "../common/fields.ts";
import { createGuard } from "../common/guard.ts";
import { type GuardedResult, toResponse } from "../common/handler.ts";
import { createProxyHint } from "../common/proxy-hint.ts";
import { keepPeer } from "../deno/info.ts";
import { noteSentTarget } from "../node/sent-target.ts";
import { type FetchOptions, OWN_OPTIONS, peerFinder, withArgs } from "../fetch/options.ts";
import { findPeer, findRuntime, isCloudflare, type Runtime } from "./find.ts";
import { createFollow } from "./follow.ts";

/** How a framework that runs anywhere tells what it knows about a request, each time by its own context. */
export interface FrameworkTraits<Host, Args extends readonly unknown[]> {
  /** What the server has passed on beside the request, in whatever runtime. */
  passedOf(this: void, host: Host): unknown;
  /** Finds the function that keeps a promise going beyond the request, if there is one. */
  waitUntilOf?(this: void, host: Host): WaitUntil | undefined;
  /** The arguments of the options' functions behind the request. */
  argsOf(this: void, host: Host): Args;
}

/** The gate in front of the requests of a framework that runs anywhere. */
export interface RuntimeGuard<Host> {
  /** Answers, or lets a request through and counts it. */
  <Result>(request: Request, host: Host, letIn: () => Result): GuardedResult<Result>;
  /** Whether every request passes right now, unchanged and with nothing to await: {@link RuntimeGuard.pass} will do then. */
  isIdle(this: void): boolean;
  /** Lets a request through and counts it. */
  pass<Result>(this: void, request: Request, host: Host, letIn: () => Result): Result;
}

/** What the guard knows about one request. */
interface Call<Host> {
  readonly host: Host;
  readonly runtime: Runtime;
}

/**
 * Makes the function that adapters are made of whose frameworks run in Node, Deno, Bun, Workers and elsewhere. It finds out for
 * each request where it is, so that one build of an app runs anywhere.
 *
 * @param options With `peerIp`, the address is what that returns. Otherwise it is found in what the server has passed on.
 * @throws {OptionError} If an argument is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createRuntimeGuard<Host, Args extends readonly unknown[]>(
  maintenance: Maintenance,
  options: FetchOptions<Args>,
  { passedOf, waitUntilOf, argsOf }: FrameworkTraits<Host, Args>,
): RuntimeGuard<Host> {
  const inCloudflare = isCloudflare();
  const hasPeerIp = ownOf(options).peerIp !== undefined;
  const peerOf = peerFinder(options, (error) => guard.report(error, "peerIp"));
  const ownOptions = withArgs<Call<Host>, Args>(options, ({ host }) => argsOf(host));
  const guard = createGuard<Call<Host>>(
    maintenance,
    ownOptions,
    (request, { host, runtime }) => {
      if (hasPeerIp) return peerOf(request, argsOf(host));
      if (inCloudflare) return request.headers.get("cf-connecting-ip") ?? undefined;
      return peerOf(request, NOTHING, () => findPeer(request, runtime, passedOf(host)));
    },
    ({ host }) => waitUntilOf?.(host),
    {
      ownOptions: OWN_OPTIONS,
      // Cloudflare stops everything with its request, and never tells when a response was sent. It is a proxy itself.
      ...inCloudflare ? { counts: "by-hand" } : { counts: "requests", createHint: createProxyHint },
    },
  );
  const closable = createClosable(guard, ownOptions, {
    socketOf,
    keep(request, call) {
      const { info } = call.runtime.deno ?? {};
      if (info !== undefined) keepPeer(request, info);
      return call;
    },
  });
  const follow = guard.tracker && !inCloudflare ? createFollow(guard.tracker) : undefined;
  const registration = register(maintenance);
  const runtimeOf = (request: Request, host: Host) => inCloudflare ? NOWHERE : findRuntime(request, passedOf(host));

  /** Counts a request, unless another guard of the same gate has done so. */
  function enter<Result>(request: Request, runtime: Runtime, inForce: InForce, letIn: () => Result): Result {
    const next = registration.guards === 1 ? letIn : () => noteWhile(registration, exchangeOf(request, runtime), letIn);
    return follow === undefined ? next() : follow(request, runtime, inForce, next);
  }

  function isLetIn(request: Request, runtime: Runtime): boolean {
    return registration.guards > 1 && registration.letIn.has(exchangeOf(request, runtime));
  }

  function pass<Result>(request: Request, host: Host, letIn: () => Result): Result {
    if (follow === undefined) return letIn();
    const runtime = runtimeOf(request, host);
    return isLetIn(request, runtime) ? letIn() : enter(request, runtime, undefined, letIn);
  }

  function ask<Result>(request: Request, host: Host, letIn: () => Result): GuardedResult<Result> {
    const runtime = runtimeOf(request, host);
    if (isLetIn(request, runtime)) return letIn();
    if (runtime.node !== undefined && !guard.isIdle()) noteSentTarget(request, runtime.node.req);
    const call = { host, runtime };
    return guard(request, call, (inForce, fields): Result => {
      const answer = () => addFields(letIn(), fields, request);
      const next = closable === undefined ? answer : () => closable(request, call, answer);
      return enter(request, runtime, inForce, next);
    }, toResponse);
  }

  // In Workers, the store is read with the "waitUntil" of a request. And a stream that can be closed is another one.
  const isIdle = inCloudflare || closable !== undefined ? () => false : guard.isIdle;
  return Object.assign(ask, { isIdle, pass });
}

const NOWHERE: Runtime = {};

/** Instead of arguments that are not asked for. */
const NOTHING = [] as readonly unknown[] as never;

/** What stands for a request, whatever middleware makes of the `Request`. */
function exchangeOf(request: Request, { node, deno }: Runtime): object {
  return node?.req ?? deno?.info ?? request;
}

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
