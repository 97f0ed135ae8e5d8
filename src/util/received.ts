import { isPromise } from "./promise.ts";

/** Shows a value in an error message: text in quotes, anything else by its kind. */
export function received(value: unknown): string {
  try {
    return describe(value);
  } catch {
    // For example a revoked proxy, or a getter that throws.
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

/** Puts text into double quotes, cut so that a message stays readable. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
}

/** The message of any thrown value. */
export function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    // Some values cannot be turned into text.
    return received(error);
  }
}
