/** What a check is, and the words in which checks are written. */
import type { clientIpFrom, maintenanceMode, UrlPatternObject } from "../../../src/index.ts";

/** What a check is given. */
export interface Check {
  /** Whether it is the tiny gate, which takes fewer options. */
  isTiny: boolean;
  maintenanceMode: typeof maintenanceMode;
  clientIpFrom: typeof clientIpFrom;
  /** The runtime's own URLPattern, or the polyfill's where it has none. */
  URLPattern: new (init: { pathname: string }) => UrlPatternObject;
  /** Whether it is the runtime's own. */
  hasUrlPattern: boolean;
  /** The names that importing the package has added to the global object. */
  addedGlobals: readonly string[];
}

/** Checks by their names. They throw what differs. */
export type Checks = Record<string, (runtime: Check) => void | Promise<void>>;

/** Header names and values, each pair a line of its own. */
export type Lines = readonly (readonly [string, string])[];

/** A request of the site. */
export function get(path: string, fields: Record<string, string> = {}): Request {
  return new Request(`http://site.test${path}`, { headers: fields });
}

/** What no Request constructor makes, but a server or a library may hand over. */
export function odd(url: string, method = "GET", accept?: string): Request {
  const fields = new Headers();
  const own = fields.get.bind(fields);
  fields.get = (name) => name.toLowerCase() === "accept" ? accept ?? null : own(name);
  return { url, method, headers: fields } as Request;
}

/** The fields of these lines. */
export function headers(lines: Lines): Headers {
  const fields = new Headers();
  for (const [name, value] of lines) fields.append(name, value);
  return fields;
}

/** An address whose spelling is the product's own business: in lower case, mapped addresses in their IPv4 form. */
export function plainIp(address: string | undefined): string | undefined {
  return address?.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
}

/** Random numbers that are the same in each run and runtime. */
export function randomness(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A value as text. */
export function show(value: unknown): string {
  return JSON.stringify(value, (_key, member) => {
    return member instanceof RegExp || typeof member === "number" && !Number.isFinite(member) ? String(member) : member;
  }) ?? String(value);
}

/** Throws if two values differ. */
export function equal(got: unknown, expected: unknown, what: string): void {
  if (show(got) === show(expected)) return;
  throw Object.assign(new Error(what), { expected: show(expected), got: show(got) });
}

/** Throws unless a TypeError is thrown that says so. */
export function refused(make: () => unknown, message: RegExp, what: string): void {
  try {
    make();
  } catch (error) {
    if (error instanceof TypeError && message.test(error.message)) return;
    throw Object.assign(new Error(what), { expected: `TypeError ${message}`, got: String(error) });
  }
  throw Object.assign(new Error(what), { expected: `TypeError ${message}`, got: "accepted" });
}
