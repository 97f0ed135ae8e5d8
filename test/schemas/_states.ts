import fc, { type Arbitrary } from "fast-check";
import type { MaintenanceState, MaintenanceWindow } from "../../src/types/maintenance-state.ts";

/** Values of each field that are valid on their own. */
const FIELDS = {
  mode: fc.constantFrom("on", "off", "read-only"),
  reason: fc.oneof(
    fc.string(),
    fc.dictionary(fc.constantFrom("en", "de", "pt-BR", "zh-Hant-TW", "mas"), fc.string(), { minKeys: 1 }),
  ),
  start: fc.constantFrom("2026-11-22T01:00:00Z", "2026-11-22T01:00Z", "2024-02-29T23:59:59.123456+14:00"),
  end: fc.constantFrom("2036-11-22T01:00:00Z", "2036-12-31T00:00-05:30"),
  expectedEnd: fc.constantFrom("2036-11-22T01:00:00Z", "9999-12-31T23:59:59.9-23:59"),
  retryAfter: fc.oneof(fc.maxSafeNat(), fc.constant("2036-11-22T01:00:00Z")),
  status: fc.constantFrom(200, 203, 206, 299, 400, 429, 503, 599),
  hosts: list(
    "a.example.com",
    "*.b.example.com",
    "bücher.example",
    "127.0.0.1",
    "::1",
    "[2001:db8::1]",
    "x_y.",
    "😀.test",
  ),
  urls: list("/shop", "/shop/*", "POST /a", "GET,HEAD /:id(\\d+)?", "http{s}?://*.example.com/*", "https://[::1]/*"),
  ignoreUrls: fc.oneof(fc.constant([]), list("/health", "POST  /webhooks/*", "M-SEARCH /a b", "*://a.test/", "/*?")),
  reads: fc.oneof(fc.constant([]), list("POST /search", "GET /:a")),
  writes: list("GET /logout"),
  internalIps: fc.oneof(
    fc.constant([]),
    list("203.0.113.7", "10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:DB8::/32", "::ffff:192.0.2.0/120", "::ffff:1.2.3.4"),
  ),
  admit: fc.double({ min: 0, max: 1, noNaN: true }),
  bypass: fc.constant(`sha256:${"a-_Z".repeat(6).slice(2)}:${"0".repeat(43)}`),
  recurring: list(
    { cron: "0 1 * * SUN", duration: "1h" },
    { cron: " */5\t0-23/2 1,15 jan-DEC 0,7 ", duration: "366d", timeZone: "Europe/Amsterdam" },
    { cron: "* * * * *", duration: "1m30s", timeZone: "+01:00" },
  ),
  by: fc.constantFrom("root@web1", "Ängström 😀", "x".repeat(200), "😀".repeat(200)),
  since: fc.constant("2026-11-22T01:14:00+01:00"),
  note: fc.oneof(fc.string(), fc.constantFrom("Ticket 42:\nthe disk is full", "x".repeat(2_000))),
} satisfies Partial<Record<keyof MaintenanceWindow, Arbitrary<unknown>>>;

const former = fc.record(FIELDS, { requiredKeys: ["mode"] });

const WINDOW_FIELDS = {
  ...FIELDS,
  owner: fc.constant("run 4711@web1 2026-11-22T01:00:00Z"),
  former,
} satisfies Record<keyof MaintenanceWindow, Arbitrary<unknown>>;

const STATE_FIELDS = {
  ...WINDOW_FIELDS,
  $schema: fc.constantFrom("", "./node_modules/maintenancemode/dist/schemas/state.json"),
  windows: fc.dictionary(
    fc.constantFrom("shop", "tenant-42", "0", "A.b_c", "x".repeat(64)),
    fc.record(WINDOW_FIELDS, { requiredKeys: ["mode"] }),
    { maxKeys: 3 },
  ),
} satisfies Record<keyof MaintenanceState | "$schema", Arbitrary<unknown>>;

/** The names of the fields of a state, of a window in it, and of a state from before a run. */
export const NAMES = { state: STATE_FIELDS, window: WINDOW_FIELDS, former: FIELDS };

/** States of which most are valid. */
export const states: Arbitrary<unknown> = fc.record(STATE_FIELDS, { requiredKeys: ["mode"] });

function list<Element>(...elements: Element[]): Arbitrary<Element[]> {
  return fc.uniqueArray(fc.constantFrom(...elements), { minLength: 1, maxLength: 3 });
}

/** A change of one value somewhere in a state. */
interface Mutation {
  /** The member to descend into at each level, and how often to descend. */
  readonly way: readonly number[];
  readonly kind: "edit" | "replace" | "delete" | "add" | "repeat";
  readonly at: number;
  readonly piece: string;
  readonly value: unknown;
  readonly name: string;
}

/** Pieces of text that matter somewhere. */
const PIECES = ["", ..." /.*:-+,019aZT?([#\n\0"];
const MORE_PIECES = ["é", "😀", "\u200b", "\ud800", "GET ", "get ", "://", "%", "@", "_", "13", "31", "32"];

/** Changes of states: most make them not valid, and many only just. */
export const mutations: Arbitrary<Mutation> = fc.record({
  way: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  kind: fc.constantFrom("edit", "edit", "edit", "edit", "replace", "delete", "add", "repeat"),
  at: fc.nat(60),
  piece: fc.constantFrom(...PIECES, ...MORE_PIECES),
  value: fc.oneof(
    fc.constantFrom<unknown>(null, true, "", "on", 0, -1, 0.5, 1.5, 204, 302, 503, 600, 2 ** 53, 1e300, [], {}),
    fc.constantFrom<unknown>(["/x"], [""], [1], { mode: "on" }, { en: "x" }, { "": "x" }, { a: "x" }, [{}], [[]]),
    fc.jsonValue({ maxDepth: 1 }),
  ),
  name: fc.oneof(
    fc.constantFrom(...Object.keys(STATE_FIELDS), "cron", "-x", "a b", "until", "EN", "x".repeat(65)),
    fc.string(),
  ),
});

/** Makes a change in a JSON value, and gives the new value. */
export function mutate(value: unknown, mutation: Mutation, depth = 0): unknown {
  const { way, kind, at, piece, name } = mutation;
  const isLast = depth >= way.length;
  if (typeof value !== "object" || value === null) {
    if (kind !== "edit" || typeof value === "boolean" || value === null) return mutation.value;
    if (typeof value === "number") return at % 2 === 0 ? value + 1 : value * 10 + 0.5;
    const text = value as string;
    const place = text.length === 0 ? 0 : at % (text.length + 1);
    return text.slice(0, place) + piece + text.slice(place + (at % 3 === 0 ? 1 : 0));
  }
  const entries = Object.entries(value);
  const index = entries.length === 0 ? 0 : (way[depth] ?? 0) % entries.length;
  const [key, member] = entries[index] ?? [];
  if (Array.isArray(value)) {
    if (isLast && kind === "repeat" && value.length > 0) {
      return Array.from({ length: at % 2 === 0 ? 1_000 : 1_001 }, () => value[0]);
    }
    if (key === undefined || (isLast && kind === "add")) return [...value, mutation.value];
    return value.with(index, mutate(member, mutation, depth + 1));
  }
  if (isLast && kind === "replace") return mutation.value;
  if (key === undefined || kind === "add" && isLast) return { ...value, [name]: mutation.value };
  if (isLast && kind === "delete") return Object.fromEntries(entries.filter(([other]) => other !== key));
  return Object.fromEntries(
    entries.map(([other, old]) => [other, other === key ? mutate(old, mutation, depth + 1) : old]),
  );
}
