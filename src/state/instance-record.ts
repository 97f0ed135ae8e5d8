import type { Counted, InFlightRequest, Instance } from "../types/fleet.ts";
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
  counts: ["unknown"],
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
  counts: isOptional(isListOf(isText)) as Check<readonly Counted[]>,
  uncounted: isOptional((value) => value === "by-hand" || value === "undeclared"),
  inFlight: isCount,
  before: isCount,
  streams: isCount,
  held: isListOf(isHeld),
  admits: isListOf(isText),
  silentMs: isOptional(isNumber),
  problem: isOptional(isText),
  notice: isOptional(isText),
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

/** The record of a process, as far as it can be read. */
export interface ReadRecord {
  readonly instance: Instance;
  /** Whether it is a farewell. */
  readonly hasEnded: boolean;
}

/**
 * Reads the record of a process.
 *
 * @param text The text in the store. It may hold anything: other versions and other programs write there as well.
 * @param id The id of the process if its record does not give one.
 */
export function parseRecord(text: string, id: string): ReadRecord {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    record = undefined;
  }
  if (typeof record !== "object" || record === null) return { instance: { ...UNKNOWN, id }, hasEnded: false };
  return { instance: toInstance(record, id), hasEnded: memberOf(record, "hasEnded") === true };
}

function toInstance(record: object, id: string): Instance {
  if (hasShape(record, INSTANCE)) {
    const instance = pick(record as Instance, INSTANCE);
    return {
      ...instance,
      counts: readCounts(instance.counts),
      held: instance.held.map((held) => pick(held, HELD)),
    };
  }
  // Operators need these to find the process.
  const names = ["id", "host", "pid", "runtime"] as const;
  const known = names.filter((name) => INSTANCE[name](memberOf(record, name)));
  return { ...UNKNOWN, id, ...Object.fromEntries(known.map((name) => [name, memberOf(record, name)])) };
}

/** Reads what a process counts. Earlier versions do not report it, and later ones may know further words. */
function readCounts(words: readonly string[] = []): readonly Counted[] {
  const known = COUNTED.filter((word) => words.includes(word));
  return known.length > 0 && known.length === new Set(words).size ? known : ["unknown"];
}

const COUNTED: readonly Counted[] = ["requests", "work", "nothing", "unknown"];

/**
 * Adds the age of a record to the ages in it. A process renews its record every few seconds. Where the clocks differ by more
 * than a record lasts, its age is not known.
 *
 * @param now The time, in milliseconds since 1970.
 */
export function withAge(instance: Instance, now: number): Instance {
  const ageMs = now - instance.clock;
  if (!(ageMs > 0 && ageMs <= RECORD_TTL_MS)) return instance;
  const age = (seconds: number) => Math.round(seconds * 10 + ageMs / 100) / 10;
  return { ...instance, held: instance.held.map((held) => ({ ...held, seconds: age(held.seconds) })) };
}

/** The last record of a process, as text: it has closed its live state. */
export function formatFarewell(instance: Instance): string {
  return JSON.stringify({ ...instance, hasEnded: true });
}
