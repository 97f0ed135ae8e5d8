/**
 * The mode of a site: `"off"`, `"on"`, or `"read-only"`. Read-only lets requests pass that only read, by their
 * methods (GET, HEAD, OPTIONS, PROPFIND, QUERY, REPORT, SEARCH) or by `reads`, and answers all others.
 */
export type MaintenanceMode = "off" | "on" | "read-only";

/** A recurring window: when it starts, in the form of a crontab, and how long it lasts. */
export interface RecurringWindow {
  /**
   * When it starts: the five fields of a crontab, minute, hour, day of the month, month and day of the week, such as
   * `"0 1 * * SUN"`. Each is `*`, a value, a range, a step or a list of these; months and days of the week may be named.
   * If both days are given, either is enough.
   *
   * If the change to summer time skips the start, the window starts right after the change. If the start comes twice, the
   * first counts.
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

/** One maintenance: when it closes which part of the site, how it says so, and who gets in. */
export interface MaintenanceWindow {
  /** The mode of the site, or of the part that `hosts` and `urls` name. */
  readonly mode: MaintenanceMode;
  /**
   * The reason that visitors read: a text, or texts by language tag (BCP 47), such as `{ "en": "…", "de": "…" }`. Visitors
   * who read none of these languages get the first text.
   */
  readonly reason?: string | Readonly<Record<string, string>>;
  /** The start: an instant with its offset from UTC (RFC 3339), such as `"2026-11-22T01:00:00Z"`. Default: at once. */
  readonly start?: string;
  /**
   * The end (exclusive), later than `start`. Default: until somebody turns maintenance off. `LiveState.set` refuses one that has
   * passed.
   */
  readonly end?: string;
  /**
   * The end that is announced, later than `start`: an instant with its offset from UTC (RFC 3339). Unlike `end`, it does not
   * turn maintenance off, and once it has passed nobody promises a time. Default: `end`.
   */
  readonly expectedEnd?: string;
  /**
   * The `Retry-After`: a whole number of seconds from 0, or an instant with its offset from UTC (RFC 3339) until it has
   * passed. It takes precedence over the gate's option.
   */
  readonly retryAfter?: number | string;
  /**
   * The status of the answer, from 200 to 599 except redirects, 204 and 205. It takes precedence over the gate's option
   * `statusCode`.
   */
  readonly status?: number;
  /**
   * The hosts that are closed, such as `["a.example.com", "*.b.example.com"]`: names without scheme, port and path. Behind
   * `*.` a name stands for all names below it, at any depth, but not for itself. With `urls`, only these URLs of these hosts
   * are closed. Default: all hosts.
   */
  readonly hosts?: readonly string[];
  /**
   * The part of the site that is closed: URL patterns, as strings in `ignoreUrls`, which may begin with methods. Of a whole
   * URL, only host and path count. Default: the whole site.
   */
  readonly urls?: readonly string[];
  /** URLs that pass, in addition to the gate's option `ignoreUrls`; patterns as strings there. */
  readonly ignoreUrls?: readonly string[];
  /**
   * Requests that count as reading while the site is read-only, whatever their method, in addition to the gate's option
   * `reads`; patterns as strings in `ignoreUrls`.
   */
  readonly reads?: readonly string[];
  /**
   * Requests that count as writing while the site is read-only, whatever their method, in addition to the gate's option
   * `writes`; patterns as strings in `ignoreUrls`. They take precedence over `reads`.
   */
  readonly writes?: readonly string[];
  /** Clients that pass, in addition to the gate's option `internalIps`: IP addresses and CIDR ranges. */
  readonly internalIps?: readonly string[];
  /**
   * The share of the visitors that gets in, from 0 to 1: `0.1` lets every tenth visitor in. The gate tells visitors apart by
   * a cookie or their address and always lets the same ones in. Raise the number to reopen gradually: those who are in stay
   * in.
   *
   * It spreads load. It does not control access: a visitor can make up the cookie, or come from another address.
   */
  readonly admit?: number;
  /**
   * The salted hash of a secret that lets visitors in: by a link, any URL of the site with `?maintenance-bypass=<secret>`, or
   * by the header field `Maintenance-Bypass: <secret>`. The hash does not let readers of the store in, but a secret that
   * somebody made up could be guessed from it. `LiveState.set` takes the secret itself, of 16 to 256 characters.
   */
  readonly bypass?: string;
  /**
   * The run that goes back to the state from before when it is done: `run` and `during()` set it. A state without it, or with
   * another owner, takes over: maintenance then stays as it is.
   */
  readonly owner?: string;
  /**
   * The state from before a run, if that was not `off`. `run` and `during()` set it. If a run ends without success, it
   * removes `owner` and leaves this: the next run that succeeds goes back to it.
   */
  readonly former?: Omit<MaintenanceWindow, "owner" | "former">;
  /** Recurring windows. Maintenance is in force within one of them, and between `start` and `end` if these are given. */
  readonly recurring?: readonly RecurringWindow[];
  /** Who set it, for operators: a text of 1 to 200 printable characters. No visitor sees it. */
  readonly by?: string;
  /** Since when the mode holds, for operators: an instant with its offset from UTC (RFC 3339). No visitor sees it. */
  readonly since?: string;
  /** What operators should know: a text of at most 2000 characters. No visitor sees it. */
  readonly note?: string;
}

/**
 * The state that operators change while the site runs: plain JSON, the same in every store.
 *
 * It holds any number of maintenances at once: the one without a name, whose fields stand at the top level, and those in
 * `windows`. A request has to get past each one in force that closes its URL.
 */
export interface MaintenanceState extends MaintenanceWindow {
  /**
   * Further maintenances by name, each with its own hosts, URLs, reason, end and exceptions. A name has 1 to 64 letters, digits,
   * `_`, `-` and `.`, and begins with a letter or a digit; there are at most 10 000. Default: none.
   */
  readonly windows?: Readonly<Record<string, MaintenanceWindow>>;
}

/** A maintenance with its end. */
export interface TimedState {
  /** The maintenance. */
  readonly state: MaintenanceWindow;
  /**
   * When it ends, in milliseconds since 1970; `undefined` if nobody knows.
   *
   * @param now An instant at which it is in force.
   */
  endsAt(now: number): number | undefined;
}
