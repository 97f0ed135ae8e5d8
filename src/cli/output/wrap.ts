/** The columns of a line at most. A narrower terminal has less. */
export const COLUMNS = 100;

/**
 * Breaks a text between words. A word that is wider than a line stays whole: a path or a URL is there to be copied.
 *
 * @param width The columns of a line.
 * @param indent The columns that each line after the first begins with.
 */
export function wrap(text: string, width: number, indent = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width - (lines.length === 0 ? 0 : indent)) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((text, index) => index === 0 ? text : `${" ".repeat(indent)}${text}`);
}

/** Shortens a line of a table or of a display that is drawn again, of which no line may break. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
