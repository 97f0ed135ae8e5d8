import {
  checkRetryJitter,
  checkSite,
  type Language,
  resolveCors,
  resolveLanguages,
} from "../answer/resolve-options.ts";
import type { Cors } from "../answer/cors.ts";
import { checkNames, createConsoleReporter, invalidOption, messageOf, quote, type Task } from "../util/errors.ts";
import { compileIpRanges, type IpTest } from "../match/ip/ip-ranges.ts";
import { type Bypass, LIVE, type LiveInternals } from "./live.ts";
import { RESPONSE_TYPES } from "../answer/negotiate.ts";
import { checkDomain, checkSecret, isWholeNumber, readAnnounce } from "./option-checks.ts";
import type { HeadersInput } from "../answer/options.ts";
import type { MaintenanceOptions } from "./maintenance-options.ts";
import type { Messages } from "../answer/messages.ts";
import type { Site } from "../answer/site-options.ts";
import type { UrlPattern } from "../match/url/types.ts";
import { compileUrlPatterns, isParts, type UrlTest } from "../match/url/url-patterns.ts";

/** Where visitors are redirected to. */
export interface Redirect {
  /** The value of `Location`. */
  location: string;
  /** Whether a URL is the target itself, so that redirecting from it would go in a circle. */
  isTarget: UrlTest;
}

/** Options that were checked, with what can be prepared prepared. */
export interface Settings extends
  Omit<
    MaintenanceOptions,
    "state" | "redirectUrl" | "bypassSecret" | "announce" | "headers" | "onError" | "messages" | "languages" | "cors"
  > {
  enabled: boolean | (() => boolean);
  /** What the gate reads of the live state. */
  live: LiveInternals | undefined;
  allowStaff: boolean;
  statusCode: number;
  /** Told of each error, and of the option whose function it was in. */
  onError: (error: unknown, option?: string) => void;
  /** The test of `internalIps`, if there are any. */
  isInternal: IpTest | undefined;
  /** The ranges as they were given, for explanations. */
  internalIps: readonly string[];
  /** The test of `ignoreUrls` and of a target of `redirectUrl` on this site, if there are any. */
  isIgnored: UrlTest | undefined;
  /** The patterns as they were given, for explanations. */
  ignoreUrls: readonly UrlPattern[];
  redirect: Redirect | undefined;
  retryJitter: number;
  site: Site;
  /** The languages of the answers, the default first. */
  languages: readonly Language[];
  /** Who may read the answers from another origin, if anybody may. */
  cors: Cors | undefined;
  /** What `bypassSecret` lets in, added by who makes the gate. */
  bypass?: Bypass | undefined;
  /** How many seconds before its start maintenance is announced, and the header field that tells of it, if any. */
  announce: { before: number; header: string | undefined };
  /** The fields of `headers` by their lower-case names. */
  headers: Readonly<Record<string, string | readonly string[]>>;
}

const TASK: Task = "create maintenance mode";

const NAMES = [
  "enabled",
  "state",
  "ignoreUrls",
  "internalIps",
  "allowStaff",
  "allow",
  "handler503",
  "page",
  "statusCode",
  "retryAfter",
  "retryJitter",
  "redirectUrl",
  "bypassSecret",
  "bypassDomain",
  "announce",
  "responseType",
  "site",
  "messages",
  "languages",
  "cors",
  "headers",
  "onDecision",
  "onError",
] as const satisfies readonly (keyof MaintenanceOptions)[];

const OF_HOSTS = "it is an option of withMaintenance(), middleware() and contextFrom()";

/** What to say of names that are likely tried: options of the host helpers, and of Django what is called otherwise here. */
const HINTS: Readonly<Record<string, string>> = {
  isStaff: OF_HOSTS,
  trustProxy: OF_HOSTS,
  forwardedHeader: OF_HOSTS,
  MAINTENANCE_MODE: 'did you mean "enabled"?',
  MAINTENANCE_MODE_TEMPLATE: 'did you mean "page"?',
  MAINTENANCE_MODE_IGNORE_IP_ADDRESSES: 'did you mean "internalIps"?',
  MAINTENANCE_MODE_IGNORE_STAFF: 'did you mean "allowStaff"?',
  MAINTENANCE_MODE_IGNORE_SUPERUSER: 'did you mean "allow"?',
};

