/** What the host runtime knows about one request: the second argument of the gate. */
export interface MaintenanceContext {
  /**
   * The client's IP address as text, IPv4 or IPv6, without a port.
   *
   * Missing, or no address at all, means that the client is nobody: not internal, and never an error.
   */
  clientIp?: string | undefined;
  /** Whether the request was made by staff. Only `true` counts. */
  isStaff?: boolean | undefined;
}

/**
 * Why a request was let through or answered, one word for each step of the decision:
 *
 * - `"off"`: maintenance is off
 * - `"staff"`: `ctx.isStaff`, and `allowStaff` is not switched off
 * - `"internal-ip"`: `ctx.clientIp` is in `internalIps`
 * - `"ignored-url"`: the URL matches `ignoreUrls`, or is the target of `redirectUrl`
 * - `"allowed"`: `allow` returned `true`
 * - `"maintenance"`: none of these, so the request is answered in the app's place
 */
export type DecisionReason = "off" | "staff" | "internal-ip" | "ignored-url" | "allowed" | "maintenance";

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
}

/** What `page` and `handler503` see: Django's `request` and `request_path`, and what the built-in answer would say. */
export interface MaintenanceInfo {
  /** The request that is answered. */
  readonly request: Request;
  /** The path of the request's URL, percent-encoded as in the URL, without query and fragment. */
  readonly requestPath: string;
  /** The HTTP status of the built-in answer. */
  readonly status: number;
  /** How many seconds clients are asked to wait, or `undefined` when nobody knows. */
  readonly retryAfter: number | undefined;
  /** Why the request is answered. */
  readonly because: DecisionReason;
}

/** The representations of the built-in answer: `text/html`, `application/problem+json` and `text/plain`. */
export type ResponseType = "html" | "json" | "text";

/** A compiled `URLPattern`, by the members that are read of it: the runtime's own or the polyfill's. */
export interface UrlPatternObject {
  /** Tells whether a URL matches. */
  test(input: string): boolean;
  /** The pattern of the URL's scheme. */
  readonly protocol: string;
  /** The pattern of the user name. */
  readonly username: string;
  /** The pattern of the password. */
  readonly password: string;
  /** The pattern of the host name. */
  readonly hostname: string;
  /** The pattern of the port. */
  readonly port: string;
  /** The pattern of the path. */
  readonly pathname: string;
  /** The pattern of the query. */
  readonly search: string;
  /** The pattern of the fragment. */
  readonly hash: string;
}

/**
 * The parts of a URL pattern: what the `URLPattern` constructor takes as its first argument.
 *
 * @see {@link https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit | URLPatternInit}
 */
export interface UrlPatternInit {
  /** Pattern of the scheme, such as `"https"`. */
  protocol?: string;
  /** Pattern of the user name. */
  username?: string;
  /** Pattern of the password. */
  password?: string;
  /** Pattern of the host name, such as `"*.example.com"`. */
  hostname?: string;
  /** Pattern of the port; the empty string is the scheme's default port. */
  port?: string;
  /** Pattern of the path, such as `"/docs/*"`. */
  pathname?: string;
  /** Pattern of the query, without `?`. */
  search?: string;
  /** Pattern of the fragment, without `#`. Servers do not receive fragments. */
  hash?: string;
  /** A URL that gives the parts that are not named. */
  baseURL?: string;
}

/** What `ignoreUrls` accepts: a pattern string, a regular expression for the path, or a `URLPattern` or its parts. */
export type UrlPattern = string | RegExp | UrlPatternObject | UrlPatternInit;

/** Header fields as the Fetch API accepts them. */
export type HeadersInput = Headers | Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

