import { BYPASS_NAME } from "./request-secret.ts";
import { type NodeBody, nodeBodyOf, readNode, type Take } from "./node-body.ts";

/** The longest body that is read, in bytes: a secret is much shorter. */
const LONGEST_BODY = 4_096;

/** For how long a body is read, in milliseconds. */
const BODY_MS = 5_000;

/** How many bodies are read at the same time in a process: slow clients cost 4 MB at most. */
const MOST_AT_ONCE = 1_000;

const FORM = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i;

const NONE: readonly string[] = Object.freeze([]);

let atOnce = 0;

/**
 * Reads the secrets of a bypass out of a form that the gate is about to answer, so that the app needs none of it. Gives none
 * if it is another form, is too long, or does not come in time.
 *
 * @returns `undefined` if the request brings no such form: its body stays unread.
 */
export function readFormSecrets(request: Request, hostInfo: unknown): Promise<readonly string[]> | undefined {
  if (request.method !== "POST" || !FORM.test(request.headers.get("content-type") ?? "")) return undefined;
  if (Number(request.headers.get("content-length")) > LONGEST_BODY || atOnce >= MOST_AT_ONCE) return undefined;
  const body = nodeBodyOf(hostInfo);
  const parsed = secretsOf(body?.body);
  if (parsed.length > 0) return Promise.resolve(parsed);
  if (body === undefined ? request.body?.locked !== false || request.bodyUsed : body.readable === false) {
    return undefined;
  }
  atOnce++;
  return read(request, body).catch(() => NONE).finally(() => atOnce--);
}

async function read(request: Request, body: NodeBody | undefined): Promise<readonly string[]> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  const take: Take = (chunk) => {
    length += chunk.length;
    if (length > LONGEST_BODY) return false;
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    return true;
  };
  const isWhole = body === undefined ? await readStream(request.body!, take) : await readNode(body, take, BODY_MS);
  return isWhole ? new URLSearchParams(text).getAll(BYPASS_NAME) : NONE;
}

/** Reads a stream, and says whether it has come to its end. */
async function readStream(stream: ReadableStream<Uint8Array>, take: Take): Promise<boolean> {
  const reader = stream.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, BODY_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return !isLate;
      if (take(value)) continue;
      stop();
      return false;
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The secrets in what a body parser has made of the form before. */
function secretsOf(parsed: unknown): readonly string[] {
  const isObject = typeof parsed === "object" && parsed !== null;
  const given: unknown = isObject && Object.hasOwn(parsed, BYPASS_NAME)
    ? (parsed as Record<string, unknown>)[BYPASS_NAME]
    : [];
  return (Array.isArray(given) ? given : [given]).filter((each): each is string => typeof each === "string");
}
