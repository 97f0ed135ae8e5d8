import type { MaintenanceContext } from "../types/context.ts";
import type { Explanation } from "../types/decision.ts";
import type { MaintenanceMode } from "../types/maintenance-state.ts";

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

/** What the public may know of maintenance: the JSON that `maintenance.status()` answers with. */
export interface MaintenanceStatus {
  /** What is in force right now: `"off"` also before the start of planned maintenance. */
  readonly mode: MaintenanceMode;
  /** `"now"` while maintenance is in force, `"planned"` if it begins within the time that `announce` says, else `"off"`. */
  readonly phase: "off" | "planned" | "now";
  /** The mode that planned maintenance will have. */
  readonly plannedMode?: "on" | "read-only";
  /** Given if this holds for a part of the site alone. */
  readonly part?: true;
  /** When it begins or began: an instant in UTC, such as `"2026-11-22T01:00:00.000Z"`. Left out if nobody gave a start. */
  readonly start?: string;
  /** When it is to end. Left out if the state has no end. */
  readonly end?: string;
  /** When to come back, if somebody gave that: seconds from now, or an instant in UTC. */
  readonly retryAfter?: number | string;
  /** The operator's reason, if any; of several languages, the one that suits the visitor. It is plain text: escape it in HTML. */
  readonly reason?: string;
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
  /**
   * What the public may know of maintenance, for a front end that asks again and again: a {@link MaintenanceStatus} as JSON,
   * for your app to return under a path of its own. List that path in `ignoreUrls`. It says nothing of who gets in, of
   * operators, and of which URLs are closed.
   *
   * The status is always 200, with an `ETag`: a request with that `If-None-Match` gets a 304 without a body. Other origins may
   * read it as the option `cors` says. The gate of `maintenancemode/tiny` tells only `mode` and `phase`, without an `ETag`. It
   * never throws.
   *
   * @param request The visitor's request: its languages, its origin and its `If-None-Match` count, not its URL.
   * @returns A fresh response.
   * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2 | RFC 9110 section 13.1.2}
   * @example Usage
   * ```ts
   * import { maintenanceMode } from "maintenancemode";
   *
   * const maintenance = maintenanceMode({ enabled: true, ignoreUrls: ["/maintenance-status"] });
   *
   * const request = new Request("https://example.com/maintenance-status");
   * await maintenance.status(request).json(); // { mode: "on", phase: "now" }
   * ```
   */
  status(request: Request): Response;
  /** Whether the gate may answer requests right now: `false` while maintenance is off. */
  readonly active: boolean;
}
