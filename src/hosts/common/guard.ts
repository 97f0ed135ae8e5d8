import type { Answer } from "../../answer/response.ts";
import type { InForce, RequestTracker } from "../../counting/in-flight.ts";
import { type Announcement, internalsOf } from "../../gate/internals.ts";
import type { WaitUntil } from "../../gate/live.ts";
import type { Maintenance } from "../../gate/maintenance.ts";
import type { AddedFields } from "../../gate/pass-fields.ts";
import type { MaintenanceContext } from "../../types/context.ts";
import type { Decision } from "../../types/decision.ts";
import { ownOf } from "../../util/own.ts";
import { type AsksStaff, askStaff, compileContext, type HostOptions, type PeerFinder, TASK } from "./context.ts";
import type { createProxyHint } from "./proxy-hint.ts";

/** The gate in front of a host's requests. */
export interface Guard<HostInfo> {
  /**
   * Decides about one request, calls one of the two functions in the same turn, and returns its result. If something has
   * to be awaited before the decision, it returns a promise of that result.
   *
   * @param pass Lets the request through. It gets what is in force, for `RequestTracker`, and the header
   * fields to add to the app's response.
   * @param answer Answers in the app's place.
   */
  <Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    pass: (inForce: InForce, fields: AddedFields | undefined) => Passed,
    answer: (verdict: Answer | Response) => Answered,
  ): Passed | Answered | Promise<Awaited<Passed> | Awaited<Answered>>;
  /** Whether every request passes right now, with nothing to await, to announce or to report to `onDecision`. */
  isIdle(this: void): boolean;
  /** What the gate's decisions rest on: another value after each change, `undefined` while every request passes. */
  standing(this: void): unknown;
  /** Whether the gate would answer a request that it has let in before. It does not call `onDecision`. */
  wouldAnswer(this: void, request: Request, hostInfo: HostInfo): boolean | Promise<boolean>;
  /** Counts the requests that are let in; `undefined` if the gate has no live state. */
  readonly tracker: RequestTracker | undefined;
  /** Whether functions of the gate's options get the request: they must get a real `Request`. */
  readonly handsOutRequests: boolean;
  /** Reports an error to the gate's `onError`, with the option whose function has failed, if one has. */
  report(this: void, error: unknown, option?: string): void;
}

/** In what a host differs from others. */
interface GuardTraits {
  /** The names of options that the host itself reads. */
  readonly ownOptions?: readonly string[];
  /**
   * What it counts. One that sees no requests but streams says nothing of the process.
   *
   * @default "requests", or "by-hand" on a host that stops everything with its request: it never tells when a response was sent
   */
  readonly counts?: "requests" | "by-hand" | "streams";
  /** Makes the hint at a proxy, on a host where one may stand before the site unnoticed. */
  readonly createHint?: typeof createProxyHint;
}

/**
 * Joins a gate and the options of a host.
 *
 * @param findPeer Finds the peer's address; `undefined` on a host that knows no client address.
 * @param findWaitUntil Finds the function that keeps a promise going beyond its request, on a host that would stop it there.
 * @param traits In what the host differs from others.
 * @throws {OptionError} If the gate or an option is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the gate.
 */
