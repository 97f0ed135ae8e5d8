/**
 * Why the gate let a request through, one word for each step of the decision:
 *
 * - `"off"`: maintenance is off, now or for this URL
 * - `"staff"`: `ctx.isStaff` is `true`, and `allowStaff` is not `false`
 * - `"internal-ip"`: `ctx.clientIp` is in `internalIps`
 * - `"ignored-url"`: the URL matches `ignoreUrls`, or is the target of `redirectUrl`
 * - `"bypass"`: the request carries the secret of a bypass, or the cookie of a bypass link
 * - `"allowed"`: `allow` returned `true`
 * - `"admitted"`: the visitor belongs to the share that `admit` of the state lets in
 * - `"safe-method"`: the site is read-only, and the request only reads: by its method (GET, HEAD, OPTIONS, PROPFIND, QUERY,
 *   REPORT, SEARCH), or because it matches `reads`
 */
export type PassReason =
  | "off"
  | "staff"
  | "internal-ip"
  | "ignored-url"
  | "bypass"
  | "allowed"
  | "admitted"
  | "safe-method";

/**
 * Why the gate answered a request in the app's place:
 *
 * - `"maintenance"`: the site is closed, and no step of the decision let the request through
 * - `"read-only"`: the same while the site is read-only; the request may write, or matches `writes`
 * - `"bypass-link"`: the request opens a bypass link; the answer sets the cookie and redirects to the same URL without the
 *   secret
 */
export type AnswerReason = "maintenance" | "read-only" | "bypass-link";

/** Why the gate let a request through or answered it: a {@link PassReason} or an {@link AnswerReason}. */
export type DecisionReason = PassReason | AnswerReason;

/** The gate lets a request through to the app. */
export interface PassDecision {
  /** Tells this decision from an {@link AnswerDecision}. */
  readonly outcome: "pass";
  /** The step of the decision that let the request through. */
  readonly because: PassReason;
}

/** The gate answers a request in the app's place. */
export interface AnswerDecision {
  /** Tells this decision from a {@link PassDecision}. */
  readonly outcome: "answer";
  /** Why the gate answers. */
  readonly because: AnswerReason;
  /** The name of the window of the state that closes the URL; `undefined` for the top level of the state, and for `enabled`. */
  readonly window?: string;
}

/** What the gate decided about one request, and why: `outcome` tells the two kinds apart. */
export type Decision = PassDecision | AnswerDecision;

/** A {@link PassDecision} in detail. */
export interface PassExplanation extends PassDecision {
  /**
   * The range in `internalIps`, or the pattern in `ignoreUrls` or `reads`, that let the request through, as text. A pattern
   * is shown with its methods.
   */
  readonly matched?: string;
  /**
   * Why the bypass that the request carries does not let it in: it has expired, belongs to another maintenance or another
   * secret, or is malformed. The text repeats neither the secret nor the cookie.
   */
  readonly bypass?: string;
}

/** An {@link AnswerDecision} in detail. */
export interface AnswerExplanation extends AnswerDecision {
  /** The pattern in `writes` that keeps the request out while the site is read-only, as text with its methods. */
  readonly matched?: string;
  /**
   * Why the bypass that the request carries does not let it in: it has expired, belongs to another maintenance or another
   * secret, or is malformed. The text repeats neither the secret nor the cookie.
   */
  readonly bypass?: string;
  /**
   * Which address counts, and why another one does not: a header field names one that `internalIps` would let in, but the gate
   * takes the address of a proxy for the client's, because `trustProxy` does not name it. Or `clientIp` is not an address.
   */
  readonly internalIp?: string;
}

/** A {@link Decision} in detail, as `maintenance.explain()` gives it. */
export type Explanation = PassExplanation | AnswerExplanation;
