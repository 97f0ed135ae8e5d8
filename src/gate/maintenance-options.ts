import type { AnswerOptions } from "../answer/options.ts";
import type { UrlPattern } from "../match/url/types.ts";
import type { MaintenanceContext } from "../types/context.ts";
import type { Decision } from "../types/decision.ts";
import type { LiveState } from "../types/live-state.ts";

/** From when on, and how, planned maintenance is announced. */
export interface AnnounceOptions {
  /**
   * How many seconds before its start `maintenance.notice` tells of it.
   *
   * @default {86400}, a day
   */
  before?: number;
  /**
   * The name of a header field that `withMaintenance` and `maintenanceMiddleware` add to the app's responses meanwhile, such as
   * `"Maintenance"`. Its value is a Dictionary with two Dates: `start=@1669075200, end=@1669082400`, without `end` when
   * nobody knows it. `false` adds none.
   *
   * @default {false}
   * @see {@link https://www.rfc-editor.org/rfc/rfc9651#section-3.3.7 | RFC 9651 section 3.3.7}
   */
  header?: string | false;
}

/** Options of `maintenanceMode`, all optional, checked when the gate is made. */
export interface MaintenanceOptions extends AnswerOptions {
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
   * What operators say while the site runs, as `liveState` of `maintenancemode/state` follows it in a store. It is or-ed
   * with `enabled`: either puts the site into maintenance.
   *
   * In Django: the state file, and `manage.py maintenance on`.
   */
  state?: LiveState;
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
   * Lets in who knows this secret, of at least 16 characters: by a link, any URL of the site with
   * `?maintenance-bypass=<secret>`, which sets a cookie for twelve hours at most, or by the header field
   * `Maintenance-Bypass: <secret>`. It holds in every process that has the same secret, with `enabled` as with `state`,
   * beside `bypass` of the state.
   *
   * Whoever learns the secret gets in until it is changed: it belongs to the environment, not into the code. The cookie
   * does not hold it, cannot be prolonged, and ends when the secret changes, or a maintenance with another `start` begins.
   */
  bypassSecret?: string;
  /**
   * The domain for which the cookies of a bypass and of `admit` hold, such as `"example.com"`: that host and all below it.
   * Without it they hold for the host alone that has set them. A browser keeps them only where the host belongs to it.
   *
   * Every host below it sees these cookies: leave it out unless all of them are yours.
   */
  bypassDomain?: string;
  /**
   * How planned maintenance is announced: how many seconds before its start, or that and the name of a header field.
   *
   * @default {86400}, a day, without a header field
   */
  announce?: number | AnnounceOptions;
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