export function createGuard<HostInfo>(
  maintenance: Maintenance,
  options: HostOptions<HostInfo>,
  findPeer: PeerFinder<HostInfo> | undefined,
  findWaitUntil?: (hostInfo: HostInfo) => WaitUntil | undefined,
  { ownOptions = [], createHint, counts = findWaitUntil === undefined ? "requests" : "by-hand" }: GuardTraits = {},
): Guard<HostInfo> {
  const internals = internalsOf(maintenance, TASK);
  const { isActive, decide, respond, passOff, announcement, passFields, allowStaff, live } = internals;
  const readContext = compileContext(options, findPeer, ownOptions);
  const hint = createHint?.(internals, options);
  // Service Workers alone find no peer, and their responses set no cookie.
  const respondToForm = findPeer && internals.respondToForm;
  const isStaff = allowStaff ? ownOf(options).isStaff : undefined;
  if (isStaff !== undefined) live?.noteAdmission("staff");
  const tracker = live?.tracker;
  if (counts !== "streams") live?.noteCounting(counts);

  type Pass<Passed> = (inForce: InForce, fields: AddedFields | undefined) => Passed;
  type Reply<Answered> = (verdict: Answer | Response) => Answered;

  function judge<Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): ReturnType<typeof guard<Passed, Answered>> {
    if (!isActive()) {
      passOff?.(request, readContext(request, hostInfo));
      return pass(undefined, announcement && announce(announcement, request));
    }
    const ctx = readContext(request, hostInfo);
    const made = decide(request, ctx);
    if (made.outcome === "pass" || isStaff === undefined) return conclude(request, hostInfo, ctx, made, pass, answer);

    const staff = ask(isStaff, request, hostInfo);
    if (staff === false) return conclude(request, hostInfo, ctx, made, pass, answer);
    const asStaff: MaintenanceContext = { ...ctx, isStaff: true };
    if (staff === true) return conclude(request, hostInfo, asStaff, decide(request, asStaff), pass, answer);
    return staff.then((staff) => judgeAgain(request, hostInfo, staff ? asStaff : ctx, pass, answer)) as Promise<
      Awaited<Passed> | Awaited<Answered>
    >;
  }

  function ask(isStaff: AsksStaff<HostInfo>, request: Request, hostInfo: HostInfo): boolean | Promise<boolean> {
    return askStaff(isStaff, request, hostInfo, (error) => internals.report(error, "isStaff"));
  }

  function wouldAnswer(request: Request, hostInfo: HostInfo): boolean | Promise<boolean> {
    if (!isActive()) return false;
    const ctx = readContext(request, hostInfo);
    // A request with the secret in its URL went to the app while the gate let everybody in.
    const isLetIn = ({ outcome, because }: Decision) => outcome === "pass" || because === "bypass-link";
    if (isLetIn(decide(request, ctx))) return false;
    if (isStaff === undefined) return true;
    const asked = (staff: boolean) => !staff || isActive() && !isLetIn(decide(request, { ...ctx, isStaff: true }));
    const staff = ask(isStaff, request, hostInfo);
    return typeof staff === "boolean" ? asked(staff) : staff.then(asked);
  }

  /** Decides anew: while `isStaff` was awaited, maintenance may have ended, or another one may have begun. */
  function judgeAgain<Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    ctx: MaintenanceContext,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): Passed | Answered | Promise<Awaited<Answered>> {
    if (isActive()) return conclude(request, hostInfo, ctx, decide(request, ctx), pass, answer);
    passOff?.(request, ctx);
    return pass(undefined, announcement && announce(announcement, request));
  }

  function conclude<Passed, Answered>(
    request: Request,
    hostInfo: HostInfo,
    ctx: MaintenanceContext,
    made: Decision,
    pass: Pass<Passed>,
    answer: Reply<Answered>,
  ): Passed | Answered | Promise<Awaited<Answered>> {
    const isInternal = made.because === "internal-ip";
    if (hint !== undefined && (isInternal || made.outcome === "answer")) hint(request, ctx, isInternal);
    // Whatever the form brings, the gate answers it: the app never misses the body.
    const awaited = made.outcome === "answer" ? respondToForm?.(request, hostInfo, ctx, made) : undefined;
    if (awaited !== undefined) return awaited.then(answer) as Promise<Awaited<Answered>>;
    const verdict = respond(request, ctx, made);
    if (verdict !== undefined) return answer(verdict);
    // The option "enabled" may have made the gate active, and another gate over the same state may not have it.
    const inForce = tracker === undefined ? undefined : live!.snapshot.inForce(Date.now());
    return pass(inForce, fieldsFor(request, ctx, made));
  }

  /** The header fields to add to the app's response to a request that passes during maintenance. */
  function fieldsFor(request: Request, ctx: MaintenanceContext, made: Decision): AddedFields | undefined {
    return join(passFields(request, ctx, made), announcement && announce(announcement, request));
  }

  /** The header field that announces maintenance, if some is planned. */
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
    const waiting = live?.refresh?.(findWaitUntil && (() => findWaitUntil(hostInfo)));
    if (waiting === undefined) return judge(request, hostInfo, pass, answer);
    const ctx = readContext(request, hostInfo);
    // A health check must not fail because the store does not answer.
    const made = internals.passesAlways(request, ctx);
    if (made !== undefined) {
      // The store may say that the site is closed to others, whom no cache must give this response then.
      const inDoubt: Pass<Passed> = (inForce, fields) => pass(inForce, join(passFields(request, ctx, made), fields));
      return judge(request, hostInfo, isActive() ? pass : inDoubt, answer);
    }
    return waiting.then(() => judge(request, hostInfo, pass, answer)) as Promise<Awaited<Passed> | Awaited<Answered>>;
  }

  return Object.assign(guard, {
    isIdle: () =>
      passOff === undefined && (announcement === undefined || !announcement.isDue()) &&
      live?.refresh?.(undefined) === undefined && !isActive(),
    standing: () => isActive() ? live?.snapshot.inForce(Date.now()) ?? true : undefined,
    wouldAnswer,
    tracker,
    handsOutRequests: internals.handsOutRequests,
    report: internals.report,
  });
}

function join(first: AddedFields | undefined, second: AddedFields | undefined): AddedFields | undefined {
  return first === undefined ? second : second === undefined ? first : [...first, ...second];
}
