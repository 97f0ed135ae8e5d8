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
  readonly because: DecisionReason;
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

/** Maintenance that begins soon, as `maintenance.notice` tells of it. */
export interface MaintenanceNotice {
  /** When it begins. */
  readonly start: Date;
  /** When it is to end, or `undefined` when nobody knows. */
  readonly end: Date | undefined;
  /** The reason that the operator gave, if any, in the visitor's language if it was given in several. */
  readonly reason: string | undefined;
  /** A sentence for the visitor, in their language: plain text, to be escaped in HTML. */
  readonly message: string;
}

/** From when on, and how, planned maintenance is announced. */
export interface AnnounceOptions {
  /**
   * How many seconds before its start `maintenance.notice` tells of it.
   *
   * @default {86400}, a day
   */
  before?: number;
  /**
   * The name of a header field that `withMaintenance` and `middleware` add to the app's responses meanwhile, such as
   * `"Maintenance"`. Its value is a Dictionary with two Dates: `start=@1669075200, end=@1669082400`, without `end` when
   * nobody knows it. `false` adds none.
   *
   * @default {false}
   * @see {@link https://www.rfc-editor.org/rfc/rfc9651#section-3.3.7 | RFC 9651 section 3.3.7}
   */
  header?: string | false;
}

/** The representations of the built-in answer: `text/html`, `application/problem+json` and `text/plain`. */
export type ResponseType = "html" | "json" | "text";

/** The words of the built-in answers in one language: plain text, without markup. */
export interface Messages {
  /** The heading while the whole site is closed. */
  readonly title: string;
  /** A sentence or two below it: the site is being worked on, and will be back. */
  readonly text: string;
  /** The heading for those who send something while the site may only be read. */
  readonly readOnlyTitle: string;
  /** The sentences below that. */
  readonly readOnlyText: string;
  /** When the site is expected to be back; `{time}` stands for the date and time. */
  readonly expected: string;
  /** That the page may stay open, and brings the visitor back by itself. */
  readonly waiting: string;
  /** That what the visitor sent, a form, was not saved, and has to be sent again later. */
  readonly notSent: string;
  /** The button that looks at once whether the site is back. */
  readonly retry: string;
  /** The button that leads back to the form. */
  readonly goBack: string;
  /** That the site is back, for those who have to go back to a form themselves. */
  readonly available: string;
  /** The label of the link to whom to ask. */
  readonly contact: string;
  /** That maintenance is planned; `{start}` and `{end}` stand for dates and times. */
  readonly planned: string;
  /** The same while nobody knows the end: `{start}` alone. */
  readonly plannedOpen: string;
}

