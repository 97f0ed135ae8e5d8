import type { Languages } from "../answer/languages.ts";
import type { Answer } from "../answer/response.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { Decision } from "../types/decision.ts";
import type { LiveInternals } from "./live.ts";
import type { Maintenance } from "./maintenance.ts";

/**
 * What the host helpers use of a gate beside its public face, so that one request is decided about once.
 *
 * `decide` and `respond` are for requests that arrive while `isActive` says so.
 */
export interface GateInternals {
  /** {@link INTERNALS_VERSION} of the copy of this package that has made the gate. */
  readonly version: number;
  /** Whether maintenance is on, somewhere on the site at least; asked once for each request. */
  isActive(): boolean;
  /** Decides, without telling `onDecision`. */
  decide(request: Request, ctx: MaintenanceContext): Decision;
  /** Tells `onDecision` and answers; the built-in answers come as what a `Response` is made of. */
  respond(request: Request, ctx: MaintenanceContext, decision: Decision): Answer | Response | undefined;
  /** Tells `onDecision`, if there is one, of a request that passes because maintenance is off. */
  readonly passOff: ((request: Request, ctx: MaintenanceContext) => void) | undefined;
  /** Tells of the header field that announces maintenance for the response to a request; `undefined` if there is none. */
  readonly announcement: Announcement | undefined;
  /** The `Set-Cookie` for a visitor who was admitted by the address alone. */
  admitCookie(request: Request, ctx: MaintenanceContext): string | undefined;
  /** Whether a function of the options gets the request of a visitor: it must get a real `Request`. */
  readonly handsOutRequests: boolean;
  /** Whether being staff makes a difference. */
  readonly allowStaff: boolean;
  /** What follows the state in a store, if the gate has any. */
  readonly live: LiveInternals | undefined;
  /** The languages of the answers. */
  readonly languages: Languages;
  /** Tells `onError` of an error, in the function of which option if it was one. */
  report(error: unknown, option?: string): void;
}

/** The header field that announces maintenance. */
export interface Announcement {
  /** Its name. */
  readonly header: string;
  /** Whether there is anything to announce now, somewhere on the site at least. */
  isDue(): boolean;
  /** Its value for the response to a request, if there is anything to announce there. */
  fieldValue(request: Request): string | undefined;
}

/** Counts up when {@link GateInternals} change: helpers of one version refuse the gate of another. */
export const INTERNALS_VERSION = 1;

/** Where a gate keeps its {@link GateInternals}; the same for every copy of this package in a process. */
export const INTERNALS: unique symbol = Symbol.for("maintenancemode.internals") as never;

/** A gate with what the host helpers need. */
export interface Gate extends Maintenance {
  readonly [INTERNALS]: GateInternals;
}
