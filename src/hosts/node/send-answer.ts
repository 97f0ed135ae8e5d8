import type { Answer } from "../../answer/response.ts";

/** The response of a Node server, by the members that sending needs: of http and http2. */
export interface Sendable {
  writeHead(status: number, fields: Record<string, string | string[]>): unknown;
  end(body?: string | Uint8Array | null): unknown;
  write?(chunk: Uint8Array): boolean;
  setHeader?(name: string, value: string | string[]): unknown;
  once?(event: "close" | "drain", listener: () => void): unknown;
  removeListener?(event: "close" | "drain", listener: () => void): unknown;
  destroy?(): void;
  statusCode?: number;
  statusMessage?: string;
  readonly headersSent?: boolean;
  readonly writableEnded?: boolean;
  readonly destroyed?: boolean;
  /** HTTP/2 alone has it. */
  readonly stream?: { readonly destroyed?: boolean; close?(code: number): void };
}

/**
 * Sends an answer of the gate. If that fails, it closes the connection: the app must not get the request instead.
 *
 * @returns Whether the response has ended.
 */
export function sendAnswer(answer: Answer, res: Sendable, report: (error: unknown) => void): boolean {
  // While isStaff was awaited, a time limit may have answered.
  if (!res.headersSent) {
    try {
      const fields = { ...fieldsOf(answer) };
      if (answer.body === null) {
        sendWithoutBody(res, answer.status, fields);
      } else {
        res.writeHead(answer.status, fields);
        res.end(answer.payload);
      }
    } catch (error) {
      report(error);
      abort(res);
    }
  }
  return res.writableEnded === true || res.destroyed === true;
}

/** INTERNAL_ERROR of HTTP/2: RFC 9113 section 7. */
const INTERNAL_ERROR = 2;

/** Breaks off a response so that the client sees it: HTTP/2 would take what it has for the whole without a code. */
export function abort(res: Sendable): void {
  if (res.stream?.close !== undefined) res.stream.close(INTERNAL_ERROR);
  else res.destroy?.();
}

/** Sends a status and header fields that no body follows. */
export function sendWithoutBody(res: Sendable, status: number, fields: Record<string, string | string[]>): void {
  if (res.stream === undefined) {
    res.writeHead(status, fields);
  } else {
    // In HTTP/2 the header fields must end the stream: gRPC reads its status from them only then. writeHead() would leave
    // the stream open.
    res.statusCode = status;
    for (const [name, value] of Object.entries(fields)) res.setHeader!(name, value);
  }
  res.end();
}

const fieldsOfAnswers = new WeakMap<Answer, Record<string, string | string[]>>();

/** The header fields of an answer with its length, so that Node does not send it in chunks. */
function fieldsOf(answer: Answer): Record<string, string | string[]> {
  let fields = fieldsOfAnswers.get(answer);
  if (fields === undefined) {
    fields = { ...answer.headers } as Record<string, string | string[]>;
    if (answer.body !== null) fields["content-length"] = String(answer.length);
    fieldsOfAnswers.set(answer, fields);
  }
  return fields;
}