/** What the built-in page says about the site, all optional. */
export interface Site {
  /** Its name, above the heading and in the title of the window. */
  readonly name?: string;
  /** Its logo: a `data:` URL of an image, since the page asks for nothing else. */
  readonly logo?: string;
  /** Where name and logo lead to: an `http:` or `https:` URL, or a path of the site. */
  readonly url?: string;
  /** Whom to ask: an e-mail address, or an `http:`, `https:`, `mailto:` or `tel:` URL. */
  readonly contact?: string;
  /**
   * Values for the CSS custom properties of the page, by their names without `--`, such as `{ accent: "#0b6e4f" }`. Each
   * holds in light schemes and dark ones; `light-dark(#fff, #111)` gives one for either. What is left out follows from
   * what is given, so that text can be read.
   */
  readonly colors?: Readonly<Partial<Record<SiteColor, string>>>;
  /**
   * The time zone in which times are written where nobody knows the visitor's, by its IANA name.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
}

/** The CSS custom properties of the built-in page that hold colours. */
export type SiteColor = "background" | "text" | "muted" | "accent" | "accent-text";

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

/** Which other origins may read the answers, all optional. */
export interface CorsOptions {
  /**
   * The origins, such as `"https://app.example.com"`.
   *
   * @default All
   */
  origins?: readonly string[];
  /**
   * Whether their requests may carry cookies and other credentials. Only for origins that are named.
   *
   * @default {false}
   */
  credentials?: boolean;
  /**
   * Whether pages of public addresses may ask a site on a private network, where the browser asks for leave to.
   *
   * @default {true}
   */
  privateNetwork?: boolean;
}

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
   * Makes the answer in place of the built-in one. It has to return a fresh `Response` at once; if it throws or returns
   * anything else, the visitor gets the built-in answer and `onError` is told. Nothing is added to it, neither `headers`
   * nor the fields of `cors`; it answers preflights, too, and `redirectUrl` stands back behind it.
   *
   * In Django: `handler503`.
   */
  handler503?: (request: Request, info: MaintenanceInfo) => Response;
  /**
   * The HTML page in place of the built-in one: a template, or a function that returns the HTML.
   *
   * In a template `{{request_path}}`, `{{request_method}}`, `{{request_url}}`, `{{status}}`, `{{retry_after}}`,
   * `{{mode}}`, `{{reason}}`, `{{start}}`, `{{end}}` and `{{language}}` are replaced by their values, escaped for HTML
   * text and quoted attributes, not for scripts. What a function returns is sent as it is: escape what comes from the request. If it throws
   * or returns anything but a string, the visitor gets the built-in page and `onError` is told. Clients that ask for
   * anything but HTML do not get the page. It is sent without `Content-Language` and `Content-Security-Policy`, which are
   * yours to give in `headers`.
   *
   * In Django: the template `503.html`.
   */
  page?: string | ((info: MaintenanceInfo) => string);
  /**
   * The HTTP status of the answer: an integer from 200 to 599 that may carry a body, and no redirect.
   *
   * Anything but 503 tells search engines that the maintenance page is the content of the site. gRPC gets 200 whatever it
   * is: its own status says that the site is unavailable.
   *
   * In Django: `MAINTENANCE_MODE_STATUS_CODE`.
   *
   * @default {503}
   */
  statusCode?: number;
  /**
   * How long clients are asked to wait, sent as `Retry-After`: a whole number of seconds from 0, or a `Date`, which is
   * sent as an HTTP-date until it has passed. `retryAfter` of the state takes precedence. Without either it is the `end`
   * of the state, and without that no header is sent.
   *
   * In Django: `MAINTENANCE_MODE_RETRY_AFTER`.
   *
   * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
   */
  retryAfter?: number | Date;
  /**
   * Over how many seconds clients are spread that come back: each is asked to wait for up to as many seconds more, by
   * chance, so that they do not come all at once. It is added to whatever `Retry-After` says; `retryAfter` of `info` is
   * without it.
   *
   * @default {0}
   */
  retryJitter?: number;
  /**
   * Where to send visitors instead of showing them a page (302): a path of this site, or an absolute `http:` or `https:`
   * URL. Programs that ask for JSON or text, gRPC and GraphQL get their answer here.
   *
   * A path passes the gate itself, so that the app can serve it; with a query it passes with that query alone. A visitor
   * who already is at an absolute URL gets the built-in answer there instead of being sent in a circle.
   *
   * In Django: `MAINTENANCE_MODE_REDIRECT_URL`.
   */
  redirectUrl?: string;
  /**
   * The representation of the answer, in place of what the request asks for: a word, or a function of the request.
   *
   * Without it `Accept` decides. Who accepts anything, or HTML and JSON alike, gets JSON if a script asks
   * (`Sec-Fetch-Dest: empty`, `X-Requested-With`, a body in JSON), else the page. GraphQL over HTTP and gRPC get an error
   * of their own kind.
   *
   * In Django: `MAINTENANCE_MODE_RESPONSE_TYPE`.
   */
  responseType?: ResponseType | ((request: Request) => ResponseType);
  /**
   * What the built-in page says about the site: its name, its logo, whom to ask, its colours. The time zone is for the
   * other representations, too.
   *
   * @default {{}}
   */
  site?: Site;
  /**
   * Words of your own for the built-in answers, by the tags of their languages (BCP 47): in place of built-in ones, or in
   * a language that is not built in. What is left out of a language that is not built in is said in English.
   *
   * @default {{}}
   * @example
   * ```ts
   * import { maintenanceMode } from "maintenancemode";
   *
   * maintenanceMode({ messages: { en: { title: "Back in a moment" }, gsw: { title: "Wartigsarbete" } } });
   * ```
   */
  messages?: Readonly<Record<string, Partial<Messages>>>;
  /**
   * The languages that the answers are given in, by their tags (BCP 47). Who asks for none of them with
   * `Accept-Language` gets the first. A single one goes to everybody.
   *
   * @default All that are built in or in `messages`, English first
   * @see {@link https://www.rfc-editor.org/rfc/rfc4647#section-3.4 | RFC 4647 section 3.4}
   */
  languages?: readonly string[];
  /**
   * Whether scripts of other origins may read the answer, with its status, `Retry-After`, `Maintenance-Mode` and body:
   * `true`, `false`, or which may.
   *
   * Preflights are answered then, too, so that a script gets to see the 503 and not an error of the network. Such an answer
   * is not kept by the browser. While the site is read-only, they pass to the app.
   *
   * To send cookies along, an origin has to be named. A preflight carries none, so it is answered also for who is let in by
   * a cookie: any site could make that visitor's browser send what the app never approved.
   *
   * @default {true}
   * @see {@link https://fetch.spec.whatwg.org/#http-cors-protocol | CORS protocol}
   */
  cors?: boolean | CorsOptions;
  /**
   * Header fields added to the built-in answer, redirects and answers to preflights included. They replace built-in ones of
   * the same name, but for `Vary`, which is added to. `Content-Type`, `Content-Length`, `Content-Encoding` and `Transfer-Encoding` belong to the body and are refused.
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
  /**
   * Tells of maintenance of the state that begins soon, for an app that wants to show it to its visitors: within the time
   * that `announce` says, and only for a URL that it will concern. Frozen; it never throws.
   *
   * @param request The request of the visitor.
   * @param ctx What the host runtime knows about it. It makes no difference yet.
   * @returns `undefined` if nothing is planned so soon, or maintenance of the state has begun.
   */
  notice(request: Request, ctx?: MaintenanceContext): MaintenanceNotice | undefined;
  /** Whether anyone could be answered right now: `false` while maintenance is off. */
  readonly active: boolean;
}

