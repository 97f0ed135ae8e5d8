import { compileUrlPatterns, type UrlTest } from "../match/url/url-patterns.ts";
import { invalidOption } from "../util/errors.ts";

const TASK = "create maintenance mode";

/** The target of redirects. */
export interface Redirect {
  /** The value of `Location`. */
  location: string;
  /** Whether a URL is the target itself: a redirect from it would go in a circle. */
  isTarget: UrlTest;
}

/** Stands for the site, whose own origin is not known. */
const ORIGIN = "http://localhost";

/**
 * Checks `redirectUrl`.
 *
 * @throws {OptionError} If it is not valid.
 */
export function compileRedirect(redirectUrl: unknown): Redirect {
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
 * Whether a URL has the query of the target, if the target has one. Otherwise an app that tells its pages apart by the query
 * would be open as a whole.
 */
function hasQuery(url: string, search: string): boolean {
  return search === "" || /^[^?#]*(\?[^#]*)?/.exec(url)![1] === search;
}
