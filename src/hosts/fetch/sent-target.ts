import { addReading } from "../../gate/request-urls.ts";
import { DOUBTFUL_URL } from "../common/doubtful-url.ts";
import type { NodeRequest } from "../node/info.ts";
import { isPlainHost, urlOf } from "../node/request-url.ts";
import { noteSentTarget, pathOf } from "../node/sent-target.ts";

/** Where the request of a Node server is, in what servers pass on and in the contexts of frameworks. */
const PLACES = [
  // Koa, @whatwg-node/server, and everything that passes on { req, res }.
  ["req"],
  // srvx, h3 2 and Nitro 3; h3 1.
  ["runtime", "node", "req"],
  ["node", "req"],
  // @hono/node-server, and the context of Hono.
  ["incoming"],
  ["env", "incoming"],
  // Fastify's request, its request among others; hapi's.
  ["raw"],
  ["request", "raw"],
  ["raw", "req"],
  [],
];

/**
 * Makes the gate look at the target that a client has sent as well, where a server of Node is in reach and the URL of the
 * `Request` has another path. Elsewhere, lets no rule of `ignoreUrls` hold for a `Host` field that is no host: in front of a
 * path, such as `x/health?`, it makes another URL of any.
 *
 * @param known What the server or the framework knows about the request.
 */
export function noteSent(request: Request, known: readonly unknown[]): void {
  const req = findNodeRequest(request) ?? known.map(findNodeRequest).find((found) => found !== undefined);
  if (req === undefined) {
    const host = request.headers.get("host");
    if (host && !isPlainHost(host)) addReading(request, DOUBTFUL_URL);
  } else if (pathOf(request.url) !== pathOf(urlOf(req, req.url))) {
    // Below the path at which a router is mounted, "url" is what that router sees.
    noteSentTarget(request, req);
  }
}

function findNodeRequest(known: unknown): NodeRequest | undefined {
  for (const place of PLACES) {
    let found: unknown = known;
    for (const name of place) found = (found as Record<string, unknown> | null | undefined)?.[name];
    if (isNodeRequest(found)) return found;
  }
  return undefined;
}

function isNodeRequest(value: unknown): value is NodeRequest {
  if (typeof value !== "object" || value === null) return false;
  const { url, headers, socket } = value as Partial<NodeRequest>;
  return typeof url === "string" && typeof headers === "object" && typeof socket === "object";
}