/**
 * What is going on: `"off"`, `"on"`, or `"read-only"`, which lets requests with a safe method pass (GET, HEAD, OPTIONS) and
 * answers those that may write.
 */
export type MaintenanceMode = "off" | "on" | "read-only";

/** A window that comes back: when it starts, in the form of a crontab, and how long it lasts. */
export interface RecurringWindow {
  /**
   * When it starts: the five fields of a crontab, minute, hour, day of the month, month and day of the week, such as
   * `"0 1 * * SUN"`. Each is `*`, a value, a range, a step or a list of these; months and days of the week may be named.
   * If both days are given, either is enough.
   *
   * A time that the change to summer time skips starts right after it; one that comes twice starts with the first.
   */
  readonly cron: string;
  /** How long it lasts in real time: whole numbers with `d`, `h`, `m` or `s`, such as `"1h"`, `"90s"` or `"1h30m"`. */
  readonly duration: string;
  /**
   * The time zone of `cron`, by its IANA name such as `"Europe/Amsterdam"`.
   *
   * @default {"UTC"}
   */
  readonly timeZone?: string;
}

/** What operators say about maintenance while the site runs: plain JSON, the same in every store. */
export interface MaintenanceState {
  /** What is going on. */
  readonly mode: MaintenanceMode;
  /**
   * Why, for visitors to read: a text, or texts by the tags of their languages (BCP 47), such as `{ "en": "…", "de": "…" }`.
   * Who reads none of these gets the first.
   */
  readonly reason?: string | Readonly<Record<string, string>>;
  /** From when on, an instant with its offset from UTC (RFC 3339), such as `"2026-11-22T01:00:00Z"`. Without it, at once. */
  readonly start?: string;
  /** Until when, exclusively; later than `start`. Without it, until somebody switches it off. */
  readonly end?: string;
  /** How many seconds clients are asked to wait: `Retry-After`. It takes precedence over the option of the gate. */
  readonly retryAfter?: number;
  /** The part of the site that is meant, by patterns as strings in `ignoreUrls`. Without it, the whole site. */
  readonly urls?: readonly string[];
  /** URLs that pass, beside those of the gate's option `ignoreUrls`; patterns as strings there. */
  readonly ignoreUrls?: readonly string[];
  /** Clients that pass, beside those of the gate's option `internalIps`. */
  readonly internalIps?: readonly string[];
  /**
   * The part of the visitors that gets in, from 0 to 1: `0.1` lets every tenth in. It is always the same ones, told apart
   * by a cookie or their address, and who gets in at one number does so at each higher one: to reopen gradually, raise it.
   *
   * It spreads load and is no access control: a visitor can make up the cookie, or come from another address.
   */
  readonly admit?: number;
  /**
   * Lets in who knows a secret: by a link, any URL of the site with `?maintenance-bypass=<secret>`, or by the header field
   * `Maintenance-Bypass: <secret>`. Here is only a salted hash, which lets nobody in who reads the store; but a secret that
   * somebody made up could be guessed from it. `LiveState.set` takes the secret itself, of at least 16 characters.
   */
  readonly bypass?: string;
  /** Only within one of these windows, and between `start` and `end` if these are given. */
  readonly recurring?: readonly RecurringWindow[];
}

