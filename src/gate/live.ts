import type { Flights } from "../counting/in-flight.ts";
import type { IpTest } from "../match/ip/ip-ranges.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import type { UrlTest } from "../match/url/url-patterns.ts";

/** Why a bypass that a request carries does not let it in. */
export type BypassFault = "expired" | "other" | "malformed";

/**
 * Lets in who knows a secret. `state` is the state that is in force, if any is, and `now` the clock in milliseconds since
 * 1970.
 */
export interface Bypass {
  /** Whether a request carries the secret in a header field, or a cookie that a link has set. */
  lets(request: Request, now: number, state: Snapshot | undefined): boolean;
  /**
   * Where a link leads that carries the secret, and the cookie that it sets; `undefined` if the request is none.
   *
   * @param domain The `Domain` of the cookie, if it is for more than one host.
   */
  open(
    request: Request,
    now: number,
    state: Snapshot | undefined,
    domain: string | undefined,
  ): { location: string; cookie: string } | undefined;
  /** Why what a request carries does not let it in; `undefined` if it does, or if it carries nothing. */
  faultOf(request: Request, now: number, state: Snapshot | undefined): BypassFault | undefined;
}

/** A state with all that the gate has to know of it prepared. */
export interface Snapshot {
  /** The state. */
  readonly state: MaintenanceState;
  /** Whether it holds at an instant, in milliseconds since 1970; `undefined` for a state that never does, `off`. */
  readonly isInForce: ((now: number) => boolean) | undefined;
  /**
   * When it begins next, in milliseconds since 1970; `undefined` while it is in force, and if it will not begin any more.
   */
  startsAt(now: number): number | undefined;
  /** When it ends, in milliseconds since 1970, asked of an instant when it is in force; `undefined` if nobody knows. */
  endsAt(now: number): number | undefined;
  /** The test of `urls`, if there are any. */
  readonly isMeant: UrlTest | undefined;
  /** The test of `ignoreUrls`, if there are any. */
  readonly isIgnored: UrlTest | undefined;
  /** The test of `internalIps`, if there are any. */
  readonly isInternal: IpTest | undefined;
  /** What `bypass` lets in, if there is any. */
  readonly bypass: Bypass | undefined;
}

/** Keeps something going until a promise has settled, as `ctx.waitUntil` of Workers does. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** What the gate and the host helpers use of a live state beside its public face. */
export interface LiveInternals {
  /** The state in force, replaced as a whole: a plain property, which costs the gate nothing to read. */
  readonly snapshot: Snapshot;
  /**
   * What a request has to wait for before the gate is asked, if anything: the first reading of the store, a reading that is
   * due where the store is read while requests are handled, or the one after the process was stopped for long.
   *
   * `undefined` if no request will have to wait any more.
   */
  readonly refresh: ((waitUntil: WaitUntil | undefined) => Promise<void> | undefined) | undefined;
  /** The requests that were let in and are not finished, if anybody wants to know. */
  readonly flights: Flights | undefined;
  /** Notes who passes during maintenance by the options of a gate or a host helper, for operators to read. */
  noteAdmission(reason: "staff" | "internal-ip" | "ignored-url" | "bypass" | "allowed"): void;
}

/** Where a live state keeps its {@link LiveInternals}; the same for every copy of this package in a process. */
export const LIVE: unique symbol = Symbol.for("maintenancemode.live-state") as never;
