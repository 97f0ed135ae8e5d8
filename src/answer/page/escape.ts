const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Text as it has to be written in HTML, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (char) => ENTITIES[char]!);
}

/** Text as the value of a CSS property: without what could end the value, the rule or the style, or ask for something. */
export function cleanCssValue(text: string): string {
  return text.replace(/[^\w\s#%.,()*/+-]/g, "").replace(/\burl\b/gi, "");
}