/** What a store holds. */
export interface StoredState {
  /** The text of the state: JSON, or whatever somebody wrote there. The empty text means "on". */
  readonly text: string;
  /**
   * Tells this writing of the text from any other one, of the same text too: an ETag, a version stamp. A store that
   * knows none leaves it out.
   */
  readonly version?: string | undefined;
}

/**
 * Where the state is kept. A store needs no more than `read`; each of the other members lets it do something more.
 *
 * What a method throws or rejects with means that the store cannot be reached. It never throws because of what is stored.
 */
export interface MaintenanceStore {
  /** What it is, for people: `"file:/srv/maintenance.json"`. Without passwords. */
  readonly name?: string;
  /** How many milliseconds `liveState` lets pass between two reads unless it is told otherwise. 5000 if left out. */
  readonly pollInterval?: number;
  /** Whether `liveState` reads it only while a request is handled, unless it is told otherwise. */
  readonly perRequest?: boolean;
  /**
   * Reads what is stored: at least as new as any `write` that had settled when it was called.
   *
   * @param signal Aborted when nobody waits any longer.
   * @returns What is stored, or `undefined` if nothing is, which means "off".
   */
  read(signal: AbortSignal): Promise<StoredState | undefined>;
  /**
   * Stores a text in place of what is there, all of it or nothing. A store without it can only be read.
   *
   * @returns The version of what was written, if the store knows one: the same that `read` returns for it.
   */
  write?(text: string): Promise<string | undefined>;
  /**
   * Stores a text if the store still holds the expected one, as one step: of two that try at once, one is refused.
   *
   * @param expected The text that has to be there, or `undefined` if nothing has to be.
   * @returns `undefined` if it holds another one, otherwise the version of what was written, if it knows one.
   */
  replace?(text: string, expected: string | undefined): Promise<{ readonly version?: string | undefined } | undefined>;
  /**
   * Tells of changes as they happen. Calling `changed` too often does no harm.
   *
   * @param changed To be called whenever what is stored may have changed, and whenever a lost connection is back.
   * @param failed To be called with an error when changes can no longer be told; it is set up again later.
   * @returns Stops it.
   */
  watch?(changed: () => void, failed: (error: unknown) => void): Unwatch | Promise<Unwatch>;
  /** Where the processes that follow the store keep records of themselves. A store without it knows no fleet. */
  readonly instances?: InstanceRegistry;
  /** Lets go of what the store opened itself, never of a client that it was given. Called once at most. */
  close?(): void | Promise<void>;
}

/** Stops watching a store. */
export type Unwatch = () => void | Promise<void>;

/** Records of running processes, which expire by themselves. All of it is text that only `liveState` understands. */
export interface InstanceRegistry {
  /**
   * Keeps the record of one process in place of its former one.
   *
   * @param id Tells the process from others: letters, digits and `-`.
   * @param record At most some kilobytes of text.
   * @param ttlMs After how many milliseconds, by the clock of the store and not that of the process, it expires.
   */
  put(id: string, record: string, ttlMs: number): Promise<void>;
  /** Removes the record of a process that ends. */
  delete(id: string): Promise<void>;
  /** The records that have not expired, at least as new as any `put` that had settled when it was called. */
  list(): Promise<string[]>;
}

/** Options of {@link LiveState.during}, and of waiting for the fleet in general. */
export interface WaitOptions {
  /**
   * How many milliseconds to wait at most.
   *
   * @default {60000}
   */
  timeoutMs?: number;
  /**
   * Whether to wait for event streams and upgraded connections, too, which may never end.
   *
   * @default {false}
   */
  streams?: boolean;
  /** Stops waiting. */
  signal?: AbortSignal;
}

