import { type ClientIpOptions, compileClientIp } from "../core/client-ip.ts";
import { checkNames, invalidOption, received, type Task } from "../core/errors.ts";
import { type Gate, type GateInternals, INTERNALS } from "../core/handler.ts";
import { isPromise } from "../core/promise.ts";
import { type Answer, isAnswer } from "../core/response.ts";
import type { Maintenance, MaintenanceContext } from "../core/types.ts";

/** Options of `withMaintenance` and `contextFrom` that every host has. */
export interface StaffOptions<HostInfo> {
  /**
   * Tells whether a request was made by staff, from a session cookie or a token, say.
   *
   * `withMaintenance` asks only when the answer depends on it: never while maintenance is off, nor about a request that
   * passes for another reason. Only `true` counts. If it throws or rejects, the visitor is not staff, and the gate's
   * `onError` is told. `contextFrom` knows no gate: it asks each time, and tells the console.
   */
  isStaff?: (request: Request, hostInfo: HostInfo) => boolean | Promise<boolean>;
}

/** Options of `withMaintenance` and `contextFrom` on hosts that know the client's address. */
export interface HostOptions<HostInfo> extends StaffOptions<HostInfo>, ClientIpOptions {}

/** What a guard says about a request: nothing to let it through, or the answer. */
export type Verdict = Answer | Response | undefined;

/** The gate in front of a host's requests. */
export interface Guard<HostInfo> {
  /** Decides about one request. */
  (request: Request, hostInfo: HostInfo): Verdict | Promise<Verdict>;
  /** Whether every request passes right now and nobody wants to hear of it. */
  isIdle(): boolean;
  /** Tells the gate's `onError`. */
  report(this: void, error: unknown): void;
}

/** Finds the address of the far end of the socket. */
export type PeerFinder<HostInfo> = (request: Request, hostInfo: HostInfo) => string | undefined;

const TASK: Task = "put the gate in front of the handler";

/**
 * Joins a gate and the options of a host.
 *
 * @param findPeer Finds the peer's address, or `undefined` on a host that knows no client address.
 * @throws {TypeError} If the gate or an option is not valid.
 */
export function createGuard<HostInfo>(
  maintenance: Maintenance,
  options: HostOptions<HostInfo>,
  findPeer: PeerFinder<HostInfo> | undefined,
): Guard<HostInfo> {
  const internals = internalsOf(maintenance);
  const { isActive, decide, respond, passOff, allowStaff } = internals;
  const readContext = compileContext(options, findPeer);
  const { isStaff } = options;

  const guard = (request: Request, hostInfo: HostInfo): Verdict | Promise<Verdict> => {
    if (!isActive()) return passOff?.(request, readContext(request, hostInfo)) as undefined;
    const ctx = readContext(request, hostInfo);
    const made = decide(request, ctx);
    if (made.outcome === "pass" || isStaff === undefined || !allowStaff) return respond(request, ctx, made);

    const finish = (staff: boolean): Verdict => {
      if (!staff) return respond(request, ctx, made);
      const asStaff: MaintenanceContext = { ...ctx, isStaff: true };
      return respond(request, asStaff, decide(request, asStaff));
    };
    const staff = askStaff(isStaff, request, hostInfo, (error) => internals.report(error, "isStaff"));
    if (typeof staff === "boolean") return finish(staff);
    // Maintenance may have ended while the answer was awaited.
    return staff.then((staff) => isActive() ? finish(staff) : passOff?.(request, ctx) as undefined);
  };
  return Object.assign(guard, { isIdle: () => passOff === undefined && !isActive(), report: internals.report });
}

// Options are compiled once for each object that holds them and each host.
const contextReaders = new WeakMap<object, Map<unknown, ContextReader<never>>>();
const noOptions = {};

/**
 * The context of a request, for composing by hand.
 *
 * @throws {TypeError} If an option is not valid.
 */
