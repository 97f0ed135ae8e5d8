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
  /**
   * The run that turns maintenance off when it is done, as `run` and `during()` name it. A state without it, or with
   * another one, takes over: maintenance then stays as it is.
   */
  readonly owner?: string;
  /** Only within one of these windows, and between `start` and `end` if these are given. */
  readonly recurring?: readonly RecurringWindow[];
}

/** A state with its end. */
export interface TimedState {
  /** The state. */
  readonly state: MaintenanceState;
  /** When it ends, in milliseconds since 1970, asked of an instant when it is in force; `undefined` if nobody knows. */
  endsAt(now: number): number | undefined;
}
