import type { NodeRequest } from "./info.ts";

/** A name or an IPv6 address with an optional port, and nothing that would end the host in a URL. */
const PLAIN_HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i;

/** Whether a `Host` field holds a host, and nothing that would move the path of a URL. */
export function isPlainHost(host: string): boolean {
  return PLAIN_HOST.test(host);
}

/** The host as the client wrote it. An empty field means the same as none: RFC 9110 section 7.2. */
function hostOf({ headers }: NodeRequest): string {
  const { ":authority": authority, host } = headers;
  // The app may read the other one. A client must not send two that differ (RFC 9113 section 8.3.1).
  if (authority && host && String(authority).toLowerCase() !== String(host).toLowerCase()) {
    return `${authority} ${host}`;
  }
  // In the order of @whatwg-node/server, so that both take the same one.
  return String(authority || host || "localhost");
}

/** Whether the URL of a request is its host and its target put together, with no fragment. */
export function isPlain(req: NodeRequest): boolean {
  return req.url?.startsWith("/") === true && !req.url.includes("#") && PLAIN_HOST.test(hostOf(req));
}

// Nearly all requests of a site name the same host, and the URL parser takes longer than all the rest here.
let last = { scheme: "", host: "", origin: "" as string | undefined };

/** The origin as the URL parser writes it; `undefined` if the field holds more than a host, or none that a URL may have. */
function originOf(scheme: string, host: string): string | undefined {
  if (last.host === host && last.scheme === scheme) return last.origin;
  let origin: string | undefined;
  try {
    if (PLAIN_HOST.test(host)) origin = new URL(`${scheme}://${host}`).origin;
  } catch {
    // "a:99999", say.
  }
  last = { scheme, host, origin };
  return origin;
}

/**
 * A target with dot segments, backslashes, a fragment, which some routers take for a part of the path, or anything that is
 * not ASCII, space and control characters among it.
 */
const MOVABLE = /^[^?#]*(?:#|[^\x21-\x5b\x5d-\x7e]|\/(?:\.|%2e){1,2}(?:[/?]|$))/i;

/** Whether no router reads another path in the target of a request. */
export function isPlainTarget({ url = "/" }: NodeRequest): boolean {
  return url.startsWith("/") && !MOVABLE.test(url);
}

/** A path and a query that the URL parser leaves as they are, if they have no dot segments. */
const UNCHANGED = /^[\w/.~!$&()*+,;=:@%?-]*$/;

/** Put behind a path, keeps it from matching any rule of `ignoreUrls`, and makes it match all `urls` of a state. */
const DOUBT = "%00";

/** What Connect and Express note when they cut the path at which a middleware is mounted off `url`. Express alone notes both. */
interface MountedRequest {
  readonly originalUrl?: string;
  readonly baseUrl?: string;
}

/**
 * The URL that routers behind the gate will see, if middleware in front of it has changed `url`; `undefined` if it is that
 * of {@link urlOf}. If Connect has cut a path off, nobody can tell that from a change: then `isCut` is set.
 */
export function rewriteOf(
  req: NodeRequest & MountedRequest,
): { readonly url: string; readonly isCut: boolean } | undefined {
  const { originalUrl, url, baseUrl = "" } = req;
  if (originalUrl === undefined || url === undefined || originalUrl === url) return undefined;
  // Of "/api" or "/api?a" mounted at "/api", "/" or "/?a" is left.
  const isMounted = (path: string) => originalUrl === path + url || path !== "" && originalUrl === path + url.slice(1);
  if (isMounted(baseUrl)) return undefined;
  const isCut = req.baseUrl === undefined && url.startsWith("/") &&
    (originalUrl.endsWith(url) || originalUrl.endsWith(url.slice(1)) && /^\/(?:\?|$)/.test(url));
  return { url: urlOf(req, baseUrl + url), isCut };
}

/**
 * The URL that the gate is asked about, written as the URL parser writes it. The path is the one that routers see in the
 * target: a client that writes `Host: x/health?` must not move it.
 */
export function urlOf(req: NodeRequest & MountedRequest, target: string = req.originalUrl ?? req.url ?? "/"): string {
  const scheme = (req.socket as { encrypted?: boolean }).encrypted ? "https" : "http";
  const origin = originOf(scheme, hostOf(req));
  if (!target.startsWith("/") || MOVABLE.test(target)) {
    // Routers read these in more than one way: a path that the URL parser would change, and the other forms of a target
    // (RFC 9112 section 3.2).
    return `${origin ?? `${scheme}://localhost`}/${encodeURIComponent(target)}${DOUBT}`;
  }
  const path = origin === undefined ? target.replace(/(?=\?|$)/, DOUBT) : target;
  const url = `${origin ?? `${scheme}://localhost`}${path}`;
  return UNCHANGED.test(path) ? url : new URL(url).href;
}
