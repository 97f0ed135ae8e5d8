import { type Answer, isAnswer } from "../../answer/response.ts";
import { fieldsOf } from "./send-response.ts";

/** An answer of the gate by its parts, for a framework that sends it in its own way. */
export interface AnswerParts {
  readonly status: number;
  /** By their lower-case names. The length is among them only where no body follows that would tell it. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
  /** A text where Node sends that faster than bytes: with the head, in one piece. Bytes are shared by all answers. */
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null;
}

const known = new WeakMap<Answer, AnswerParts>();

/** Takes an answer of the gate to a request to pieces. A body that must not be sent is given up. */
export function partsOf(
  verdict: Answer | Response,
  { method, httpVersionMajor }: { readonly method?: string | undefined; readonly httpVersionMajor?: number },
): AnswerParts {
  if (!isAnswer(verdict)) {
    const { status, body } = verdict;
    const isWithout = method === "HEAD";
    if (isWithout) body?.cancel().catch(() => {});
    return { status, fields: fieldsOf(verdict, method, httpVersionMajor === 2), body: isWithout ? null : body };
  }
  let parts = known.get(verdict);
  if (parts === undefined) {
    const { status, headers, payload } = verdict;
    parts = { status, fields: headers, body: payload as string | Uint8Array<ArrayBuffer> | null };
    known.set(verdict, parts);
  }
  return parts;
}
