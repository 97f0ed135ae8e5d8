import type { AnswerReason } from "../types/decision.ts";

/** What `page` and `handler503` see: Django's `request` and `request_path`, and what the built-in answer would say. */
export interface MaintenanceInfo {
  /** The request. If it carries what could be the secret of a bypass, a copy without that and without the body. */
  readonly request: Request;
  /** The path of the request's URL, percent-encoded as in the URL, without query and fragment. */
  readonly requestPath: string;
  /** The HTTP status of the built-in answer. */
  readonly status: number;
  /** After how many seconds clients should come back; `undefined` if neither options nor state say so. */
  readonly retryAfter: number | undefined;
  /** Why the gate answers the request. */
  readonly because: AnswerReason;
  /** Whether the whole site is closed, or may be read. */
  readonly mode: "on" | "read-only";
  /** The operator's reason, if any; of several languages, the one that suits the visitor. */
  readonly reason: string | undefined;
  /** The tag of the language that suits the visitor best (BCP 47). */
  readonly language: string;
  /** When maintenance began, if the state says so. */
  readonly start: Date | undefined;
  /** When it will end, if the state says so. */
  readonly end: Date | undefined;
}
