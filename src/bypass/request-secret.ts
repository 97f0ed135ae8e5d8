/** The name of the header field, of the parameter of a link, and of the cookie, that carry a bypass. */
export const BYPASS_NAME = "maintenance-bypass";

/** The shortest secret of a bypass that is taken, in characters. */
export const SHORTEST_SECRET: number = 16;

/** The longest one: longer texts of clients are not hashed to compare them. */
export const LONGEST_SECRET: number = 256;

/** Whether a request carries anything of a bypass, right or wrong. */
export function carriesBypass({ headers, url }: Request): boolean {
  return typeof headers.get(BYPASS_NAME) === "string" || url.includes(`${BYPASS_NAME}=`) ||
    headers.get("cookie")?.includes(`${BYPASS_NAME}=`) === true;
}

/** A URL without the secret of a bypass link. */
export function urlWithoutSecret(url: string): string {
  return url.replace(/([?&]maintenance-bypass=)[^&#]*/g, "$1…");
}

/** The request without the secret of a bypass, which shall not get into logs; nearly always the request itself. */
export function withoutSecret(request: Request): Request {
  const { headers: given, method } = request;
  if (typeof given?.get?.(BYPASS_NAME) !== "string" && !request.url.includes(`${BYPASS_NAME}=`)) return request;
  const headers = new Headers(typeof given?.forEach === "function" ? given : undefined);
  headers.delete(BYPASS_NAME);
  const url = urlWithoutSecret(request.url);
  try {
    return new Request(url, { method, headers });
  } catch {
    // A method such as TRACE, or a URL with a user name, which no Request of one's own may have: clients may.
    const copy = new Request("http://localhost/", { headers });
    return Object.defineProperties(copy, { url: { value: url }, method: { value: method } });
  }
}
