/** The name of the header field, of the parameter of a link, and of the cookie, that carry a bypass. */
export const BYPASS_NAME = "maintenance-bypass";

/** The shortest secret of a bypass that is taken, in characters. */
export const SHORTEST_SECRET: number = 16;

/** The longest one: longer texts of clients are not hashed to compare them. */
export const LONGEST_SECRET: number = 256;

/** Whether a request carries anything of a bypass, right or wrong. */
export function carriesBypass({ headers, url }: Request): boolean {
  return headers.get(BYPASS_NAME) !== null || url.includes(`${BYPASS_NAME}=`) ||
    headers.get("cookie")?.includes(`${BYPASS_NAME}=`) === true;
}

/** A URL without the secret of a bypass link. */
export function urlWithoutSecret(url: string): string {
  return url.replace(/([?&]maintenance-bypass=)[^&#]*/g, "$1…");
}

/** The request without the secret of a bypass, which shall not get into logs; nearly always the request itself. */
export function withoutSecret(request: Request): Request {
  if (!request.headers.has(BYPASS_NAME) && !request.url.includes(`${BYPASS_NAME}=`)) return request;
  const headers = new Headers(request.headers);
  headers.delete(BYPASS_NAME);
  return new Request(urlWithoutSecret(request.url), { method: request.method, headers });
}
