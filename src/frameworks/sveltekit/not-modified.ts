/** The fields that SvelteKit keeps in a response with the status 304. */
const KEPT = ["etag", "cache-control", "content-location", "date", "expires", "vary"];

/**
 * Makes a response one with the status 304 where SvelteKit would. It drops the response then without reading its body, and
 * nothing would tell that the request is over.
 */
export function withoutKnownBody({ headers: asked }: Request, response: Response): Response {
  const etag = response.status === 200 ? response.headers.get("etag") : null;
  if (etag === null || asked.get("if-none-match")?.replace(/^W\/(?=")/, "") !== etag) return response;
  const headers = new Headers();
  for (const name of KEPT) {
    const value = response.headers.get(name);
    if (value) headers.set(name, value);
  }
  for (const cookie of response.headers.getSetCookie()) headers.append("set-cookie", cookie);
  void response.body?.cancel();
  return new Response(null, { status: 304, headers });
}
