import { isPromise } from "../../util/promise.ts";

/** Header fields to add to the app's response, by name and value. Cookies go beside those that the app sets. */
export type AddedFields = readonly (readonly [name: string, value: string])[];

/**
 * Adds header fields to the Response that the app has returned. Leaves an upgraded connection and anything but a Response
 * alone. Copies a Response whose fields cannot be changed, with the same body.
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
  // 101 is an upgraded connection, and `Response.error()` has the status 0: neither can be copied.
  return typeof status === "number" && status >= 200 && status <= 599 && typeof headers?.append === "function";
}

function withFields(response: Response, given: AddedFields): Response {
  try {
    const fields = isForAll(response) ? given.filter(([name]) => name !== "set-cookie") : given;
    if (fields.length === 0) return response;
    // An app can return a Response without a body again, to another visitor, who must not get the fields of this one.
    if (response.body !== null && put(response.headers, fields)) return response;
    // From the whole Response: in Workers it has parts that the standard does not know.
    const copy = new Response(response.body, response);
    put(copy.headers, fields);
    return copy;
  } catch {
    // Something has read its body already, say. The server reports that.
    return response;
  }
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

/** Adds fields. Returns `false` if they cannot be changed, as those of a response from `fetch()`. */
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

/** The response of a Node server, by the members that are needed to add header fields. */
interface NodeFields {
  readonly headersSent?: boolean;
  getHeader?(name: string): unknown;
  setHeader?(name: string, value: string | readonly string[]): unknown;
}

/** Adds header fields to a response of Node that has not begun. If the app sets the same field later, it replaces them. */
export function addNodeFields(res: object, fields: AddedFields | undefined): void {
  const { headersSent } = res as NodeFields;
  if (fields === undefined || headersSent) return;
  for (const [name, value] of fields) {
    const former = name === "set-cookie" ? (res as NodeFields).getHeader?.(name) ?? [] : [];
    const values = [former, value].flat() as string[];
    (res as NodeFields).setHeader?.(name, values.length === 1 ? value : values);
  }
}
