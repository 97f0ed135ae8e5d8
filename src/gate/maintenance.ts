import type { MaintenanceContext } from "../types/context.ts";
import type { Explanation } from "../types/decision.ts";

/** Maintenance that begins soon, as `maintenance.notice` tells of it. */
export interface MaintenanceNotice {
  /** When it begins. */
  readonly start: Date;
  /** When it is to end, or `undefined` when nobody knows. */
  readonly end: Date | undefined;
  /** The reason that the operator gave, if any, in the visitor's language if it was given in several. */
  readonly reason: string | undefined;
  /** A sentence for the visitor, in their language: plain text, to be escaped in HTML. */
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
   * @param ctx What the host runtime knows about it. Without it, nobody is staff or internal.
   */
  (request: Request, ctx?: MaintenanceContext): Response | undefined;
  /**
   * Tells what the gate would do with a request, and why, without telling `onDecision`.
   *
   * @param request The request.
   * @param ctx What the host runtime knows about it.
   */
  explain(request: Request, ctx?: MaintenanceContext): Explanation;
  /**
   * Tells of maintenance of the state that begins soon, for an app that wants to show it to its visitors: within the time
   * that `announce` says, and only for a URL that it will concern. Frozen; it never throws.
   *
   * @param request The request of the visitor.
   * @param ctx What the host runtime knows about it. It makes no difference yet.
   * @returns `undefined` if nothing is planned so soon, or maintenance of the state has begun.
   */
  notice(request: Request, ctx?: MaintenanceContext): MaintenanceNotice | undefined;
  /** Whether anyone could be answered right now: `false` while maintenance is off. */
  readonly active: boolean;
}
