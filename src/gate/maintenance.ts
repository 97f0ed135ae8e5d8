import type { MaintenanceContext } from "../types/context.ts";
import type { Explanation } from "../types/decision.ts";

/** Maintenance that begins soon or is in force, as `maintenance.notice()` returns it. */
export interface MaintenanceNotice {
  /** `"planned"` before maintenance begins, and `"now"` while it is in force. */
  readonly phase: "planned" | "now";
  /**
   * `"on"` where the site is closed: while it is, only visitors who were let in see the notice. `"read-only"` where visitors
   * can read and cannot change anything.
   */
  readonly mode: "on" | "read-only";
  /** When it begins or has begun. Planned maintenance has a start, and one in force only if the state says it. */
  readonly start: Date | undefined;
  /** When it is to end, or `undefined` if the state has no end. */
  readonly end: Date | undefined;
  /** The operator's reason, if any; of several languages, the one that suits the visitor. */
  readonly reason: string | undefined;
  /** A sentence for the visitor, in their language. It is plain text: escape it in HTML. */
  readonly message: string;
}

/**
 * The gate: `undefined` lets the request through, a `Response` is the answer in the app's place.
 *
 * It never throws, never awaits and does no I/O.
 */
export interface Maintenance {
  /**
   * Decides about one request.
   *
   * @param request The request. Its `url`, never its `Host` header, says which URL is asked for.
   * @param ctx What the host runtime knows about it. Without it, the visitor is neither staff nor internal.
   * @returns `undefined` if the request passes, otherwise the answer.
   */
  (request: Request, ctx?: MaintenanceContext): Response | undefined;
  /**
   * What the gate would do with a request, and why. It does not call `onDecision`.
   *
   * @param request The request.
   * @param ctx What the host runtime knows about it.
   * @returns The decision with its details.
   */
  explain(request: Request, ctx?: MaintenanceContext): Explanation;
  /**
   * The notice for a request, for an app to show to its visitors: maintenance that is in force, or that the state begins within
   * the time that `announce` says. It never throws.
   *
   * @param request The visitor's request.
   * @param ctx What the host runtime knows about it. It makes no difference yet.
   * @returns A frozen object, or `undefined` unless this URL is closed or read-only, or is about to be.
   */
  notice(request: Request, ctx?: MaintenanceContext): MaintenanceNotice | undefined;
  /** Whether the gate may answer requests right now: `false` while maintenance is off. */
  readonly active: boolean;
}
