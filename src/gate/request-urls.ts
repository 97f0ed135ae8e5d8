/** A request of a host on which middleware in front of the gate may have rewritten the URL. */
export interface RewrittenRequest {
  /** The URL that middleware has made of the client's. */
  readonly rewrittenUrl?: string | undefined;
}

/** Whether a test holds for one of the URLs of a request. */
export function someUrl(request: Request & RewrittenRequest, test: (url: string) => boolean): boolean {
  const other = request.rewrittenUrl;
  return test(request.url) || other !== undefined && test(other);
}

/** Whether a test holds for each URL of a request. */
export function everyUrl(request: Request & RewrittenRequest, test: (url: string) => boolean): boolean {
  const other = request.rewrittenUrl;
  return test(request.url) && (other === undefined || test(other));
}
