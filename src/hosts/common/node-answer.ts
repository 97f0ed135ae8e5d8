import type { Answer } from "../../answer/response.ts";

/** The response of a Node server, by what is read and called to send an answer: of http and http2. */
export interface Sendable {
  writeHead(status: number, fields: Record<string, string>): unknown;
  end(body?: string | Uint8Array | null): unknown;
  setHeader?(name: string, value: string): unknown;
  destroy?(): void;
  statusCode?: number;
  readonly headersSent?: boolean;
  readonly writableEnded?: boolean;
  readonly destroyed?: boolean;
  readonly stream?: unknown;
}

/**
 * Sends an answer, and tells whether the response has ended then. If it cannot be sent, the connection is closed: the app
 * is not asked instead.
 */
export function sendAnswer(answer: Answer, res: Sendable, report: (error: unknown) => void): boolean {
  // While isStaff was asked, a time limit may have answered.
  if (!res.headersSent) {
    try {
      send(answer, res);
    } catch (error) {
      report(error);
      res.destroy?.();
    }
  }
  return res.writableEnded === true || res.destroyed === true;
}

function send(answer: Answer, res: Sendable): void {
  const fields = { ...fieldsOf(answer) };
  if (answer.body !== null || res.stream === undefined) {
    res.writeHead(answer.status, fields);
    return void res.end(answer.payload);
  }
  // In HTTP/2 the fields have to be the end of the stream: where nothing follows, gRPC takes them for the trailers that it
  // reads its status from. writeHead() would leave the stream open.
  res.statusCode = answer.status;
  for (const [name, value] of Object.entries(fields)) res.setHeader!(name, value);
  res.end();
}

const fieldsOfAnswers = new WeakMap<Answer, Record<string, string>>();

/** The header fields of an answer with its length, which spares the chunked encoding. */
function fieldsOf(answer: Answer): Record<string, string> {
  let fields = fieldsOfAnswers.get(answer);
  if (fields === undefined) {
    fields = { ...answer.headers } as Record<string, string>;
    if (answer.body !== null) fields["content-length"] = String(answer.length);
    fieldsOfAnswers.set(answer, fields);
  }
  return fields;
}
