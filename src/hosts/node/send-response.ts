import { abort, type Sendable, sendWithoutBody } from "./send-answer.ts";

/** HTTP/2 has no such fields, and Node refuses them: RFC 9113 section 8.2.2. */
const CONNECTION_FIELDS = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/** The server frames bodies itself. A field that disagrees would make the client take a body for the next response. */
const FRAMING_FIELDS = ["transfer-encoding", "trailer"];

/** Statuses that no body follows: RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5. */
const WITHOUT_BODY = [204, 205, 304];

/**
 * Sends a `Response` as the response of a Node server, its body as fast as the client takes it. If the client goes away,
 * the body is cancelled. If the body fails, the connection is closed: the client must not take a part for the whole.
 */
export async function sendResponse(
  response: Response,
  method: string | undefined,
  res: Sendable,
  report: (error: unknown) => void,
): Promise<void> {
  const { body, status } = response;
  try {
    // While isStaff was awaited, a time limit may have answered, or the client may have gone away.
    if (res.headersSent || res.writableEnded || res.destroyed || res.stream?.destroyed) return void cancel(body);
    const isHttp2 = res.stream !== undefined;
    const fields = fieldsOf(response, method, isHttp2);
    if (!isHttp2 && response.statusText !== "") res.statusMessage = response.statusText;
    if (body === null || method === "HEAD" || WITHOUT_BODY.includes(status)) {
      cancel(body);
      return sendWithoutBody(res, status, fields);
    }
    res.writeHead(status, fields);
    await pump(body.getReader(), res);
  } catch (error) {
    report(error);
    abort(res);
  }
}

/** The header fields of a `Response` that a server may send which frames the body itself. */
export function fieldsOf(
  { headers, status }: Response,
  method: string | undefined,
  isHttp2: boolean,
): Record<string, string | string[]> {
  const without = isHttp2 ? CONNECTION_FIELDS : FRAMING_FIELDS;
  const fields: Record<string, string | string[]> = {};
  const cookies: string[] = [];
  headers.forEach((value, name) => {
    if (name === "set-cookie") cookies.push(value);
    else if (!without.includes(name)) fields[name] = value;
  });
  if (cookies.length > 0) fields["set-cookie"] = cookies;
  // What fetch() got may have been decompressed, with the length from before.
  if (method !== "HEAD" && status !== 304) delete fields["content-length"];
  return fields;
}

async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, res: Sendable): Promise<void> {
  let isGone = false;
  let resume: () => void = () => {};
  const onDrain = () => resume();
  const onClose = () => {
    isGone = true;
    resume();
    reader.cancel().catch(() => {});
  };
  res.once!("close", onClose);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (isGone) return;
      if (done) return void res.end();
      if (res.write!(value)) continue;
      await new Promise<void>((resolve) => {
        resume = resolve;
        res.once!("drain", onDrain);
      });
      if (isGone) return;
    }
  } catch (error) {
    // A client that goes away is none of the gate's errors.
    if (isGone) return;
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    res.removeListener!("close", onClose);
  }
}

function cancel(body: ReadableStream | null): void {
  body?.cancel().catch(() => {});
}