/** Options of `maintenanceMode`, all optional, checked when the gate is made. */
export interface MaintenanceOptions {
  /**
   * Whether the site is in maintenance: a constant, or a function that is asked for each request.
   *
   * The function has to return `true` or `false` at once. If it throws or returns anything else, its last good answer
   * stays in force (`false` before the first) and `onError` is told.
   *
   * In Django: `MAINTENANCE_MODE`.
   *
   * @default {false}
   */
  enabled?: boolean | (() => boolean);
  /**
   * URLs that pass during maintenance: health checks, webhooks, the status page.
   *
   * - A string that starts with `/` is a `URLPattern` for the whole path: `"/docs/*"`, `"/users/:id"`. The query does
   *   not matter. Django's settings are regular expressions that match from the start; a string here matches the path
   *   from its start to its end, so `r"^/docs"` becomes `"/docs*"`.
   * - A string with a scheme is a `URLPattern` for the whole URL: `"https://api.example.com/*"`. Its path has to be
   *   written. Where a server believes any `Host` header, so does such a pattern: prefer paths.
   * - A `RegExp` is tested against the percent-encoded path, at any place: start it with `^`.
   * - `URLPattern` objects and their parts (`{ pathname, hostname, … }`) are taken as they are.
   *
   * A path that holds an encoded slash (`%2F`), backslash (`%5C`) or NUL (`%00`), a raw backslash or raw dot segments
   * never matches, because the app behind may read another path in it.
   *
   * The cost of a request grows with the length of its path alone, whatever the patterns. Regular expressions with
   * lookarounds, back references or Unicode case folding, and `URLPattern` objects for more than the path, are left to
   * the runtime: they are not tried on paths on which backtracking could take more than about a million steps, and refused where any path could.
   *
   * In Django: `MAINTENANCE_IGNORE_URLS`.
   *
   * @default {[]}
   * @see {@link https://urlpattern.spec.whatwg.org/ | URL Pattern Standard}
   */
  ignoreUrls?: readonly UrlPattern[];
  /**
   * Clients that pass during maintenance: IPv4 and IPv6 addresses and CIDR ranges, such as `"203.0.113.7"`,
   * `"10.0.0.0/8"` and `"2001:db8::/32"`.
   *
   * An IPv4-mapped IPv6 address (`::ffff:10.0.0.1`) is the IPv4 address it carries. Octal, hexadecimal and short forms
   * and ranges with host bits set (`10.1.2.3/8`) are refused.
   *
   * In Django: `INTERNAL_IPS`.
   *
   * @default {[]}
   */
  internalIps?: readonly string[];
  /**
   * Whether requests with `ctx.isStaff` pass during maintenance.
   *
   * @default {true}
   */
  allowStaff?: boolean;
  /**
   * A rule of your own: return `true` to let the request through during maintenance.
   *
   * Anything but `true`, a promise included, and anything thrown lets nobody in, and `onError` is told.
   */
  allow?: (request: Request, ctx: MaintenanceContext) => boolean;
  /**
   * Makes the answer in place of the built-in one. It has to return a fresh `Response` at once; if it throws or returns
   * anything else, the visitor gets the built-in answer and `onError` is told. `headers` is not added to it, and
   * `redirectUrl` stands back behind it.
   *
   * In Django: `handler503`.
   */
  handler503?: (request: Request, info: MaintenanceInfo) => Response;
  /**
   * The HTML page in place of the built-in one: a template, or a function that returns the HTML.
   *
   * In a template `{{request_path}}`, `{{request_method}}`, `{{request_url}}`, `{{status}}` and `{{retry_after}}` are
   * replaced by their values, escaped for HTML text and quoted attributes. What a function returns is sent as it is: escape what comes
   * from the request. If it throws or returns anything but a string, the visitor gets the built-in page and `onError`
   * is told. Clients that ask for JSON or plain text do not get the page.
   *
   * In Django: the template `503.html`.
   */
  page?: string | ((info: MaintenanceInfo) => string);
  /**
   * The HTTP status of the answer: an integer from 200 to 599 that may carry a body, and no redirect.
   *
   * Anything but 503 tells search engines and caches that the maintenance page is the content of the site.
   *
   * In Django: `MAINTENANCE_MODE_STATUS_CODE`.
   *
   * @default {503}
   */
  statusCode?: number;
  /**
   * How long clients are asked to wait, sent as `Retry-After`: a whole number of seconds from 0, or a `Date`, which is
   * sent as an HTTP-date until it has passed. Without it no header is sent.
   *
   * In Django: `MAINTENANCE_MODE_RETRY_AFTER`.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
   */
  retryAfter?: number | Date;
  /**
   * Where to send visitors instead (302): a path of this site, or an absolute `http:` or `https:` URL.
   *
   * A path passes the gate itself, so that the app can serve it. A visitor who already is at an absolute URL gets the
   * built-in answer there instead of being sent in a circle.
   *
   * In Django: `MAINTENANCE_MODE_REDIRECT_URL`.
   */
  redirectUrl?: string;
  /**
   * The representation of the answer, in place of what `Accept` asks for: a word, or a function of the request.
   *
   * In Django: `MAINTENANCE_MODE_RESPONSE_TYPE`.
   */
  responseType?: ResponseType | ((request: Request) => ResponseType);
  /**
   * Header fields added to the built-in answer, redirects included. They replace built-in ones of the same name, but
   * for `Vary`, which is added to.
   * `Content-Type`, `Content-Length`, `Content-Encoding` and `Transfer-Encoding` belong to the body and are refused.
   */
  headers?: HeadersInput;
  /**
   * Told of each decision, for logs and metrics. It is called for requests that pass because maintenance is off, too.
   */
  onDecision?: (decision: Decision, request: Request, ctx: MaintenanceContext) => void;
  /**
   * Told of each error in a function of these options. The gate itself never throws.
   *
   * @default `console.error`, once for each message
   */
  onError?: (error: unknown) => void;
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
  /** Whether anyone could be answered right now: `false` while maintenance is off. */
  readonly active: boolean;
}
