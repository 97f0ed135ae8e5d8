/** A path that has one spelling alone: most are of these characters. */
const ONE_WAY = /^[a-z0-9/._-]*$/;

const ESCAPES = /(?:%[\da-f]{2})+/gi;
const TO_ENCODE = /[^\w/.~!$&'()*+,;=:@-]+/gu;

/**
 * Writes a path in one spelling for all that programs may read alike: decoded, in lower case, with accents joined to their
 * letters (NFC), and then percent-encoded where a path has to be.
 *
 * An escaped slash becomes a slash: check with `isPlainPath` first where that matters.
 */
export function inOneSpelling(path: string): string {
  if (ONE_WAY.test(path)) return path;
  return fold(path.replace(ESCAPES, decode)).replace(TO_ENCODE, encodeURIComponent);
}

function decode(escapes: string): string {
  try {
    return decodeURIComponent(escapes);
  } catch {
    // Not UTF-8. Some programs decode the rest of it.
    return new TextDecoder().decode(Uint8Array.from(escapes.slice(1).split("%"), (hex) => parseInt(hex, 16)));
  }
}

/** By way of the upper case, because some letters have two lower ones. Only the sigma depends on what follows it. */
function fold(text: string): string {
  return text.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC").replaceAll("\u03c2", "\u03c3");
}
