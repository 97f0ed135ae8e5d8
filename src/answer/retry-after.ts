/** When clients are asked to come back: seconds from now or a point in time. */
export type RetryAfter = number | Date | undefined;

/** How `Retry-After` says a point in time. */
export type RetryForm = "date" | "seconds";

/**
 * The value of `Retry-After`, or `undefined` for none: a point in time that has passed says nothing.
 *
 * @param retryAfter Seconds, or a point in time.
 * @param form The form of a point in time.
 * @param now The present, in milliseconds since 1970.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 */
export function formatRetryAfter(retryAfter: RetryAfter, form: RetryForm, now: number): string | undefined {
  if (typeof retryAfter !== "object" || form === "seconds") return retryAfterSeconds(retryAfter, now)?.toString();
  // An HTTP-date has whole seconds: a client that came back in the cut-off second would be early.
  return retryAfter.getTime() > now
    ? new Date(Math.ceil(retryAfter.getTime() / 1_000) * 1_000).toUTCString()
    : undefined;
}

/** The seconds from now that `Retry-After` stands for, or `undefined` for none. */
export function retryAfterSeconds(retryAfter: RetryAfter, now: number): number | undefined {
  if (typeof retryAfter !== "object") return retryAfter;
  const seconds = Math.ceil((retryAfter.getTime() - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}

/** The same some seconds later. */
export function delayed(retryAfter: RetryAfter, seconds: number): RetryAfter {
  if (retryAfter === undefined) return undefined;
  return typeof retryAfter === "number" ? retryAfter + seconds : new Date(retryAfter.getTime() + seconds * 1_000);
}
