/** When clients are asked to come back: seconds from now or a point in time. */
export type RetryAfter = number | Date | undefined;

/**
 * The value of `Retry-After`, or `undefined` for none: a point in time that has passed tells nobody anything.
 *
 * @param retryAfter Seconds, or a point in time.
 * @param now The present, in milliseconds since 1970.
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 */
export function formatRetryAfter(retryAfter: RetryAfter, now: number): string | undefined {
  if (retryAfter === undefined) return undefined;
  if (typeof retryAfter === "number") return String(retryAfter);
  return retryAfter.getTime() > now ? retryAfter.toUTCString() : undefined;
}

/** The seconds from now that `Retry-After` stands for, or `undefined` for none. */
export function retryAfterSeconds(retryAfter: RetryAfter, now: number): number | undefined {
  if (typeof retryAfter !== "object") return retryAfter;
  const seconds = Math.ceil((retryAfter.getTime() - now) / 1000);
  return seconds > 0 ? seconds : undefined;
}
