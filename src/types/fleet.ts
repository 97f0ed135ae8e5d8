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
}

/** A request that a process let in and has not finished. */
export interface InFlightRequest {
  /** Its method. */
  readonly method: string;
  /** The path of its URL, without the query. */
  readonly path: string;
  /** How long it has been going on, in seconds. */
  readonly seconds: number;
  /** A request whose response has not been sent yet, an event stream, or an upgraded connection. */
  readonly kind: "request" | "event-stream" | "upgrade";
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
  /** The revision of the state in force; `undefined` before the first reading. */
  readonly revision: string | undefined;
  /** The mode of the state in force. */
  readonly mode: MaintenanceMode;
  /** Whether that state is in force now, by its clock. */
  readonly inForce: boolean;
  /** How many requests it let in and has not finished. */
  readonly inFlight: number;
  /** How many of them it let in before the state came into force. */
  readonly before: number;
  /** How many event streams and upgraded connections are open. */
  readonly streams: number;
  /** The oldest of these requests and streams, ten of each at most. Those from before come first. */
  readonly held: readonly InFlightRequest[];
  /** The reasons for which its gates let requests in during maintenance: words of `DecisionReason`. */
  readonly admits: readonly string[];
  /** The reason why it cannot follow, for example that the stored state is not valid. */
  readonly problem?: string;
}