/** The state of maintenance in a store, followed while the process runs: what `liveState` returns. */
export interface LiveState {
  /**
   * The state in force, frozen; what the gate reads. Whether it holds right now also depends on its `start` and `end`:
   * see `maintenance.active`.
   */
  readonly current: MaintenanceState;
  /**
   * Resolves with this object when the store was read for the first time, or could not be in `startTimeoutMs`. It rejects
   * only with `requireStore`.
   */
  readonly ready: Promise<LiveState>;
  /**
   * Stores a state in place of the current one. Here it is in force when the promise resolves, in other processes as fast
   * as the store tells them. The last one set wins.
   *
   * @returns The state in force.
   * @throws {StateError} If it is not valid.
   * @throws {StoreError} If it cannot be stored. If the store did not answer in time, it may still be stored later.
   */
  set(state: MaintenanceState): Promise<MaintenanceState>;
  /**
   * Runs something under maintenance: switches it on, waits until each process of the fleet has followed and has finished
   * the requests it had let in before, runs it, and switches maintenance off.
   *
   * If waiting or running fails, or if somebody else changed the state meanwhile, maintenance stays on. Within another call
   * in the same process it goes back to the state of that one.
   *
   * @param state The state meanwhile; `mode` is `"on"` if left out.
   * @param run What to run.
   * @param options How long to wait for the fleet.
   * @returns What `run` returned.
   * @throws {FleetError} If the fleet was not ready in time.
   * @throws {TypeError} If an argument is not valid. Nothing is switched then.
   */
  during<Result>(
    state: Partial<MaintenanceState>,
    run: () => Result | Promise<Result>,
    options?: WaitOptions,
  ): Promise<Result>;
  /** The processes that follow the same store, as they last reported; `undefined` if the store keeps no records of them. */
  fleet(): Promise<Instance[] | undefined>;
  /**
   * Calls a function whenever the state has changed, with the new and the former one. A state that begins or ends by the
   * clock does not change then.
   *
   * @returns Stops it.
   */
  on(event: "change", listener: (current: MaintenanceState, former: MaintenanceState) => void): () => void;
  /**
   * Calls a function with each error: the store cannot be reached, what it holds is not valid. The state in force stays.
   *
   * @returns Stops it.
   */
  on(event: "error", listener: (error: unknown) => void): () => void;
  /** Stops following the store and lets go of what it opened. The state in force stays. */
  close(): Promise<void>;
}

/** A request that a process has let in and not finished. */
export interface HeldRequest {
  /** Its method. */
  readonly method: string;
  /** The path of its URL, without the query. */
  readonly path: string;
  /** For how many seconds it has been going on. */
  readonly seconds: number;
  /** Whether it is a request whose response is not sent yet, an event stream, or an upgraded connection. */
  readonly kind: "request" | "event-stream" | "upgrade";
}

/** What a process that follows a store says about itself. */
export interface Instance {
  /** Tells it from others. */
  readonly id: string;
  /** The name of its host. */
  readonly host: string;
  /** Its process id. */
  readonly pid: number;
  /** The runtime and its version, such as `"node 24.21.0"`. */
  readonly runtime: string;
  /** When it started to follow the store, by its clock: milliseconds since 1970. */
  readonly startedAt: number;
  /** For how many milliseconds it has reached the store without a failure. */
  readonly connectedMs?: number;
  /** What its clock said when it wrote this: milliseconds since 1970. */
  readonly clock: number;
  /** Which writing of the state it has in force; `undefined` before it has read any. */
  readonly revision: string | undefined;
  /** The mode of the state in force. */
  readonly mode: MaintenanceMode;
  /** Whether that holds by its clock. */
  readonly inForce: boolean;
  /** How many requests it has let in and not finished. */
  readonly inFlight: number;
  /** How many of them it had let in before the state in force. */
  readonly before: number;
  /** How many event streams and upgraded connections are open. */
  readonly streams: number;
  /** The longest of all these, ten of each at most, those from before first. */
  readonly held: readonly HeldRequest[];
  /** Who passes during maintenance by the options of its gates: words of `DecisionReason`. */
  readonly admits: readonly string[];
  /** What keeps it from following: the state that is stored is not valid, say. */
  readonly problem?: string;
}
