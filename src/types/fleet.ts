import type { MaintenanceMode } from "./maintenance-state.ts";

/** Options of {@link LiveState.during}, and of waiting for the fleet in general. */
export interface WaitOptions {
  /**
   * How many milliseconds to wait at most.
   *
   * @default {60000}
   */
  timeoutMs?: number;
  /**
   * Whether to wait for event streams and upgraded connections, too, which may never end.
   *
   * @default {false}
   */
  streams?: boolean;
  /** Stops waiting. */
  signal?: AbortSignal;
}

/** A request that a process has let in and not finished. */
export interface InFlightRequest {
  /** Its method. */
  readonly method: string;
  /** The path of its URL, without the query. */
  readonly path: string;
  /** For how many seconds it has been going on. */
  readonly seconds: number;
  /** Whether it is a request whose response is not sent yet, an event stream, or an upgraded connection. */
  readonly kind: "request" | "event-stream" | "upgrade";
}

/** What a process that follows a store says about itself. */
export interface Instance {
  /** Tells it from others. */
  readonly id: string;
  /** The name of its host. */
  readonly host: string;
  /** Its process id. */
  readonly pid: number;
  /** The runtime and its version, such as `"node 24.21.0"`. */
  readonly runtime: string;
  /** When it started to follow the store, by its clock: milliseconds since 1970. */
  readonly startedAt: number;
  /** For how many milliseconds it has reached the store without a failure. */
  readonly connectedMs?: number;
  /** What its clock said when it wrote this: milliseconds since 1970. */
  readonly clock: number;
  /** Which writing of the state it has in force; `undefined` before it has read any. */
  readonly revision: string | undefined;
  /** The mode of the state in force. */
  readonly mode: MaintenanceMode;
  /** Whether that holds by its clock. */
  readonly inForce: boolean;
  /** How many requests it has let in and not finished. */
  readonly inFlight: number;
  /** How many of them it had let in before the state in force. */
  readonly before: number;
  /** How many event streams and upgraded connections are open. */
  readonly streams: number;
  /** The longest of all these, ten of each at most, those from before first. */
  readonly held: readonly InFlightRequest[];
  /** Who passes during maintenance by the options of its gates: words of `DecisionReason`. */
  readonly admits: readonly string[];
  /** What keeps it from following: the state that is stored is not valid, say. */
  readonly problem?: string;
}
