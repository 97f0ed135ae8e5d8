import type { Bypass } from "../bypass/bypass.ts";
import type { RequestTracker } from "../counting/in-flight.ts";
import type { IpTest } from "../match/ip/ip-ranges.ts";
import type { LiveState } from "../types/live-state.ts";
import type { MaintenanceState, TimedState } from "../types/maintenance-state.ts";
import type { HostName } from "../match/url/hosts.ts";
import type { RequestTest } from "../match/url/methods.ts";
import type { MaintenanceStore } from "../types/store.ts";

/** One maintenance of a state with everything prepared that the gate has to know of it. */
export interface Snapshot extends TimedState {
  /** The name of its window; `undefined` for the maintenance at the top level of the state. */
  readonly name: string | undefined;
  /** Whether it holds at an instant, in milliseconds since 1970; `undefined` for one that never does, `off`. */
  readonly isInForce: ((now: number) => boolean) | undefined;
  /**
   * When it begins next, in milliseconds since 1970; `undefined` while it is in force, and if it will never begin again.
   */
  startsAt(now: number): number | undefined;
  /** The next instant at which it may take force or lose it, in milliseconds since 1970; `Infinity` if there is none. */
  changesAt(now: number): number;
  /** The test of the requests that it closes, if it is about a part of the site: of `hosts` and `urls`. */
  readonly appliesTo: RequestTest | undefined;
  /** The hosts that it closes, if there are any. */
  readonly hosts: readonly HostName[] | undefined;
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

/** Some maintenances of a state, in an order. */
export interface SnapshotGroup {
  readonly list: readonly Snapshot[];
  /** Those that may close a URL by its host, in the same order; in doubt all. */
  near(url: string): readonly Snapshot[];
}

/** A state with all of its maintenances prepared. */
export interface StateSnapshot {
  readonly state: MaintenanceState;
  /** The maintenance at the top level, and then those of `windows`. */
  readonly all: readonly Snapshot[];
  /** The maintenance of a window, or without a name the one at the top level. */
  find(name: string | undefined): Snapshot | undefined;
  /** Whether one is in force at an instant, in milliseconds since 1970; `undefined` if none ever will. */
  readonly isInForce: ((now: number) => boolean) | undefined;
  /**
   * Those that are in force at an instant, in milliseconds since 1970: the strictest first, among equals the one that ends last.
   * The same object as long as the same ones are, `undefined` if none is.
   */
  inForce(now: number): SnapshotGroup | undefined;
  /** Makes a group of some of them. */
  group(list: readonly Snapshot[]): SnapshotGroup;
}

/** Keeps something going until a promise has settled, as `ctx.waitUntil` of Workers does. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** What the gate and the host helpers use of a live state beside its public face. */
export interface LiveInternals {
  /** The `INTERNALS_VERSION` of the copy of this package that has made the live state. */
  readonly version: number;
  /** The store that it follows. */
  readonly store: MaintenanceStore;
  /** The last known state, replaced as a whole: a plain property, which costs the gate nothing to read. */
  readonly snapshot: StateSnapshot;
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
  /** The live state itself. */
  readonly state: LiveState;
  /** When the store was last read without an error, by `performance.now()`; until then, when the live state was made. */
  readonly lastRead: number;
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
