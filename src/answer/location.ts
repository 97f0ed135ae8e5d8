import type { Answer } from "./response.ts";

/**
 * An answer with a `Location` that the host of a request can read: an absolute URL in `proxy.ts` of Next, which throws at a
 * path, and the answer as it is elsewhere.
 *
 * Only there is the origin known to be harmless: behind a proxy it is an internal one, and Next makes a path again of a URL of
 * the request's own host.
 *
 * @see {@link https://github.com/vercel/next.js/issues/73989 | Invalid URL when returning a relative location header}
 */
export function forHost(answer: Answer, request: Request): Answer {
  const { location } = answer.headers;
  // A member of `NextRequest` alone.
  const { nextUrl } = request as { nextUrl?: unknown };
  if (nextUrl === undefined || typeof location !== "string" || !location.startsWith("/")) return answer;
  // The path that Next makes of it must not begin with two slashes, which lead to another host.
  return answer.withFields({ location: new URL(location.replace(/^\/\.\/+/, "/"), request.url).href });
}
