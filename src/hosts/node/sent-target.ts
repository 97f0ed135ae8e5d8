import { addReading } from "../../gate/request-urls.ts";
import type { NodeRequest } from "./info.ts";
import { urlOf } from "./request-url.ts";

/**
 * Makes the gate look at the target that a client has sent as well, if the URL of a `Request` has another path. Some servers
 * put it together from the `Host` field, in which clients write what they like, and route by the target.
 */
export function noteSentTarget(request: Request, req: NodeRequest): void {
  // Who asks an app by hand may pass on less than a server.
  if (req.url === undefined || req.headers === undefined) return;
  const sent = urlOf(req);
  if (pathOf(sent) !== pathOf(request.url)) addReading(request, sent);
}

/** The path and all behind it. */
export function pathOf(url: string): string {
  return url.slice(url.indexOf("/", url.indexOf("://") + 3));
}
