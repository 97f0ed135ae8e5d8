import { type ClientIpOptions, compileClientIp } from "../../match/ip/client-ip.ts";
import { checkNames, invalidOption } from "../../util/errors.ts";
import { received } from "../../util/received.ts";
import type { RequestTracker } from "../../counting/in-flight.ts";
import { type Announcement, type Gate, type GateInternals, INTERNALS } from "../../gate/gate.ts";
import type { WaitUntil } from "../../gate/live.ts";
import { isPromise } from "../../util/promise.ts";
import { type Answer, isAnswer } from "../../answer/response.ts";
import type { Decision } from "../../types/decision.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { MaintenanceContext } from "../../types/context.ts";
import type { AddedFields } from "./fields.ts";

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

/** The gate in front of a host's requests. */
export interface Guard<HostInfo> {
  /**
   * Decides about one request: calls either function, in the same turn in which it was decided, and returns what that
   * returns. Only where something has to be awaited first, that is a promise.
   *
   * @param pass Lets the request through; it is told whether the state is in force, for `RequestTracker`, and what is to be added
   * to the header fields of the app's response.
   * @param answer Answers in the app's place.
   */
  <Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    pass: (isInForce: boolean, fields: AddedFields | undefined) => Passed,
    answer: (verdict: Answer | Response) => Answered,
  ): Passed | Answered | Promise<Awaited<Passed> | Awaited<Answered>>;
  /** Whether every request passes right now, with nothing to wait for and nobody who wants to hear of it. */
  isIdle(this: void): boolean;
  /** Where requests that are let in have to be noted, if anybody wants to know. */
  readonly tracker: RequestTracker | undefined;
  /** Tells the gate's `onError`. */
  report(this: void, error: unknown): void;
}

/** Finds the address of the far end of the socket. */
export type PeerFinder<HostInfo> = (request: Request, hostInfo: HostInfo) => string | undefined;

const TASK = "put the gate in front of the handler";

/**
 * Joins a gate and the options of a host.
 *
 * @param findPeer Finds the peer's address, or `undefined` on a host that knows no client address.
 * @param findWaitUntil Finds what keeps a promise going beyond its request, on a host where one would end with it.
 * @throws {TypeError} If the gate or an option is not valid.
 */
export function createGuard<HostInfo>(
  maintenance: Maintenance,
  options: HostOptions<HostInfo>,
  findPeer: PeerFinder<HostInfo> | undefined,
  findWaitUntil?: (hostInfo: HostInfo) => WaitUntil | undefined,
): Guard<HostInfo> {
  const internals = internalsOf(maintenance);
  const { isActive, decide, respond, passOff, announcement, admitCookie, allowStaff, live } = internals;
  const readContext = compileContext(options, findPeer);
  const isStaff = allowStaff ? options.isStaff : undefined;
  if (isStaff !== undefined) live?.noteAdmission("staff");
  const tracker = live?.tracker;

  type Pass<Passed> = (isInForce: boolean, fields: AddedFields | undefined) => Passed;
  type Reply<Answered> = (verdict: Answer | Response) => Answered;

  function judge<Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): ReturnType<typeof guard<Passed, Answered>> {
    if (!isActive()) {
      passOff?.(request, readContext(request, hostInfo));
      return pass(false, announcement && announce(announcement, request));
    }
    const ctx = readContext(request, hostInfo);
    const made = decide(request, ctx);
    if (made.outcome === "pass" || isStaff === undefined) return conclude(request, ctx, made, pass, answer);

    const staff = askStaff(isStaff, request, hostInfo, (error) => internals.report(error, "isStaff"));
    if (staff === false) return conclude(request, ctx, made, pass, answer);
    const asStaff: MaintenanceContext = { ...ctx, isStaff: true };
    if (staff === true) return conclude(request, asStaff, decide(request, asStaff), pass, answer);
    return staff.then((staff) => judgeAgain(request, staff ? asStaff : ctx, pass, answer)) as Promise<
      Awaited<Passed> | Awaited<Answered>
    >;
  }

  /** Decides from scratch: while the answer of `isStaff` was awaited, maintenance may have ended, or become another. */
  function judgeAgain<Passed, Answered>(
    request: Request,
    ctx: MaintenanceContext,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): Passed | Answered {
    if (isActive()) return conclude(request, ctx, decide(request, ctx), pass, answer);
    passOff?.(request, ctx);
    return pass(false, announcement && announce(announcement, request));
  }

  function conclude<Passed, Answered>(
    request: Request,
    ctx: MaintenanceContext,
    made: Decision,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): Passed | Answered {
    const verdict = respond(request, ctx, made);
    if (verdict !== undefined) return answer(verdict);
    // The gate may be active by its own option, which several gates over one state need not share.
    const isInForce = tracker !== undefined && live!.snapshot.isInForce?.(Date.now()) === true;
    return pass(isInForce, fieldsFor(request, ctx, made));
  }

  /** What is added to the header fields of the app's response to a request that passes during maintenance. */
  function fieldsFor(request: Request, ctx: MaintenanceContext, made: Decision): AddedFields | undefined {
    const announced = announcement && announce(announcement, request);
    const cookie = made.because === "admitted" ? admitCookie(request, ctx) : undefined;
    return cookie === undefined ? announced : [["set-cookie", cookie], ...announced ?? []];
  }

  /** The header field that announces maintenance, if there is anything to announce. */
  function announce({ header, fieldValue }: Announcement, request: Request): AddedFields | undefined {
    try {
      const value = fieldValue(request);
      return value === undefined ? undefined : [[header, value]];
    } catch (error) {
      internals.report(error);
      return undefined;
    }
  }

  function guard<Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): Passed | Answered | Promise<Awaited<Passed> | Awaited<Answered>> {
    const waiting = live?.refresh?.(findWaitUntil?.(hostInfo));
    if (waiting === undefined) return judge(request, hostInfo, pass, answer);
    return waiting.then(() => judge(request, hostInfo, pass, answer)) as Promise<Awaited<Passed> | Awaited<Answered>>;
  }

  return Object.assign(guard, {
    isIdle: () =>
      passOff === undefined && (announcement === undefined || !announcement.isDue()) &&
      live?.refresh?.(undefined) === undefined && !isActive(),
    tracker,
    report: internals.report,
  });
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

/** The answer of a guard as a Response. */
export function toResponse(verdict: Answer | Response): Response {
  return isAnswer(verdict) ? verdict.toResponse() : verdict;
}