/**
 * Checks options and fills in defaults.
 *
 * @param options What the user gave.
 * @param builtIn The words that are built in, by the tags of their languages.
 * @throws {TypeError} If an option is unknown, of the wrong type or not valid.
 */
export function resolveOptions(options: MaintenanceOptions, builtIn: Readonly<Record<string, Messages>>): Settings {
  checkNames(TASK, options, NAMES, "options", HINTS);
  const {
    enabled = false,
    ignoreUrls = [],
    internalIps = [],
    allowStaff = true,
    statusCode = 503,
    onError,
    retryAfter,
    retryJitter = 0,
    responseType,
    redirectUrl,
    site = {},
    cors = true,
    headers,
    bypassSecret,
    bypassDomain,
  } = options;

  if (typeof enabled !== "boolean") checkFunction("enabled", enabled, "true, false or a function that returns one");
  const live = options.state === undefined ? undefined : internalsOf(options.state);
  if (typeof allowStaff !== "boolean") throw invalidOption(TASK, "allowStaff", "true or false", allowStaff);
  for (const name of ["allow", "handler503", "onDecision", "onError"] as const) {
    if (options[name] !== undefined) checkFunction(name, options[name]);
  }
  checkPage(options.page);
  if (responseType !== undefined && typeof responseType !== "function" && !RESPONSE_TYPES.includes(responseType)) {
    throw invalidOption(TASK, "responseType", '"html", "json", "text" or a function that returns one', responseType);
  }
  checkStatusCode(statusCode);
  if (retryAfter !== undefined) checkRetryAfter(retryAfter);
  checkRetryJitter(retryJitter);
  checkSite(site);
  if (bypassSecret !== undefined) checkSecret(bypassSecret);
  if (bypassDomain !== undefined) checkDomain(bypassDomain);
  const redirect = redirectUrl === undefined ? undefined : compileRedirect(redirectUrl);
  const isInternal = compileIpRanges(internalIps, "internalIps");
  const isIgnoredUrl = compileUrlPatterns(ignoreUrls, "ignoreUrls");
  const isOwnTarget = redirect?.location.startsWith("/") ? redirect.isTarget : undefined;

  const { state: _state, bypassSecret: _secret, messages: _messages, ...rest } = options;
  return {
    ...rest,
    enabled,
    live,
    allowStaff,
    statusCode,
    onError: onError === undefined ? createConsoleReporter() : (error) => onError(error),
    // A copy, so that changing the Date later changes nothing here.
    ...(retryAfter instanceof Date && { retryAfter: new Date(retryAfter) }),
    internalIps: [...internalIps],
    isInternal: internalIps.length > 0 ? isInternal : undefined,
    ignoreUrls: ignoreUrls.map((pattern) => isParts(pattern) ? { ...pattern } : pattern),
    isIgnored: isOwnTarget && ignoreUrls.length > 0
      ? (url) => isOwnTarget(url) || isIgnoredUrl(url)
      : isOwnTarget ?? (ignoreUrls.length > 0 ? isIgnoredUrl : undefined),
    redirect,
    retryJitter,
    site: { ...site, ...(site.colors && { colors: { ...site.colors } }) },
    languages: resolveLanguages(options, builtIn),
    cors: resolveCors(cors),
    announce: readAnnounce(options.announce),
    headers: headers === undefined ? {} : readHeaders(headers),
  };
}

function internalsOf(state: unknown): LiveInternals {
  const internals = (state as { [LIVE]?: LiveInternals } | null)?.[LIVE];
  if (internals !== undefined) return internals;
  const { mode, read } = (state ?? {}) as { mode?: unknown; read?: unknown };
  const hint = typeof read === "function"
    ? "write liveState(store)"
    : mode !== undefined
    ? 'a state that never changes is "enabled: true" or memoryStore() of "maintenancemode/stores/memory"'
    : undefined;
  throw invalidOption(TASK, "state", 'a live state: liveState(store) of "maintenancemode/state"', state, hint);
}

function checkFunction(name: string, value: unknown, accepted = "a function"): void {
  if (typeof value !== "function") throw invalidOption(TASK, name, accepted, value);
}

function checkPage(page: unknown): void {
  if (page === undefined) return;
  const accepted = "HTML or a function that returns it";
  if (typeof page !== "string") checkFunction("page", page, accepted);
  else if (/^[\w./\\:-]+\.html?$/i.test(page)) {
    throw invalidOption(TASK, "page", accepted, page, `read the file: readFileSync(${quote(page)}, "utf8")`);
  }
}

