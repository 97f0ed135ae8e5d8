/** The name of the header field, the query parameter and the cookie that carry a bypass. */
export const BYPASS_NAME = "maintenance-bypass";

/** The length of the shortest accepted secret, in characters. */
export const SHORTEST_SECRET: number = 16;

/** The length of the longest accepted secret, in characters. Longer texts are not hashed at all. */
export const LONGEST_SECRET: number = 256;

/** Whether a request carries a bypass, right or wrong. */
export function carriesBypass({ headers, url }: Request): boolean {
  return typeof headers.get(BYPASS_NAME) === "string" || url.includes(`${BYPASS_NAME}=`) ||
    headers.get("cookie")?.includes(`${BYPASS_NAME}=`) === true;
}

/** A URL without the secret of a bypass link. */
export function urlWithoutSecret(url: string): string {
  return url.replace(/([?&]maintenance-bypass=)[^&#]*/g, "$1…");
}

/** The request without the secret of a bypass, which must not get into logs; nearly always the request itself. */
export function withoutSecret(request: Request): Request {
  const { headers: given, method } = request;
  if (typeof given?.get?.(BYPASS_NAME) !== "string" && !request.url.includes(`${BYPASS_NAME}=`)) return request;
  const headers = new Headers(typeof given?.forEach === "function" ? given : undefined);
  headers.delete(BYPASS_NAME);
  const url = urlWithoutSecret(request.url);
  try {
    return new Request(url, { method, headers });
  } catch {
    // Clients may use a method such as TRACE or a URL with a user name, which the Request constructor refuses.
    const copy = new Request("http://localhost/", { headers });
    return Object.defineProperties(copy, { url: { value: url }, method: { value: method } });
  }
}
