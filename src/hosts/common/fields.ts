import type { AddedFields } from "../../gate/pass-fields.ts";
import { isPromise } from "../../util/promise.ts";

export type { AddedFields };

/** The fields by which an app tells caches what to keep, in lower case; some of them only certain caches read (RFC 9213). */
export const CACHING: RegExp = /^(?:(?:.+-)?cache-control|expires|x-accel-expires|surrogate-control|edge-control)$/;

/** The status from which on a response is a failure of the app, which must not look like an answer of the gate. */
const FAILURE = 500;

/** What is to be done to the fields of a response, once its status is known. */
export interface FieldChanges {
  /** The fields to add. */
  readonly added: AddedFields;
  /** Whether no shared cache may keep the response, so that all that the app says to caches has to go. */
  readonly isPrivate: boolean;
}

/** Finds out what is to be done to the fields of a response with a status. */
export function changesFor(fields: AddedFields, status: number): FieldChanges {
  const added = status < FAILURE ? fields : fields.filter(([name]) => name !== "maintenance-mode");
  return { added, isPrivate: fields.some(([name]) => name === "cache-control") };
}

/**
 * Adds header fields to the Response that the app has returned. Leaves an upgraded connection and anything but a Response
 * alone. Copies a Response whose fields cannot be changed, or may belong to others as well, with the same body.
 *
 * @param request The request: to HEAD, no host reads the body, so an app can return the same Response again.
 */
export function addFields<Result>(
  result: Result,
  fields: AddedFields | undefined,
  request?: { readonly method: string },
): Result {
  return fields === undefined ? result : addTo(result, fields, request?.method === "HEAD");
}

function addTo<Result>(result: Result, fields: AddedFields, isHead: boolean): Result {
  if (isPromise(result)) {
    return Promise.resolve(result).then((response: unknown) => addTo(response, fields, isHead)) as Result;
  }
  return isResponse(result) ? withFields(result, fields, isHead) as Result : result;
}

function isResponse(value: unknown): value is Response {
  const { status, headers } = (value ?? {}) as Partial<Response>;
  // 101 is an upgraded connection, and `Response.error()` has the status 0: neither can be copied.
  return typeof status === "number" && status >= 200 && status <= 599 && typeof headers?.append === "function";
}

function withFields(response: Response, given: AddedFields, isHead: boolean): Response {
  const changes = changesFor(given, response.status);
  const { isPrivate } = changes;
  const hasCookie = given.some(([name]) => name === "set-cookie");
  const added = hasCookie && !isPrivate && isForAll(response)
    ? changes.added.filter(([name]) => name !== "set-cookie")
    : changes.added;
  if (added.length === 0) return response;
  try {
    // An app can return a Response again whose body nobody reads, to another visitor, who must not get the fields of this one.
    const isReusable = isHead || response.body === null;
    if (!isReusable && ownsFields(response) && put(response.headers, { added, isPrivate })) return response;
    // From the whole Response: in Workers it has parts that the standard does not know.
    const copy = new Response(response.body, response);
    put(copy.headers, { added, isPrivate });
    return copy;
  } catch {
    // Something has read its body already, say. The server reports that, but to HEAD, which needs no body.
    if (isHead) {
      const copy = new Response(null, response);
      put(copy.headers, { added, isPrivate });
      return copy;
    }
    // In doubt, no cache keeps it.
    put(response.headers, { added: added.filter(([name]) => name === "cache-control"), isPrivate });
    return response;
  }
}

const owning = new WeakMap<typeof Response, boolean>();

/**
 * Whether the fields of a Response are its own. The classes that some servers put in place of the runtime's keep the very
 * `Headers` that they are given, and an app may give the same to all its Responses.
 */
function ownsFields(response: Response): boolean {
  const { Response } = globalThis;
  if (!(response instanceof Response)) return false;
  let isOwning = owning.get(Response);
  if (isOwning === undefined) {
    const headers = new Headers();
    new Response(null, { headers }).headers.set("x-own", "1");
    owning.set(Response, isOwning = !headers.has("x-own"));
  }
  return isOwning;
}

/**
 * Whether caches may keep a response and give it to everybody, with the cookie of one visitor: `Set-Cookie` does not stop
 * them (RFC 9111 section 7.3).
 */
function isForAll({ headers }: Response): boolean {
  const directives = headers.get("cache-control") ?? "";
  return /\b(?:public|s-maxage|max-age=["0]*[1-9])/i.test(directives) &&
    !/\b(?:private|no-store|no-cache)\b/i.test(directives);
}

/** Changes fields. Returns `false` if they cannot be changed, as those of a response from `fetch()`. */
function put(headers: Headers, { added, isPrivate }: FieldChanges): boolean {
  try {
    if (isPrivate) {
      const removed: string[] = [];
      headers.forEach((_, name) => CACHING.test(name) && removed.push(name));
      for (const name of removed) headers.delete(name);
    }
    for (const [name, value] of added) {
      if (name === "set-cookie") headers.append(name, value);
      else headers.set(name, value);
    }
    return true;
  } catch {
    return false;
  }
}
