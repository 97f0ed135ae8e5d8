import { isPromise } from "../../util/promise.ts";

/** Asks the app. Prints an error of the app and answers 500 without its text, as `Deno.serve` and `Bun.serve` do. */
export function askApp<Info>(
  app: (request: Request, info: Info) => Response | Promise<Response>,
  request: Request,
  info: Info,
  ResponseClass: typeof Response,
): Response | Promise<Response> {
  const fail = (error: unknown): Response => {
    console.error(error);
    const headers = { "content-type": "text/plain; charset=utf-8" };
    return new ResponseClass("Internal Server Error", { status: 500, headers });
  };
  try {
    const response = app(request, info);
    // A router may have a promise of its own kind.
    return isPromise(response) ? Promise.resolve(response).catch(fail) : response;
  } catch (error) {
    return fail(error);
  }
}
