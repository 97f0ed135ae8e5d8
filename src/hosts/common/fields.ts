import { isPromise } from "../../util/promise.ts";

/** What is added to the header fields of the app's response, names and values; cookies beside those that it sets. */
export type AddedFields = readonly (readonly [name: string, value: string])[];

/**
 * What the app has returned, with more header fields. What is no Response, and an upgraded connection, is left alone. A
 * Response whose fields cannot be changed is copied, with its body as it is.
 */
export function addFields<Result>(result: Result, fields: AddedFields | undefined): Result {
  if (fields === undefined) return result;
  if (isPromise(result)) {
    return Promise.resolve(result).then((response: unknown) => addFields(response, fields)) as Result;
  }
  return isResponse(result) ? withFields(result, fields) as Result : result;
}

function isResponse(value: unknown): value is Response {
  const { status, headers } = (value ?? {}) as Partial<Response>;
  // 101 is an upgraded connection, 0 what `Response.error()` returns: neither can be copied.
  return typeof status === "number" && status >= 200 && status <= 599 && typeof headers?.append === "function";
}

function withFields(response: Response, given: AddedFields): Response {
  try {
    const fields = isForAll(response) ? given.filter(([name]) => name !== "set-cookie") : given;
    if (fields.length === 0) return response;
    // What has no body can be returned again for the next visitor, who must not get what was added for this one.
    if (response.body !== null && put(response.headers, fields)) return response;
    // Not part by part, since Workers know more of a Response than the standard does.
    const copy = new Response(response.body, response);
    put(copy.headers, fields);
    return copy;
  } catch {
    // Its body was read already, say: what is wrong with it is for the server to tell.
    return response;
  }
}

/**
 * Whether caches may keep a response and give it to everybody, a cookie of one visitor included: `Set-Cookie` does not keep
 * them from that (RFC 9111 section 7.3).
 */
function isForAll({ headers }: Response): boolean {
  const directives = headers.get("cache-control") ?? "";
  return /\b(?:public|s-maxage|max-age=["0]*[1-9])/i.test(directives) &&
    !/\b(?:private|no-store|no-cache)\b/i.test(directives);
}

/** Adds fields, unless they cannot be changed, as those of what `fetch()` has returned. */
function put(headers: Headers, fields: AddedFields): boolean {
  try {
    for (const [name, value] of fields) {
      if (name === "set-cookie") headers.append(name, value);
      else headers.set(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

/** The response of a Node server, by what is needed to add header fields. */
interface NodeFields {
  readonly headersSent?: boolean;
  getHeader?(name: string): unknown;
  setHeader?(name: string, value: string | readonly string[]): unknown;
}

/** The same for a response of Node that was not begun yet. An app that sets the same field later replaces what is added. */
export function addNodeFields(res: object, fields: AddedFields | undefined): void {
  const { headersSent } = res as NodeFields;
  if (fields === undefined || headersSent) return;
  for (const [name, value] of fields) {
    const former = name === "set-cookie" ? (res as NodeFields).getHeader?.(name) ?? [] : [];
    const values = [former, value].flat() as string[];
    (res as NodeFields).setHeader?.(name, values.length === 1 ? value : values);
  }
}
