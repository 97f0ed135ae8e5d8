/** A request of a host on which middleware in front of the gate may have rewritten the URL. */
export interface RewrittenRequest {
  /** The URL that middleware has made of the client's, or that the app may read in the request. */
  readonly rewrittenUrl?: string | undefined;
  /**
   * Whether it is the end of the client's URL: then the middleware in front may well be mounted below a path, and only the whole
   * URL says what the request is for.
   */
  readonly isCut?: boolean;
  /** Whether the connection becomes another one, over which anything may be sent. */
  readonly isUpgrade?: boolean;
}

/** Makes the gate look at a second URL, which the app may read in a request. */
export function addReading(request: Request & RewrittenRequest, rewrittenUrl: string): void {
  Object.defineProperty(request, "rewrittenUrl", { value: rewrittenUrl, configurable: true });
}

/** A request by the members that tests of URLs read. */
type Tested = Pick<Request, "url" | "method" | "headers">;

/** Whether a test holds for one of the URLs of a request. */
export function someUrl(request: Request & RewrittenRequest, test: (request: Tested) => boolean): boolean {
  return test(request) || request.rewrittenUrl !== undefined && test(withUrl(request, request.rewrittenUrl));
}

/** Whether a test holds for each URL of a request, without one that is a part of the other. */
export function everyUrl(request: Request & RewrittenRequest, test: (request: Tested) => boolean): boolean {
  const { rewrittenUrl, isCut } = request;
  return test(request) && (rewrittenUrl === undefined || isCut === true || test(withUrl(request, rewrittenUrl)));
}

function withUrl({ method, headers }: Tested, url: string): Tested {
  return { url, method, headers };
}
