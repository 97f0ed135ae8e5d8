/** Escapes of characters outside ASCII. */
const ESCAPES = /(?:%[89a-f][\da-f])+/gi;

/** Folds the case of the characters outside ASCII in a path, which are percent-encoded there: `%C3%89` becomes `%C3%A9`. */
export function foldEscapes(path: string): string {
  return path.replace(ESCAPES, (escapes) => {
    try {
      return encodeURIComponent(Array.from(decodeURIComponent(escapes), fold).join(""));
    } catch {
      // Not UTF-8.
      return escapes;
    }
  });
}

/** By way of the upper case, because some letters have two lower ones, such as the sigma. */
function fold(char: string): string {
  return char.toUpperCase().toLowerCase();
}
