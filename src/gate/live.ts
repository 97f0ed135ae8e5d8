import type { Bypass } from "../bypass/bypass.ts";
import type { RequestTracker } from "../counting/in-flight.ts";
import type { IpTest } from "../match/ip/ip-ranges.ts";
import type { TimedState } from "../types/maintenance-state.ts";
import type { RequestTest } from "../match/url/methods.ts";

/** A state with everything prepared that the gate has to know of it. */
export interface Snapshot extends TimedState {
  /** Whether it holds at an instant, in milliseconds since 1970; `undefined` for a state that never does, `off`. */
  readonly isInForce: ((now: number) => boolean) | undefined;
  /**
   * When it begins next, in milliseconds since 1970; `undefined` while it is in force, and if it will never begin again.
   */
  startsAt(now: number): number | undefined;
  /** The test of the requests that it closes, if it is about a part of the site: of `hosts` and `urls`. */
  readonly appliesTo: RequestTest | undefined;
  /** The test of `hosts` for a URL, if there are any. */
  readonly isHost: ((url: string) => boolean) | undefined;
  /** The test of `ignoreUrls`, if there are any. */
  readonly isIgnored: RequestTest | undefined;
  /** The test of `reads`, if there are any. */
  readonly isRead: RequestTest | undefined;
  /** The test of `writes`, if there are any. */
  readonly isWrite: RequestTest | undefined;
  /** The test of `internalIps`, if there are any. */
  readonly isInternal: IpTest | undefined;
  /** What `bypass` lets in, if there is any. */
  readonly bypass: Bypass | undefined;
}

/** Keeps something going until a promise has settled, as `ctx.waitUntil` of Workers does. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** What the gate and the host helpers use of a live state beside its public face. */
export interface LiveInternals {
  /** The `INTERNALS_VERSION` of the copy of this package that has made the live state. */
  readonly version: number;
  /** The state in force, replaced as a whole: a plain property, which costs the gate nothing to read. */
  readonly snapshot: Snapshot;
  /**
   * Gives what a request has to wait for before its host asks the gate, if anything: the first reading of the store, a reading
   * that is due where the store is read while requests are handled, or the one after the process was stopped for long.
   *
   * `undefined` if no further request will have to wait. It calls the function that finds a {@link WaitUntil} only if it
   * needs one: some frameworks throw an error where there is none, which takes longer than all the rest.
   */
  readonly refresh:
    | ((findWaitUntil: (() => WaitUntil | undefined) | undefined) => Promise<void> | undefined)
    | undefined;
  /** Where a host notes requests that it lets in, if anybody counts them. */
  readonly tracker: RequestTracker | undefined;
  /**
   * Notes a reason for which the options of a gate or a host helper let requests pass, for operators to read:
   * `"safe-method"` if they say what counts as reading or as writing.
   */
  noteAdmission(reason: "staff" | "internal-ip" | "ignored-url" | "bypass" | "allowed" | "safe-method"): void;
  /** Notes a host helper that counts requests, or a gate called by hand that has let a request through, which nobody counts. */
  noteCounting(what: "requests" | "by-hand"): void;
}

/** Where a live state keeps its {@link LiveInternals}; the same for every copy of this package in a process. */
export const LIVE: unique symbol = Symbol.for("maintenancemode.live-state") as never;
