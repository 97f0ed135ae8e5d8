import type { AnswerReason } from "../types/decision.ts";

/** What `page` and `handler503` see: Django's `request` and `request_path`, and what the built-in answer would say. */
export interface MaintenanceInfo {
  /** The request that is answered. Of one that carries what could be the secret of a bypass, a copy without it and the body. */
  readonly request: Request;
  /** The path of the request's URL, percent-encoded as in the URL, without query and fragment. */
  readonly requestPath: string;
  /** The HTTP status of the built-in answer. */
  readonly status: number;
  /** How many seconds clients are asked to wait, or `undefined` when nobody knows. */
  readonly retryAfter: number | undefined;
  /** Why the request is answered. */
  readonly because: AnswerReason;
  /** Whether the whole site is closed, or may be read. */
  readonly mode: "on" | "read-only";
  /** The reason that the operator gave, if any, in the visitor's language if it was given in several. */
  readonly reason: string | undefined;
  /** The tag of the language that suits the visitor best (BCP 47). */
  readonly language: string;
  /** When maintenance began, if the state says so. */
  readonly start: Date | undefined;
  /** When it is to end, if the state says so. */
  readonly end: Date | undefined;
}
