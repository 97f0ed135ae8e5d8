import { type AddedFields, addFields, CACHING, changesFor, put } from "../../hosts/common/fields.ts";
import { addNodeFields } from "../../hosts/node/fields.ts";
import { isPromise } from "../../util/promise.ts";
import type { Event2 } from "./types.ts";

/** What h3 2 gives where no route matches: it makes an error of it later. */
const NOT_FOUND = Symbol.for("h3.notFound");

/** Calls the rest of an app of h3 2, and adds header fields to the response that h3 makes of the result. */
export function withEventFields(event: Event2, next: () => unknown, fields: AddedFields | undefined): unknown {
  if (fields === undefined) return next();
  const node = event.req.runtime?.node;
  // h3 lets nothing be added to the Response of `onError`. What comes after it still finds the head unwritten.
  if (node?.res !== undefined) addNodeFields(node.res, fields.filter(([name]) => name !== "set-cookie"));
  const succeed = (result: unknown) => addToResult(event, result, fields);
  const fail = (error: unknown): never => {
    addToError(event, error, fields);
    throw error;
  };
  try {
    const result = next();
    return isPromise(result) ? result.then(succeed, fail) : succeed(result);
  } catch (error) {
    return fail(error);
  }
}

function addToResult(event: Event2, result: unknown, fields: AddedFields): unknown {
  const { res } = event;
  if (result === NOT_FOUND) {
    addToError(event, { status: 404 }, fields);
    return result;
  }
  if (result instanceof Response) {
    // h3 puts the fields of the event over those of a Response.
    if (changesFor(fields, result.status).isPrivate) removeCaching(res.headers);
    return addFields(result, fields);
  }
  const { status, headers } = (result ?? {}) as { status?: unknown; headers?: unknown };
  const isHttpResponse = headers instanceof Headers;
  const changes = changesFor(fields, isHttpResponse && typeof status === "number" ? status : res.status ?? 200);
  if (isHttpResponse && changes.isPrivate) removeCaching(headers);
  put(res.headers, changes);
  return result;
}

function addToError({ res }: Event2, error: unknown, fields: AddedFields): void {
  const { status, headers } = (error ?? {}) as { status?: unknown; headers?: unknown };
  const changes = changesFor(fields, typeof status === "number" ? status : 500);
  if (headers instanceof Headers && changes.isPrivate) removeCaching(headers);
  // An error handler may give something else than an error, with the fields of a success.
  put(res.headers, changes);
  if (res.errHeaders !== undefined) put(res.errHeaders, changes);
}

function removeCaching(headers: Headers): void {
  for (const name of [...headers.keys()].filter((name) => CACHING.test(name))) headers.delete(name);
}
