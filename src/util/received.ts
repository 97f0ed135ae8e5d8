import { isPromise } from "./promise.ts";

/** How a value is shown in an error message: text in quotes, anything else by what it is. */
export function received(value: unknown): string {
  try {
    return describe(value);
  } catch {
    // A revoked proxy, say, or a getter that throws.
    return "something that cannot be read";
  }
}

function describe(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "function") {
    return typeof value.name === "string" && value.name ? `the function ${value.name}` : "a function";
  }
  if (typeof value === "symbol" || typeof value === "bigint") return `a ${typeof value}`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return "an array";
  if (isPromise(value)) return "a promise";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  const name = (Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null)?.constructor?.name;
  return typeof name === "string" && name && name !== "Object" ? `an instance of ${name}` : "an object";
}

/** Text in double quotes, shortened so that a message stays readable. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    // Not even everything can be turned into text.
    return received(error);
  }
}
