/**
 * Reads the body of a response as text.
 *
 * @param maxBytes How many bytes it may have, after decompression.
 * @throws {RangeError} If it is longer.
 * @throws {TypeError} If it is not encoded in UTF-8.
 */
export async function readText({ headers, body }: Response, maxBytes: number): Promise<string> {
  if (body === null) return "";
  const tooLong = (): Error => new RangeError(`it is longer than ${maxBytes} bytes`);
  if (Number(headers.get("content-length")) > maxBytes) {
    await body.cancel();
    throw tooLong();
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = body.getReader();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > maxBytes) {
      await reader.cancel();
      throw tooLong();
    }
    text += decodeUtf8(() => decoder.decode(value, { stream: true }));
  }
  return text + decodeUtf8(() => decoder.decode());
}

function decodeUtf8(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new TypeError("it is not encoded in UTF-8");
  }
}
