import type { SvelteKitEvent } from "./event.ts";

/** Whether SvelteKit's client asks by script: for the data of a page, a remote function or the action of a form. */
export function isFromClient({ request, isDataRequest, isRemoteRequest }: SvelteKitEvent): boolean {
  return isDataRequest || isRemoteRequest === true || request.headers.get("x-sveltekit-action") === "true";
}

/**
 * The request that the gate decides about.
 *
 * The data of a page has a URL of its own: it passes and is closed with its page. The page that a remote function was called
 * from is no more than the client's word, so there the URL of the function counts.
 */
export function gatedRequest({ request, url, isDataRequest }: SvelteKitEvent): Request {
  if (!isDataRequest) return request;
  const { method, headers, signal } = request;
  return new Request(url, { method, headers, signal });
}

/**
 * The answer of the gate in the form that SvelteKit's client understands, with the status 503.
 *
 * A page or a redirect would tell the client nothing, and it would throw the cookie of a bypass link away. As it is, a
 * navigation ends in a full load of the page, which the gate answers. Actions and remote functions fail as with `error(503)`.
 */
export function toClientAnswer(answer: Response): Response {
  const headers = new Headers(answer.headers);
  for (const name of [...headers.keys()]) {
    if (/^content-|^(?:location|set-cookie|etag)$/.test(name)) headers.delete(name);
  }
  // To the client another version than its own means: after an error, load the page instead of showing the error.
  headers.set("x-sveltekit-version", "maintenance");
  const status = answer.status >= 400 ? answer.status : 503;
  const message = "Down for maintenance";
  const body = { type: "error", status, message, error: { status, message } };
  return Response.json(body, { status, statusText: "Service Unavailable", headers });
}
