import type { AnswerOptions } from "../answer/options.ts";
import type { UrlPattern } from "../match/url/types.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { Decision } from "../types/decision.ts";
import type { LiveState } from "../types/live-state.ts";

/** When and how the gate announces planned maintenance. */
export interface AnnounceOptions {
  /**
   * How many seconds before its start `maintenance.notice` speaks of it: a whole number from 0.
   *
   * @default {86400}, a day
   */
  before?: number;
  /**
   * The name of a header field that `withMaintenance` and `maintenanceMiddleware` add to the app's responses meanwhile, such as
   * `"Maintenance"`. Its value is a Dictionary with two Dates: `start=@1669075200, end=@1669082400`, without `end` if the
   * state has none. `false` adds no field.
   *
   * @default {false}
   * @see {@link https://www.rfc-editor.org/rfc/rfc9651#section-3.3.7 | RFC 9651 section 3.3.7}
   */
  header?: string | false;
}

/** Options of `maintenanceMode`, all optional. The gate checks them when it is made. */
export interface MaintenanceOptions extends AnswerOptions {
  /**
   * Whether the site is in maintenance: a constant, or a function that the gate calls for each request.
   *
   * The function has to return `true` or `false` at once. If it throws or returns anything else, its last good answer
   * stays in force (`false` before the first), and `onError` gets the error.
   *
   * In Django: `MAINTENANCE_MODE`.
   *
   * @default {false}
   */
  enabled?: boolean | (() => boolean);
  /**
   * What operators say while the site runs: `liveState` of `maintenancemode/state` follows it in a store. Either this or
   * `enabled` puts the site into maintenance.
   *
   * In Django: the state file, and `manage.py maintenance on`.
   */
  state?: LiveState;
  /**
   * URLs that pass during maintenance: health checks, webhooks, the status page.
   *
   * - A string that starts with `/` is a `URLPattern` for the whole path: `"/docs/*"`, `"/users/:id"`. The query does
   *   not matter. Django's settings are regular expressions that match from the start. A string here matches the path
   *   from its start to its end, so `r"^/docs"` becomes `"/docs*"`.
   * - A string with a scheme is a `URLPattern` for the whole URL: `"https://api.example.com/*"`. It has to have
   *   a path. Where a server believes any `Host` header, so does such a pattern: prefer paths.
   * - A `RegExp` is tested against the percent-encoded path, at any place: start it with `^`.
   * - `URLPattern` objects and their parts (`{ pathname, hostname, … }`) match as they are.
   *
   * A string may begin with methods, in upper case and parted by commas: `"POST /webhooks/*"`,
   * `"GET,HEAD https://a.example.com/x"`. Without them it is for every method. `GET` stands for `HEAD` as well. A CORS
   * preflight matches where the request does that it asks for, so that the app answers it.
   *
   * A path that holds a semicolon, an encoded slash (`%2F`), backslash (`%5C`), NUL (`%00`), `?` (`%3F`) or `#` (`%23`), a
   * raw backslash or raw dot segments never matches, because the app behind may read another path in it.
   *
   * The cost of a request grows with the length of its path alone, whatever the patterns. `RegExp` and `URLPattern`
   * objects for more than the path are left to the runtime, which goes back and tries again: they match no path on which
   * that could take more than about a million steps, and are refused if the steps could double with each character. A
   * `RegExp` matches no path of more than 2 048 characters.
   *
   * In Django: `MAINTENANCE_IGNORE_URLS`.
   *
   * @default {[]}
   * @see {@link https://urlpattern.spec.whatwg.org/ | URL Pattern Standard}
   */
  ignoreUrls?: readonly UrlPattern[];
  /**
   * Requests that count as reading while the site is read-only, whatever their method: `["POST /graphql", "POST /search"]`.
   * Patterns as in `ignoreUrls`.
   *
   * The methods that IANA registers as safe count as reading anyway: GET, HEAD, OPTIONS, PROPFIND, QUERY, REPORT and SEARCH.
   * A WebSocket never does: it starts with GET, and may write later.
   *
   * @default {[]}
   * @see {@link https://www.iana.org/assignments/http-methods/http-methods.xhtml | HTTP Method Registry}
   */
  reads?: readonly UrlPattern[];
  /**
   * Requests that count as writing while the site is read-only, whatever their method: `["GET /logout"]`. They take
   * precedence over `reads`. Patterns as in `ignoreUrls`, but in doubt they match more than they say, as `urls` of a state
   * does.
   *
   * @default {[]}
   */
  writes?: readonly UrlPattern[];
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
   * If it throws, or returns anything but `true` or `false`, a promise included, the request does not pass, and `onError`
   * gets the error.
   */
  allow?: (request: Request, ctx: MaintenanceContext) => boolean;
  /**
   * Lets in everybody who knows this secret, of 16 to 256 characters: by a link, any URL of the site with
   * `?maintenance-bypass=<secret>`, which sets a cookie for twelve hours at most, or by the header field
   * `Maintenance-Bypass: <secret>`. It holds in every process that has the same secret, with `enabled` as with `state`,
   * beside `bypass` of the state.
   *
   * Whoever learns the secret gets in until you change it: keep it in the environment, not in the code. The cookie does not
   * hold it, cannot be prolonged, and ends when the secret changes, or a maintenance with another `start` begins.
   */
  bypassSecret?: string;
  /**
   * The domain for which the cookies of a bypass and of `admit` hold, such as `"example.com"`: that host and all below it.
   * Without it they hold only for the host that has set them. A browser keeps them only if the host belongs to the domain.
   *
   * Every host below it gets these cookies: leave it out unless all of them are yours.
   */
  bypassDomain?: string;
  /**
   * Whether the built-in page asks for the secret of a bypass, while there is one: of `bypassSecret`, or of the state. A
   * visitor who fills in the right one gets the cookie, as by a link, and sees the page again otherwise.
   *
   * A host helper reads the form: `withMaintenance`, `maintenanceMiddleware` or `createGuard`. A gate that is called by hand,
   * and one in a Service Worker, answers it like any other form.
   *
   * @default {false}
   */
  bypassForm?: boolean;
  /**
   * How the gate announces planned maintenance: how many seconds before its start, or an object with that and the name of a
   * header field.
   *
   * @default {86400}, a day, without a header field
   */
  announce?: number | AnnounceOptions;
  /**
   * What caches may do with the app's response to a visitor who was let in while the site is closed to others: staff, an
   * internal address, a bypass, `allow` or `admit`.
   *
   * - `"no-store"`: `withMaintenance` and `maintenanceMiddleware` send it with `Cache-Control: private, no-store`, whatever the
   *   app says, and without `Expires` and fields that only some caches read, such as `CDN-Cache-Control`, `Surrogate-Control`
   *   and `X-Accel-Expires`.
   * - `"leave"`: they leave these fields as the app has set them. A cache that others share then gives the closed site to
   *   everybody, unless it tells these visitors from others, by a cookie for instance.
   *
   * Everybody may read ignored URLs, and the whole site while it is read-only: these responses keep the fields of the app.
   *
   * @default {"no-store"}
   * @see {@link https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5 | RFC 9111 section 5.2.2.5},
   * {@link https://www.rfc-editor.org/rfc/rfc9213 | RFC 9213}
   */
  admittedCaching?: "no-store" | "leave";
  /**
   * The gate calls it with each decision, for logs and metrics, also about requests that pass because maintenance is off. The
   * request comes without the secret of a bypass.
   */
  onDecision?: (decision: Decision, request: Request, ctx: MaintenanceContext) => void;
  /**
   * The gate calls it with each error, nearly always one of a function of these options. The gate itself never throws.
   *
   * @default `console.error`, once for each message
   */
  onError?: (error: unknown) => void;
}
