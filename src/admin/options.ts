import { LIVE, type LiveInternals } from "../gate/live.ts";
import type { LiveState } from "../types/live-state.ts";
import { createConsoleReporter } from "../util/console-reporter.ts";
import { checkFunction, checkNames, invalidOption } from "../util/errors.ts";
import { checkInternals } from "../util/internals-version.ts";
import { call } from "../util/listener.ts";
import { ownOf } from "../util/own.ts";

/** The answer of {@link AdminOptions.authorize} about one request. */
export type Authorization = boolean | { readonly by: string } | undefined | null;

/** Options of {@link adminHandler}. */
export interface AdminOptions<Ctx = unknown> {
  /** The live state to show and to change, from `liveState`. */
  state: LiveState;
  /**
   * Says whether an operator makes a request: `true`, or `{ by }` with the name that the state and the history show. Anything else,
   * an error or a promise that rejects means no: the handler then answers as it does for a path that does not exist.
   *
   * An operator can close and open the whole site. The function gets the request and whatever the handler gets as its second
   * argument. It must not read the body.
   */
  authorize: (request: Request, ctx: Ctx) => Authorization | Promise<Authorization>;
  /**
   * The path at which the handler is mounted, as `request.url` has it, such as `"/ops/maintenance"`. It answers every other path
   * with `notFound`.
   *
   * @default The handler answers below any path: the app that mounts it decides.
   */
  path?: string;
  /**
   * The URL of the site that maintenance closes, such as `"https://example.com"`: bypass links begin with it.
   *
   * @default The origin of the panel
   */
  site?: string;
  /**
   * The origins at which operators open the panel, such as `["https://ops.example.com"]`. Requests to another host, and from pages
   * of another origin, are refused. Give it where `authorize` trusts a network or an address: a page of anybody could otherwise let
   * its own name point at your server (DNS rebinding), and would be taken for the panel.
   *
   * @default The origin of `site`; any host if that is not given either
   */
  origins?: readonly string[];
  /**
   * A secret of at least 16 characters from which the handler makes the tokens of its page. Give the same to all processes if
   * there is more than one: the page of one may ask another.
   *
   * @default A random one, new for each handler
   */
  tokenSecret?: string;
  /**
   * Answers paths that do not exist, and everybody except operators. Give the function with which your app answers unknown
   * paths, so that nobody can tell the panel from one.
   *
   * @default A plain 404
   */
  notFound?: (request: Request) => Response | Promise<Response>;
  /**
   * Called with errors: of `authorize` and `notFound`, and of the store.
   *
   * @default `console.error`, once for each message
   */
  onError?: (error: unknown) => void;
}

const NAMES = ["state", "authorize", "path", "site", "origins", "tokenSecret", "notFound", "onError"] as const;

const TASK = "create the admin handler";

/** The length of the shortest secret for tokens, in characters. */
const SHORTEST_SECRET = 16;

/** Checked options with their defaults. */
export interface AdminSettings<Ctx> {
  readonly live: LiveState;
  readonly internals: LiveInternals;
  readonly authorize: AdminOptions<Ctx>["authorize"];
  /** The path of the mount without a slash at its end; `undefined` for any. */
  readonly path: string | undefined;
  /** The origin of the site, if it is known. */
  readonly site: URL | undefined;
  readonly origins: readonly URL[] | undefined;
  readonly tokenSecret: string | undefined;
  readonly notFound: (request: Request) => Response | Promise<Response>;
  readonly onError: (error: unknown) => void;
}

/**
 * Checks the options and fills in defaults.
 *
 * @throws {OptionError} If one is not valid.
 * @throws {MaintenanceError} With the code `ERR_VERSION`, if another version of this package has made the live state.
 */
export function resolveOptions<Ctx>(options: AdminOptions<Ctx>): AdminSettings<Ctx> {
  checkNames(TASK, options, NAMES);
  const { state, authorize, path, site: siteUrl, origins, tokenSecret, notFound, onError } = ownOf(options);
  const internals = (state as Partial<Record<typeof LIVE, LiveInternals>> | undefined)?.[LIVE];
  if (internals === undefined) throw invalidOption(TASK, "state", "a live state that liveState() returned", state);
  checkInternals(internals, TASK, "the live state");
  checkFunction(TASK, "authorize", authorize, "a function that tells operators from everybody else");
  if (notFound !== undefined) checkFunction(TASK, "notFound", notFound);
  if (onError !== undefined) checkFunction(TASK, "onError", onError);
  if (path !== undefined && !(typeof path === "string" && /^\/[^?#%\\]*$/.test(path) && !path.includes("//"))) {
    throw invalidOption(TASK, "path", 'a path such as "/ops/maintenance"', path);
  }
  const isShort = tokenSecret !== undefined &&
    !(typeof tokenSecret === "string" && tokenSecret.length >= SHORTEST_SECRET);
  // The value may be a part of the secret.
  if (isShort) throw invalidOption(TASK, "tokenSecret", `a text of at least ${SHORTEST_SECRET} characters`, "***");
  const report = onError ?? createConsoleReporter();
  const site = siteUrl === undefined ? undefined : readOrigin("site", siteUrl);
  return {
    live: state,
    internals,
    authorize,
    path: path?.replace(/\/$/, ""),
    site,
    origins: origins === undefined ? site && [site] : readOrigins(origins),
    tokenSecret,
    notFound: notFound ?? notFoundByDefault,
    onError: (error) => call("onError", report, error),
  };
}

function readOrigins(origins: unknown): readonly URL[] {
  if (!Array.isArray(origins) || origins.length === 0) {
    throw invalidOption(TASK, "origins", 'an array of origins such as ["https://ops.example.com"]', origins);
  }
  return origins.map((origin, index) => readOrigin(`origins[${index}]`, origin));
}

function readOrigin(name: string, value: unknown): URL {
  const url = typeof value === "string" ? tryParse(value) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) {
    throw invalidOption(TASK, name, 'an origin, without a path, such as "https://example.com"', value);
  }
  return url;
}

function tryParse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function notFoundByDefault(): Response {
  return new Response("Not Found\n", {
    status: 404,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" },
  });
}
