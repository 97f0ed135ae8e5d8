/** A request of a host on which middleware in front of the gate may have rewritten the URL. */
export interface RewrittenRequest {
  /** The URL that middleware has made of the client's. */
  readonly rewrittenUrl?: string | undefined;
}

/** A request by the members that tests of URLs read. */
type Tested = Pick<Request, "url" | "method" | "headers">;

/** Whether a test holds for one of the URLs of a request. */
export function someUrl(request: Request & RewrittenRequest, test: (request: Tested) => boolean): boolean {
  return test(request) || request.rewrittenUrl !== undefined && test(withUrl(request, request.rewrittenUrl));
}

/** Whether a test holds for each URL of a request. */
export function everyUrl(request: Request & RewrittenRequest, test: (request: Tested) => boolean): boolean {
  return test(request) && (request.rewrittenUrl === undefined || test(withUrl(request, request.rewrittenUrl)));
}

function withUrl({ method, headers }: Tested, url: string): Tested {
  return { url, method, headers };
}
