import { Refusal } from "./problem.ts";

/** How long a body may be, in bytes. A window of a thousand URL patterns is shorter. */
export const LONGEST_BODY = 65_536;

/** How long a body may take to arrive, in milliseconds. */
const BODY_TIMEOUT_MS = 10_000;

/**
 * Reads a body of JSON. It never holds more of it than it may be long.
 *
 * @throws {Refusal} If it is not JSON, too long, or too slow.
 */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    throw new Refusal(415, 'The body has to be JSON: send "Content-Type: application/json"');
  }
  if (request.headers.get("content-encoding") !== null) throw new Refusal(415, "The body must not be compressed");
  if (Number(request.headers.get("content-length")) > LONGEST_BODY) throw tooLong();
  const text = decode(await readBytes(request));
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "The body is not valid JSON");
  }
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const reader = request.body?.getReader();
  const bytes = new Uint8Array(LONGEST_BODY);
  let length = 0;
  const timer = setTimeout(() => void reader?.cancel().catch(() => {}), BODY_TIMEOUT_MS);
  const deadline = Date.now() + BODY_TIMEOUT_MS;
  try {
    for (;;) {
      const chunk = await reader?.read();
      if (Date.now() >= deadline) throw new Refusal(408, "The body took too long");
      if (chunk === undefined || chunk.done) return bytes.subarray(0, length);
      const part: Uint8Array = chunk.value;
      if (length + part.length > LONGEST_BODY) {
        void reader!.cancel().catch(() => {});
        throw tooLong();
      }
      bytes.set(part, length);
      length += part.length;
    }
  } finally {
    clearTimeout(timer);
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refusal(400, "The body is not valid UTF-8");
  }
}

function tooLong(): Refusal {
  return new Refusal(413, `The body is longer than ${LONGEST_BODY} bytes`);
}
