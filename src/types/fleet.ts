import type { MaintenanceMode } from "./maintenance-state.ts";

/** Options of {@link LiveState.during} and `waitForFleet`. */
export interface WaitOptions {
  /**
   * How long to wait at most, in milliseconds.
   *
   * @default {60000}
   */
  timeoutMs?: number;
  /**
   * Whether to wait for event streams and upgraded connections as well. They may never end.
   *
   * @default {false}
   */
  streams?: boolean;
  /** Stops waiting. */
  signal?: AbortSignal;
  /**
   * Whether to go on although processes do not count what they have at work: you know that they have finished.
   *
   * @default {false}
   */
  allowUncounted?: boolean;
  /**
   * Whether to go on without processes that were there and went silent: you know that they are dead.
   *
   * @default {false}
   */
  allowLost?: boolean;
  /**
   * How many processes the fleet has at least: an integer above 0. While fewer are ready, the wait goes on. It finds processes
   * that cannot write their records, of which nobody would know otherwise.
   *
   * @default any number
   */
  expect?: number;
}

/**
 * What a process counts: `"requests"` that its gate lets in, `"work"` that `state.track()` gets, or `"nothing"`, since it has
 * nothing at work and only watches. `"unknown"` means that something may be at work that it does not count.
 */
export type Counted = "requests" | "work" | "nothing" | "unknown";

/** A request that a process let in and has not finished, or work that it tracks. */
export interface InFlightRequest {
  /** Its method; `"work"` for work. */
  readonly method: string;
  /** The path of its URL, without the query; the name of work. */
  readonly path: string;
  /** How long it has been going on, in seconds. */
  readonly seconds: number;
  /** A request whose response has not been sent yet, an event stream, an upgraded connection, or work of `state.track()`. */
  readonly kind: "request" | "event-stream" | "upgrade" | "work";
}

/** The record of a process that follows a store. */
export interface Instance {
  /** A random id, new for each start. */
  readonly id: string;
  /** The name of its host. */
  readonly host: string;
  /** Its process id. */
  readonly pid: number;
  /** The runtime and its version, such as `"node 24.21.0"`. */
  readonly runtime: string;
  /** When it started to follow the store, by its clock: milliseconds since 1970. */
  readonly startedAt: number;
  /** For how long it has reached the store without a failure, in milliseconds. */
  readonly connectedMs?: number;
  /** The time on its clock when it wrote the record: milliseconds since 1970. */
  readonly clock: number;
  /** The revision of the state that it has; `undefined` before the first reading. */
  readonly revision: string | undefined;
  /** The mode of the strictest maintenance in force; while none is, that of the top level of the state. */
  readonly mode: MaintenanceMode;
  /** Whether a maintenance is in force now, by its clock. */
  readonly inForce: boolean;
  /** What it counts. A process of a version that does not report it is `["unknown"]`. */
  readonly counts: readonly Counted[];
  /**
   * Why `counts` has `"unknown"`: its gate is called `"by-hand"`, or it is `"undeclared"` what it has at work. `undefined` if a
   * version that does not report it has written the record.
   */
  readonly uncounted?: "by-hand" | "undeclared";
  /** How many requests it let in, and how much work it tracks, that are not finished. */
  readonly inFlight: number;
  /** How many of them began before something else came into force. */
  readonly before: number;
  /** How many event streams and upgraded connections are open. */
  readonly streams: number;
  /** The oldest of these requests and streams, ten of each at most. Those from before come first. */
  readonly held: readonly InFlightRequest[];
  /** The reasons for which its gates let requests in during maintenance: words of `DecisionReason`. */
  readonly admits: readonly string[];
  /** For how long it has been silent, in milliseconds, if its record is gone and it has not said that it ends. */
  readonly silentMs?: number;
  /** The reason why it cannot follow, for example that the stored state is not valid. */
  readonly problem?: string;
  /** What its store has met and mended, such as that it had gone back to an older state. It stays until the state changes. */
  readonly notice?: string;
}