function checkStatusCode(statusCode: unknown): void {
  const accepted = "an integer from 200 to 599 of a response that can have a body";
  if (typeof statusCode !== "number" || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw invalidOption(TASK, "statusCode", accepted, statusCode);
  }
  if (statusCode >= 300 && statusCode < 400) {
    throw invalidOption(TASK, "statusCode", accepted, statusCode, 'use "redirectUrl" to redirect');
  }
  if (statusCode === 204 || statusCode === 205) throw invalidOption(TASK, "statusCode", accepted, statusCode);
}

function checkRetryAfter(retryAfter: unknown): void {
  const accepted = "a whole number of seconds from 0 or a Date";
  if (retryAfter instanceof Date) {
    if (Number.isNaN(retryAfter.getTime())) throw invalidOption(TASK, "retryAfter", accepted, retryAfter);
  } else if (!isWholeNumber(retryAfter)) {
    const hint = typeof retryAfter === "string" ? "write 3600 for one hour" : undefined;
    throw invalidOption(TASK, "retryAfter", accepted, retryAfter, hint);
  }
}

/** Stands for the site, whose own origin is not known. */
const ORIGIN = "http://localhost";

function compileRedirect(redirectUrl: unknown): Redirect {
  const accepted = 'a path such as "/maintenance.html" or an absolute http: or https: URL';
  if (typeof redirectUrl !== "string") throw invalidOption(TASK, "redirectUrl", accepted, redirectUrl);
  // "//host", "/\host" and "/.//host" lead to another host, though they look like paths.
  const own = /^\/(?!\/)[^\0-\x20\\]*$/.test(redirectUrl) ? new URL(redirectUrl, ORIGIN) : undefined;
  if (own !== undefined && !own.pathname.startsWith("//")) {
    const { pathname, search, href, origin } = own;
    const path = pathname.replace(/[{}()*+?:\\]/g, "\\$&");
    const isPath = compileUrlPatterns([path], "redirectUrl");
    if (!isPath(href)) {
      const hint =
        "a path with an encoded slash, backslash or NUL does not pass the gate, so visitors would go in a circle";
      throw invalidOption(TASK, "redirectUrl", accepted, redirectUrl, hint);
    }
    return { location: href.slice(origin.length), isTarget: (request) => isPath(request) && hasQuery(request, search) };
  }
  let url: URL | undefined;
  try {
    url = new URL(redirectUrl);
  } catch {
    // Reported below, together with URLs of another scheme.
  }
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw invalidOption(TASK, "redirectUrl", accepted, redirectUrl);
  }
  // Whatever the scheme: behind a proxy that ends TLS, the app sees http: where the visitor sees https:.
  const { search } = url;
  const target = `//${url.host}${url.pathname}`;
  const isTarget = (request: string) => {
    const slashes = request.indexOf("//");
    return request.startsWith(target, slashes) && /^(?:[?#]|$)/.test(request.slice(slashes + target.length)) &&
      hasQuery(request, search);
  };
  return { location: url.href, isTarget };
}

/**
 * Whether a URL has the query of the one that is redirected to, if that has any: apps that tell their pages apart by the
 * query must not be open as a whole.
 */
function hasQuery(url: string, search: string): boolean {
  return search === "" || /^[^?#]*(\?[^#]*)?/.exec(url)![1] === search;
}

function readHeaders(input: HeadersInput): Record<string, string | string[]> {
  const accepted = "header fields: an object, pairs or Headers";
  if (typeof input !== "object" || input === null) throw invalidOption(TASK, "headers", accepted, input);
  let headers: Headers;
  try {
    headers = new Headers(input as ConstructorParameters<typeof Headers>[0]);
  } catch (cause) {
    throw new TypeError(`Cannot ${TASK}: "headers" must be ${accepted}: ${messageOf(cause)}`, { cause });
  }
  // Without a prototype, also "__proto__" is a name like any other.
  const fields: Record<string, string | string[]> = Object.create(null);
  headers.forEach((value, name) => {
    if (["content-type", "content-length", "content-encoding", "transfer-encoding"].includes(name)) {
      throw new TypeError(
        `Cannot ${TASK}: "headers" must not hold ${
          quote(name)
        }, which belongs to the body: use "handler503" for another`,
      );
    }
    fields[name] = name === "set-cookie" ? headers.getSetCookie() : value;
  });
  return fields;
}
