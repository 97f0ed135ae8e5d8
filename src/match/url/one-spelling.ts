/** A path that has one spelling alone: most are of these characters. */
const ONE_WAY = /^[a-z0-9/._-]*$/;

const ESCAPES = /(?:%[\da-f]{2})+/gi;
const LETTERS_AND_SIGNS = /[^\w/.~!$&'()*+,;=:@-]+/gu;

/**
 * Writes a path in the one spelling of all that programs may read alike. Escapes are decoded, the case is folded, accents
 * are joined to their letters (NFC), and what is neither a letter of ASCII nor a sign that may stand in a path is
 * percent-encoded.
 *
 * The path must be plain: an escaped slash would become one that separates segments.
 */
export function inOneSpelling(path: string): string {
  if (ONE_WAY.test(path)) return path;
  return fold(path.replace(ESCAPES, decode)).replace(LETTERS_AND_SIGNS, encodeURIComponent);
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
