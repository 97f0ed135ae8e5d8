import { ACCEPT } from "./headers.ts";

/** Sends a request, as `fetch` does. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** fetch() follows as many redirects: https://fetch.spec.whatwg.org/#http-redirect-fetch */
const MOST_REDIRECTS = 20;

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Requests a URL and follows redirects by hand, because fetch() would not report a redirect through `http:`, and would send
 * the caller's header fields to other origins.
 *
 * @param headers The header fields for the first origin. Other origins do not get them.
 * @param etagOf The `ETag` that the caller knows for a URL.
 */
export async function requestState(
  send: Send,
  start: URL,
  headers: Headers,
  etagOf: (url: string) => string | undefined,
  signal: AbortSignal,
): Promise<{ url: string; response: Response }> {
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const fields = new Headers(url.origin === start.origin ? headers : { accept: ACCEPT });
    const etag = etagOf(url.href);
    if (etag !== undefined) fields.set("if-none-match", etag);
    const response = await send(url.href, {
      headers: fields,
      redirect: "manual",
      signal,
      ...(canBypassCache() && { cache: "no-store" as const }),
    });
    if (response.type === "opaqueredirect") {
      throw new Error("it redirects, which a browser does not let a script follow: give the URL that it leads to");
    }
    if (!REDIRECTS.has(response.status)) return { url: url.href, response };
    await response.body?.cancel();
    url = nextUrl(url, response.headers.get("location"));
  }
  throw new Error(`it redirected more than ${MOST_REDIRECTS} times`);
}

function nextUrl(from: URL, location: string | null): URL {
  if (location === null) throw new Error('it redirects without a "Location" field');
  let next: URL;
  try {
    next = new URL(location, from);
  } catch {
    throw new Error("it redirects to a text that is not a URL");
  }
  if (next.protocol !== "https:" && next.protocol !== from.protocol) {
    throw new Error(`it redirects from ${from.protocol} to ${next.protocol}`);
  }
  // RFC 9110 section 4.2.4 deprecates credentials in a URL, and fetch() refuses them.
  next.username = next.password = "";
  next.hash = "";
  return next;
}

/** Workers with a compatibility date before 2024-11-11 throw if a request sets `cache`. */
function canBypassCache(): boolean {
  return canBypass ??= (() => {
    try {
      return new Request("http://localhost/", { cache: "no-store" }) !== undefined;
    } catch {
      return false;
    }
  })();
}

let canBypass: boolean | undefined;
