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

/** What could not be done when an option is refused: the first words of the message. */
export type Task =
  | "create maintenance mode"
  | "render the page"
  | "put the gate in front of the handler"
  | "stand in for the origin"
  | "read the client IP"
  | "read the maintenance state"
  | "follow the maintenance state"
  | "open the memory store"
  | "open the file store"
  | "open the Redis store"
  | "open the Deno KV store"
  | "open the Cloudflare KV store"
  | "open the unstorage store"
  | "open the HTTP store";

/** A `TypeError` that names the option, what it accepts, what it was given and, where known, what to write instead. */
export function invalidOption(task: Task, option: string, accepted: string, value: unknown, hint?: string): TypeError {
  return new TypeError(
    `Cannot ${task}: "${option}" must be ${accepted}, received ${received(value)}${hint ? `: ${hint}` : ""}`,
  );
}

/** Checks that an option is a function. */
export function checkFunction(task: Task, name: string, value: unknown, accepted = "a function"): void {
  if (typeof value !== "function") throw invalidOption(task, name, accepted, value);
}

/**
 * Checks that options are an object with known names only.
 *
 * @param hints What to say of names that are likely tried here.
 * @throws {TypeError} If not; for a misspelt name the message suggests the likely one.
 */
export function checkNames(
  task: Task,
  options: unknown,
  known: readonly string[],
  what = "options",
  hints: Readonly<Record<string, string>> = {},
): void {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot ${task}: ${what} must be an object, received ${received(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const likely = likeliest(name, known);
    const hint = Object.hasOwn(hints, name) ? hints[name] : undefined;
    throw new TypeError(
      `Cannot ${task}: unknown name ${quote(name)} in ${what}: ` +
        (hint ?? (likely ? `did you mean "${likely}"?` : `accepted are ${known.join(", ")}`)),
    );
  }
}

/** The known name that a misspelt one most likely stands for, or `undefined` if none is near. */
export function likeliest(name: string, known: readonly string[]): string | undefined {
  const plain = simplified(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of known) {
    const other = simplified(candidate);
    const isStart = other.startsWith(plain);
    const distance = isStart && plain.length > 3 ? 1 : editDistance(plain, other);
    // Of names as near as each other the one that was begun: "off" for "of", and not "on".
    const rank = isStart ? distance - 0.5 : distance;
    if (rank < least) {
      best = candidate;
      least = rank;
    }
  }
  return best;
}

// "INTERNAL_IPS", "internal-ips" and "internalIps" are one name, and so are Django's settings with their prefix.
function simplified(name: string): string {
  return name.slice(0, 60).toLowerCase().replace(/[^a-z0-9]/g, "").replace(/^maintenance(?:mode)?(?=.)/, "");
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** How many distinct messages are remembered, so that messages which quote a request cannot fill the memory. */
const REMEMBERED = 1_000;

/** A function that prints each error on the console, once for each message. */
export function createConsoleReporter(): (error: unknown, option?: string) => void {
  const seen = new Set<string>();
  return (error, option) => {
    // Cut, so that long messages cannot fill the memory either.
    const message = `${option} ${messageOf(error).slice(0, 1_000)}`;
    if (seen.has(message)) return;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.add(message);
    // Where one of ours comes from says nothing that its message does not.
    const isOurs = typeof (error as { code?: unknown } | null)?.code === "string" &&
      /^ERR_STATE_|^ERR_STORE$/.test((error as { code: string }).code);
    console.error(
      option === undefined ? "maintenancemode:" : `maintenancemode: "${option}" threw:`,
      isOurs ? messageOf(error) : error,
    );
  };
}