export function readContextOnce<HostInfo>(
  request: Request,
  hostInfo: HostInfo,
  given: HostOptions<HostInfo> | undefined,
  findPeer: PeerFinder<HostInfo> | undefined,
): MaintenanceContext | Promise<MaintenanceContext> {
  const options: HostOptions<HostInfo> = given ?? noOptions;
  let readers = contextReaders.get(options);
  if (readers === undefined) contextReaders.set(options, readers = new Map());
  let readContext = readers.get(findPeer) as ContextReader<HostInfo> | undefined;
  if (readContext === undefined) {
    readContext = compileContext(options, findPeer);
    readers.set(findPeer, readContext);
  }
  const ctx = readContext(request, hostInfo);
  if (options.isStaff === undefined) return ctx;
  const staff = askStaff(options.isStaff, request, hostInfo, (error) => console.error("maintenancemode:", error));
  return Promise.resolve(staff).then((isStaff) => ({ ...ctx, isStaff }));
}

type ContextReader<HostInfo> = (request: Request, hostInfo: HostInfo) => MaintenanceContext;

function compileContext<HostInfo>(
  options: HostOptions<HostInfo>,
  findPeer: PeerFinder<HostInfo> | undefined,
): ContextReader<HostInfo> {
  checkNames(TASK, options, findPeer ? ["isStaff", "trustProxy", "forwardedHeader"] : ["isStaff"]);
  if (options.isStaff !== undefined && typeof options.isStaff !== "function") {
    throw invalidOption(TASK, "isStaff", "a function", options.isStaff);
  }
  if (findPeer === undefined) return () => ({});
  const readClientIp = compileClientIp(options);
  return (request, hostInfo) => ({ clientIp: readClientIp(request.headers, findPeer(request, hostInfo)) });
}

function askStaff<HostInfo>(
  isStaff: (request: Request, hostInfo: HostInfo) => boolean | Promise<boolean>,
  request: Request,
  hostInfo: HostInfo,
  report: (error: unknown) => void,
): boolean | Promise<boolean> {
  const settle = (answer: unknown): boolean => {
    if (typeof answer !== "boolean") {
      report(new TypeError(`"isStaff" must return true or false, or a promise of it, received ${received(answer)}`));
    }
    return answer === true;
  };
  const fail = (error: unknown): boolean => {
    report(error);
    return false;
  };
  try {
    const answer: unknown = isStaff(request, hostInfo);
    return isPromise(answer) ? Promise.resolve(answer).then(settle).catch(fail) : settle(answer);
  } catch (error) {
    return fail(error);
  }
}

function internalsOf(maintenance: Maintenance): GateInternals {
  const internals = (maintenance as Partial<Gate> | null | undefined)?.[INTERNALS];
  if (internals === undefined) {
    throw invalidOption(TASK, "maintenance", "a gate that maintenanceMode() returned", maintenance);
  }
  return internals;
}

/** A handler of a host, or an object that has one as its method `fetch`, as routers do. */
export type HandlerOrRouter<Handler> = Handler | { fetch: Handler };

/**
 * The handler as a function.
 *
 * @throws {TypeError} If it is neither a function nor an object with a method `fetch`.
 */
export function toHandler<Args extends unknown[], Result>(
  handler: HandlerOrRouter<(...args: Args) => Result>,
): (...args: Args) => Result {
  if (typeof handler === "function") return handler;
  if (typeof handler?.fetch === "function") return (...args) => handler.fetch(...args);
  throw invalidOption(TASK, "handler", 'a function or an object with a method "fetch"', handler);
}

/** What a handler with the gate in front returns. */
export type Guarded<Result> = Result | Response | Promise<Response | Awaited<Result>>;

/**
 * Asks the guard, and the app if the guard lets the request through. Without `isStaff` nothing is awaited, and what the
 * app returns or throws passes untouched.
 */
export function guarded<HostInfo, Result>(
  verdict: ReturnType<Guard<HostInfo>>,
  pass: () => Result,
): Guarded<Result> {
  if (verdict === undefined) return pass();
  if (verdict instanceof Promise) {
    return verdict.then((settled) => settled === undefined ? pass() as Awaited<Result> : toResponse(settled));
  }
  return toResponse(verdict);
}

function toResponse(verdict: Answer | Response): Response {
  return isAnswer(verdict) ? verdict.toResponse() : verdict;
}
