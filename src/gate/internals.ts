import type { Languages } from "../answer/languages.ts";
import type { Answer } from "../answer/response.ts";
import type { MaintenanceContext } from "../types/context.ts";
import { invalidOption } from "../util/errors.ts";
import { checkInternals } from "../util/internals-version.ts";
import type { Decision, PassDecision } from "../types/decision.ts";
import type { FormResponder } from "./bypass-form.ts";
import type { LiveInternals } from "./live.ts";
import type { Maintenance } from "./maintenance.ts";
import type { PassFields } from "./pass-fields.ts";

/**
 * What the host helpers use of a gate beside its public face, so that one request is decided about once.
 *
 * `decide` and `respond` are for requests that arrive while `isActive` says so.
 */
export interface GateInternals {
  /** The `INTERNALS_VERSION` of the copy of this package that has made the gate. */
  readonly version: number;
  /** Whether maintenance is on, somewhere on the site at least. Ask once for each request. */
  isActive(): boolean;
  /** Decides, without telling `onDecision`. */
  decide(request: Request, ctx: MaintenanceContext): Decision;
  /** Why a request passes whatever the state says, so that it need not wait for the store; `undefined` if it may not pass. */
  passesAlways(request: Request, ctx: MaintenanceContext): PassDecision | undefined;
  /** Tells `onDecision` and answers. A built-in answer comes as what a `Response` is made of. */
  respond(request: Request, ctx: MaintenanceContext, decision: Decision): Answer | Response | undefined;
  /**
   * The same for a request that may bring the secret of a bypass in a form; `undefined` if the page asks for none. It reads the
   * body, but returns `undefined` without doing anything for a request that brings no such form.
   *
   * @param hostInfo What the host knows about the request: `{ req }` in a Node server.
   */
  readonly respondToForm: FormResponder | undefined;
  /** Tells `onDecision`, if there is one, of a request that passes because maintenance is off. */
  readonly passOff: ((request: Request, ctx: MaintenanceContext) => void) | undefined;
  /** The header field that announces maintenance on the app's responses; `undefined` if the gate adds none. */
  readonly announcement: Announcement | undefined;
  /** The header fields for the app's response to a request that passes, beside the one that announces maintenance. */
  readonly passFields: PassFields;
  /** Whether a function of the options gets the visitor's request: then it has to be a real `Request`. */
  readonly handsOutRequests: boolean;
  /** Whether `enabled` closed the site when {@link isActive} asked last. */
  isEnabled(): boolean;
  /**
   * Has each decision that the gate carries out told to an observer, which must not throw. Decisions while maintenance is off are
   * not told.
   *
   * @returns A function that removes the observer.
   */
  observe(observer: DecisionObserver): () => void;
  /** Whether `internalIps` lets an address in, of the options or of a maintenance in force; `undefined` if none has any. */
  isInternal(clientIp: string): boolean | undefined;
  /** Whether the gate lets staff through. */
  readonly allowStaff: boolean;
  /** What follows the state in a store, if the gate has one. */
  readonly live: LiveInternals | undefined;
  /** The languages of the answers. */
  readonly languages: Languages;
  /** Reports an error to `onError`, with the option whose function has failed, if one has. */
  report(error: unknown, option?: string): void;
}

/** Gets the decisions that a gate carries out. */
export type DecisionObserver = (made: Decision) => void;

/** The header field that announces maintenance. */
export interface Announcement {
  /** Its name. */
  readonly header: string;
  /** Whether the gate announces maintenance now, somewhere on the site at least. */
  isDue(): boolean;
  /** Its value on the response to a request; `undefined` if the gate announces nothing there. */
  fieldValue(request: Request): string | undefined;
}

/** Where a gate keeps its {@link GateInternals}; the same for every copy of this package in a process. */
export const INTERNALS: unique symbol = Symbol.for("maintenancemode.internals") as never;

/** A gate with what the host helpers need. */
export interface Gate extends Maintenance {
  readonly [INTERNALS]: GateInternals;
}

/**
 * The internals of a gate, which another copy of this package may have made: an `import` and a `require()` have their own.
 *
 * @param task The task that fails otherwise, for the message.
 * @throws {OptionError} If it is not a gate.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made it.
 */
export function internalsOf(maintenance: Maintenance, task: string): GateInternals {
  const internals = (maintenance as Partial<Gate> | null | undefined)?.[INTERNALS];
  if (internals === undefined) {
    throw invalidOption(task, "maintenance", "a gate that maintenanceMode() returned", maintenance);
  }
  checkInternals(internals, task, "the gate");
  return internals;
}
