import type { InFlightRequest, Instance } from "../types/fleet.ts";
import type { MaintenanceMode } from "../types/maintenance-state.ts";

/** How long the record of a process lasts unless the process renews it, in milliseconds. */
export const RECORD_TTL_MS = 15_000;

/** How often a process renews its record, in milliseconds. */
export const RECORD_EVERY_MS = 4_000;

const UNREADABLE = "its record cannot be read, another version of this package may have written it";

/** A process whose record cannot be read. It must not count as one that has followed. */
const UNKNOWN: Instance = {
  id: "unknown",
  host: "unknown",
  pid: 0,
  runtime: "unknown",
  startedAt: 0,
  clock: 0,
  revision: undefined,
  mode: "off",
  inForce: false,
  inFlight: 0,
  before: 0,
  streams: 0,
  held: [],
  admits: [],
  problem: UNREADABLE,
};

/** Whether the record of a process cannot be read, so that nobody knows which state it has in force. */
export function isUnreadable({ problem }: Instance): boolean {
  return problem === UNREADABLE;
}

type Check<Value> = (value: unknown) => value is Value;

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isMode = (value: unknown): value is MaintenanceMode => ["off", "on", "read-only"].includes(value as string);

function isListOf<Item>(check: Check<Item>): Check<readonly Item[]> {
  return (value): value is readonly Item[] => Array.isArray(value) && value.every(check);
}

function isOptional<Value>(check: Check<Value>): Check<Value | undefined> {
  return (value): value is Value | undefined => value === undefined || check(value);
}

type Shape<Whole> = { readonly [Name in keyof Whole]-?: Check<Whole[Name]> };

const HELD: Shape<InFlightRequest> = {
  method: isText,
  path: isText,
  seconds: isNumber,
  // Other versions may know further kinds.
  kind: isText as Check<InFlightRequest["kind"]>,
};

const isHeld = (value: unknown): value is InFlightRequest => hasShape(value, HELD);

const INSTANCE: Shape<Instance> = {
  id: isText,
  host: isText,
  pid: isCount,
  runtime: isText,
  startedAt: isNumber,
  connectedMs: isOptional(isNumber),
  clock: isNumber,
  revision: isOptional(isText),
  mode: isMode,
  inForce: isBoolean,
  inFlight: isCount,
  before: isCount,
  streams: isCount,
  held: isListOf(isHeld),
  admits: isListOf(isText),
  problem: isOptional(isText),
};

function hasShape(value: unknown, shape: Readonly<Record<string, Check<unknown>>>): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(shape).every(([name, check]) => check(memberOf(value, name)));
}

function memberOf(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** Picks the known members of a value. */
function pick<Whole>(value: Whole & object, shape: Shape<Whole>): Whole {
  // Other versions may add members of any depth, which nobody here could print.
  const names = Object.keys(shape).filter((name) => memberOf(value, name) !== undefined);
  return Object.fromEntries(names.map((name) => [name, memberOf(value, name)])) as Whole;
}

/**
 * Reads the record of a process.
 *
 * @param text The text in the store. It may hold anything: other versions and other programs write there as well.
 * @param id The id of the process if its record does not give one.
 * @returns The process, as far as its record can be read.
 */
export function parseRecord(text: string, id: string): Instance {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return { ...UNKNOWN, id };
  }
  if (typeof record !== "object" || record === null) return { ...UNKNOWN, id };
  if (hasShape(record, INSTANCE)) {
    const instance = pick(record as Instance, INSTANCE);
    return { ...instance, held: instance.held.map((held) => pick(held, HELD)) };
  }
  // Operators need these to find the process.
  const names = ["id", "host", "pid", "runtime"] as const;
  const known = names.filter((name) => INSTANCE[name](memberOf(record, name)));
  return { ...UNKNOWN, id, ...Object.fromEntries(known.map((name) => [name, memberOf(record, name)])) };
}
