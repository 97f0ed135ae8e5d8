const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Escapes text for HTML, for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => ENTITIES[char]!);
}

/** Cleans text for the value of a CSS property, so that it can end neither the value nor the style, and load nothing. */
export function cleanCssValue(text: string): string {
  return text.replace(/[^\w\s#%.,()*/+-]/g, "").replace(/\burl\b/gi, "");
}
