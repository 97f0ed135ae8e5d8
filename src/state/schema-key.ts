/**
 * Keeps the address of a schema in the text of a state: `"$schema"`, by which editors complete and check a file. It belongs to
 * the file and not to the state, so it survives a state that takes the place of another.
 *
 * @param text The text of the new state.
 * @param replaced The text that it replaces.
 * @returns The new text, with the address in front if the old one has it and the new one does not.
 */
export function keepSchema(text: string, replaced: string | undefined): string {
  if (!replaced?.includes('"$schema"')) return text;
  const $schema = readObject(replaced)?.["$schema"];
  const state = readObject(text);
  if (typeof $schema !== "string" || state === undefined || Object.hasOwn(state, "$schema")) return text;
  return `${JSON.stringify({ $schema, ...state }, null, 2)}\n`;
}

/** The object in a text; `undefined` if it is not JSON, or something else. */
function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ""));
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : undefined;
  } catch {
    return undefined;
  }
}
