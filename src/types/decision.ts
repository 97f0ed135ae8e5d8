/**
 * Why a request was let through or answered, one word for each step of the decision:
 *
 * - `"off"`: maintenance is off, now or for this URL
 * - `"staff"`: `ctx.isStaff`, and `allowStaff` is not switched off
 * - `"internal-ip"`: `ctx.clientIp` is in `internalIps`
 * - `"ignored-url"`: the URL matches `ignoreUrls`, or is the target of `redirectUrl`
 * - `"bypass"`: the request carries the secret of a bypass, or the cookie of a bypass link
 * - `"bypass-link"`: it opens a bypass link, and is answered with the cookie and a redirect to the same URL without the secret
 * - `"allowed"`: `allow` returned `true`
 * - `"admitted"`: the visitor is in the part of them that `admit` of the state lets in
 * - `"safe-method"`: the site is read-only, and the method is GET, HEAD or OPTIONS
 * - `"maintenance"`: none of these, so the request is answered in the app's place
 * - `"read-only"`: the same while the site is read-only
 */
export type DecisionReason =
  | "off"
  | "staff"
  | "internal-ip"
  | "ignored-url"
  | "bypass"
  | "bypass-link"
  | "allowed"
  | "admitted"
  | "safe-method"
  | "maintenance"
  | "read-only";

/** What the gate decided about one request, and why. */
export interface Decision {
  /** `"pass"` lets the request through to the app, `"answer"` answers in its place. */
  readonly outcome: "pass" | "answer";
  /** The step of the decision that settled it. */
  readonly because: DecisionReason;
}

/** A {@link Decision} with what an operator wants to know when asking for it. */
export interface Explanation extends Decision {
  /** The text of the range in `internalIps` or of the pattern in `ignoreUrls` that let the request through. */
  readonly matched?: string;
  /**
   * Why the secret or the cookie of a bypass that the request carries does not let it in: expired, of another maintenance
   * or another secret, malformed. Neither is repeated.
   */
  readonly bypass?: string;
}
