import fc from "fast-check";
import { expect, test } from "vitest";
import { OFF } from "../../src/state/modes.ts";
import { formatState, parseState } from "../../src/state/parse.ts";
import { StateError } from "../../src/state/state-error.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import { prepareAtOnce } from "../../src/state/state-snapshot.ts";

const FULL: MaintenanceState = {
  mode: "on",
  reason: "Moving to a bigger database",
  start: "2026-11-22T01:00:00Z",
  end: "2026-11-22T03:00:00+01:00",
  retryAfter: 600,
  urls: ["/shop/*"],
  ignoreUrls: ["/shop/status", "https://api.example.com/*"],
  internalIps: ["203.0.113.0/24", "2001:db8::/32"],
  recurring: [{ cron: "0 1 * * SUN", duration: "1h", timeZone: "Europe/Amsterdam" }],
};

/** The error of reading a state. */
function fault(input: unknown): { path: string; message: string; code: string; isTypeError: boolean } {
  try {
    parseState(input);
  } catch (error) {
    expect(error).toBeInstanceOf(StateError);
    const { path, message, code } = error as StateError;
    return { path, message, code, isTypeError: error instanceof TypeError };
  }
  throw new Error("the state was taken");
}

test("parseState() reads all fields from text and from an object", () => {
  expect(parseState(JSON.stringify(FULL))).toEqual(FULL);
  expect(parseState(FULL)).toEqual(FULL);
});

test.each(["", "\n", " \t\r\n"])("parseState() takes %j for on, as of a file that was touched", (text) => {
  expect(parseState(text)).toEqual({ mode: "on" });
});

test("parseState() reads text with a byte order mark in front", () => {
  expect(parseState('\ufeff{"mode":"off"}')).toEqual({ mode: "off" });
});

test("parseState() freezes what it returns and leaves what it was given alone", () => {
  const given = structuredClone(FULL);
  const state = parseState(given);
  expect(Object.isFrozen(state)).toBe(true);
  expect([state.urls, state.recurring, state.recurring![0]].every(Object.isFrozen)).toBe(true);
  expect(Object.isFrozen(given)).toBe(false);
  expect(Object.isFrozen(given.urls)).toBe(false);
});

test.each<[unknown, string, string]>([
  ["{", "$", 'must be JSON, received "{"'],
  ["on", "$", 'must be JSON, received "on": write {"mode": "on"}'],
  ["[]", "$", "must be an object, received an array"],
  ["null", "$", "must be an object, received null"],
  ["1", "$", "must be an object, received 1"],
  ["{}", "$.mode", 'must be "off", "on" or "read-only", received undefined'],
  ['{"mode":"ON"}', "$.mode", 'must be "off", "on" or "read-only", received "ON"'],
  ['{"mode":"on","reson":""}', "$", 'unknown name "reson" in "$": did you mean "reason"?'],
  ['{"mode":"on","enabled":true}', "$", 'unknown name "enabled" in "$": write "mode": "on" or "mode": "off"'],
  ['{"mode":"on","__proto__":{}}', "$", 'unknown name "__proto__" in "$": accepted are mode'],
  [
    { mode: "on", reason: 1 },
    "$.reason",
    'must be text, or texts by language such as { "en": "…", "de": "…" }, received 1',
  ],
  [{ mode: "on", reason: {} }, "$.reason", "must be text, or texts by language"],
  [{ mode: "on", reason: ["a"] }, "$.reason", "received an array"],
  [{ mode: "on", reason: { "de_AT": "a" } }, "$.reason", 'received the language "de_AT": write a tag such as "de"'],
  [{ mode: "on", reason: { de: 1 } }, "$.reason.de", "must be text, received 1"],
  [{ mode: "on", start: 1795348800000 }, "$.start", "must be an instant with its offset from UTC"],
  [
    { mode: "on", start: "2026-11-22T01:00:00" },
    "$.start",
    'add the offset: "2026-11-22T01:00:00Z" is that time in UTC',
  ],
  [{ mode: "on", start: "2026-11-22" }, "$.start", 'received "2026-11-22"'],
  [{ mode: "on", start: "2026-02-30T01:00:00Z" }, "$.start", "there is no such date or time"],
  [{ mode: "on", start: "2026-11-22T24:00:00Z" }, "$.start", "there is no such date or time"],
  [{ mode: "on", start: "2026-11-22T01:00:00+25:00" }, "$.start", "there is no such date or time"],
  [{ ...FULL, end: FULL.start }, "$.end", 'must be later than the start, "2026-11-22T01:00:00Z"'],
  [
    { mode: "on", retryAfter: -1 },
    "$.retryAfter",
    'must be a whole number of seconds from 0, or an instant with its offset such as "2026-11-22T01:00:00Z", received -1',
  ],
  [{ mode: "on", retryAfter: "2026-11-22T01:00:00" }, "$.retryAfter", 'received "2026-11-22T01:00:00"'],
  [{ mode: "on", retryAfter: new Date(0) }, "$.retryAfter", "received a Date: write its toISOString()"],
  [{ mode: "on", status: "503" }, "$.status", "must be an integer from 200 to 599"],
  [{ mode: "on", status: 302 }, "$.status", 'received 302: use "redirectUrl" to redirect'],
  [{ mode: "on", status: 204 }, "$.status", "of a response that can have a body, received 204"],
  [{ mode: "on", statusCode: 503 }, "$", 'unknown name "statusCode" in "$": did you mean "status"?'],
  [{ mode: "on", former: "off" }, "$.former", 'received "off"'],
  [{ mode: "on", former: { mode: "on", owner: "a" } }, "$.former", 'must be a state without "owner"'],
  [{ mode: "on", former: { mode: "on", former: { mode: "off" } } }, "$.former", 'must be a state without "former"'],
  [{ mode: "on", former: { mode: "on", end: "soon" } }, "$.former.end", 'received "soon"'],
  [{ mode: "on", retryAfter: "600" }, "$.retryAfter", 'received "600"'],
  [{ mode: "on", retryAfter: 1.5 }, "$.retryAfter", "received 1.5"],
  [{ mode: "on", admit: "10%" }, "$.admit", 'must be a number from 0 to 1, received "10%": write 0.1 for 10%'],
  [{ mode: "on", admit: "25" }, "$.admit", 'received "25": write 0.25 for 25%'],
  [{ mode: "on", admit: 33.3 }, "$.admit", "received 33.3: write 0.333 for 33.3%"],
  [{ mode: "on", admit: "some" }, "$.admit", 'must be a number from 0 to 1, received "some"'],
  [{ mode: "on", admit: -0.1 }, "$.admit", "must be a number from 0 to 1, received -0.1"],
  [{ mode: "on", admit: 101 }, "$.admit", "must be a number from 0 to 1, received 101"],
  [{ mode: "on", admit: NaN }, "$.admit", "must be a number from 0 to 1, received NaN"],
  [{ mode: "on", admit: null }, "$.admit", "must be a number from 0 to 1, received null"],
  [{ mode: "on", admit: true }, "$.admit", "must be a number from 0 to 1, received true"],
  [{ mode: "on", urls: "/shop/*" }, "$.urls", 'must be an array of URL patterns, received "/shop/*"'],
  [{ mode: "on", urls: [] }, "$.urls", "leave it out to mean the whole site"],
  [{ mode: "on", urls: ["/a", 1] }, "$.urls[1]", "must be text, received 1"],
  [{ mode: "on", urls: ["/a", "shop"] }, "$.urls[1]", 'received "shop": start it with "/"'],
  [{ mode: "on", urls: ["shop"] }, "$.urls[0]", 'a URL pattern such as "https://api.example.com/*", received "shop"'],
  [{ mode: "on", hosts: "a.test" }, "$.hosts", 'must be an array of host names, received "a.test"'],
  [{ mode: "on", hosts: [] }, "$.hosts", "must be an array of at least one host name, received an array: leave it out"],
  [{ mode: "on", hosts: ["a.test", 1] }, "$.hosts[1]", "must be text, received 1"],
  [{ mode: "on", hosts: ["https://a.test/x"] }, "$.hosts[0]", 'write "a.test", and give "/x" as a URL pattern'],
  [
    { mode: "on", hosts: Array(1_001).fill("a") },
    "$.hosts",
    "must be a list of at most 1000 host names, received 1001",
  ],
  [
    { mode: "on", hosts: ["a".repeat(257)] },
    "$.hosts[0]",
    "must be a host name of at most 256 characters, received 257",
  ],
  [{ mode: "on", urls: ["post /shop/*"] }, "$.urls[0]", 'methods are case-sensitive, write "POST /shop/*"'],
  [{ mode: "read-only", reads: "POST /a" }, "$.reads", 'must be an array of URL patterns, received "POST /a"'],
  [{ mode: "read-only", writes: ["GET logout"] }, "$.writes[0]", 'received "logout": start it with "/"'],
  ['{ "mode": "on", }', "$", ": remove the comma before a brace or bracket that closes"],
  [{ mode: "on", end: new Date(0) }, "$.end", "received a Date: write its toISOString()"],
  [{ mode: "on", urls: Array(1_001).fill("/a") }, "$.urls", "must be a list of at most 1000 patterns, received 1001"],
  [
    { mode: "on", ignoreUrls: ["/a", `/${"a".repeat(2_048)}`] },
    "$.ignoreUrls[1]",
    "must be a pattern of at most 2048 characters, received 2049",
  ],
  [
    { mode: "on", urls: [`/${"{a}?".repeat(51)}`] },
    "$.urls[0]",
    "must be a pattern with at most 100 of the signs { ( * : ? + [ |, received 102",
  ],
  [
    { mode: "on", urls: Array(1_000).fill(`/${"a".repeat(999)}`) },
    "$.urls",
    "must be patterns of at most 250000 characters in all, received 1000000",
  ],
  [
    { mode: "on", urls: Array(101).fill(`/${"{a}?".repeat(50)}`) },
    "$.urls",
    "must be patterns with at most 10000 of the signs { ( * : ? + [ | in all, received 10100",
  ],
  [
    { mode: "on", recurring: Array(101).fill({ cron: "0 1 * * *", duration: "1h" }) },
    "$.recurring",
    "must be a list of at most 100 windows, received 101",
  ],
  [
    { mode: "on", recurring: [{ cron: "0 1 * * *", duration: "367d" }] },
    "$.recurring[0].duration",
    "of at most 366 days",
  ],
  [{ mode: "on", ignoreUrls: ["/("] }, "$.ignoreUrls[0]", "must be a valid URLPattern"],
  [{ mode: "on", internalIps: ["10.0.0.1/8"] }, "$.internalIps[0]", 'write "10.0.0.0/8"'],
  [{ mode: "on", internalIps: [true] }, "$.internalIps[0]", "must be text, received true"],
  [{ mode: "on", recurring: [] }, "$.recurring", "must be an array of at least one window"],
  [{ mode: "on", recurring: [{}] }, "$.recurring[0].cron", "must be five fields of a crontab"],
  [
    { mode: "on", recurring: [{ cron: "0 25 * * *", duration: "1h" }] },
    "$.recurring[0].cron",
    '"25" is not a valid hour',
  ],
  [
    { mode: "on", recurring: [{ cron: "0 */48 * * *", duration: "1h" }] },
    "$.recurring[0].cron",
    'the step in "*/48" is more than 23, the last hour',
  ],
  [
    { mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1 hour" }] },
    "$.recurring[0].duration",
    "must be a duration",
  ],
  [{ mode: "on", recurring: [{ cron: "0 1 * * *", duration: "0s" }] }, "$.recurring[0].duration", "must be a duration"],
  [
    { mode: "on", recurring: [{ cron: "0 1 * * *", duration: "1h", timeZone: "Mars" }] },
    "$.recurring[0].timeZone",
    "must be the IANA name of a time zone",
  ],
  [{ mode: "on", recurring: [{ cron: "0 1 * * *", length: "1h" }] }, "$.recurring[0]", 'unknown name "length"'],
  ["x".repeat(2 ** 20 + 1), "$", "must be text of at most 1048576 characters, received 1048577"],
])("parseState() refuses %j and says where and why", (input, path, message) => {
  const found = fault(input);
  expect(found).toMatchObject({ path, code: "ERR_STATE_INVALID", isTypeError: true });
  expect(found.message).toContain("Cannot read the maintenance state: ");
  expect(found.message).toContain(message);
});

const DEEP = 100_000;
const deepArray = "[".repeat(DEEP) + "]".repeat(DEEP);
const deepObject = '{"a":'.repeat(DEEP) + "1" + "}".repeat(DEEP);

test.each([
  "mode",
  "reason",
  "start",
  "end",
  "retryAfter",
  "hosts",
  "urls",
  "ignoreUrls",
  "internalIps",
  "admit",
  "bypass",
  "recurring",
])('parseState() refuses values of any depth in "%s"', (field) => {
  const nested = [deepArray, deepObject, `[${deepObject}]`, `{"de":${deepArray}}`];
  const windows = ["cron", "duration", "timeZone"].map((name) => `[{"cron":"0 1 * * *","${name}":${deepArray}}]`);
  for (const value of field === "recurring" ? [...nested, ...windows] : nested) {
    const text = field === "mode" ? `{"mode":${value}}` : `{"mode":"on","${field}":${value}}`;
    expect(fault(text).path).toMatch(new RegExp(`^\\$\\.${field}`));
    expect(fault(JSON.parse(text)).path).toMatch(new RegExp(`^\\$\\.${field}`));
  }
});

test.each([deepArray, deepObject, deepArray.slice(DEEP), deepObject.slice(0, 5 * DEEP)])(
  "parseState() refuses a text of any depth (%#)",
  (text) => {
    expect(fault(text).path).toBe("$");
  },
);

test.each([
  "/{".repeat(3_000),
  `/:a(${"(?:".repeat(3_000)}a${")".repeat(3_000)})`,
  `/:a(${"(?:".repeat(100_000)}a${")".repeat(100_000)})`,
])("parseState() refuses or takes a pattern of any depth (%#)", (pattern) => {
  try {
    const state = parseState({ mode: "on", urls: [pattern] });
    expect(prepareAtOnce(state).find(undefined)!.appliesTo?.(new Request("http://site.test/"))).toBeTypeOf("boolean");
  } catch (error) {
    expect(error).toBeInstanceOf(StateError);
  }
});

test("parseState() calls no method of what it is given in place of a number", () => {
  const given = {
    toString() {
      throw new Error("called");
    },
  };
  for (const field of ["admit", "retryAfter", "start", "mode"]) {
    expect(fault({ mode: "on", [field]: given })).toMatchObject({ path: `$.${field}` });
  }
});

test("formatState() writes what people like to edit, in one order", () => {
  expect(formatState({ retryAfter: 600, mode: "on" })).toBe('{\n  "mode": "on",\n  "retryAfter": 600\n}\n');
  expect(formatState(OFF)).toBe('{\n  "mode": "off"\n}\n');
});

test("formatState() writes what parseState() reads, whatever the state", () => {
  const instant = fc.date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true }).map((date) =>
    date.toISOString()
  );
  const state = fc.record({
    mode: fc.constantFrom("on", "off", "read-only"),
    reason: fc.string({ unit: "binary" }),
    start: instant,
    retryAfter: fc.nat(),
    hosts: fc.array(fc.constantFrom("a.test", "*.b.test", "::1"), { minLength: 1 }),
    urls: fc.array(fc.constantFrom("/a", "POST /b/*", "https://*/x"), { minLength: 1 }),
    reads: fc.array(fc.constantFrom("POST /a", "/b")),
    writes: fc.array(fc.constantFrom("GET,PUT /a", "/b")),
    internalIps: fc.array(fc.ipV4()),
    admit: fc.double({ min: 0, max: 1, noNaN: true }),
  }, { requiredKeys: ["mode"] }) as fc.Arbitrary<MaintenanceState>;
  fc.assert(fc.property(state, (given) => {
    expect(parseState(formatState(given))).toEqual(given);
  }));
});

test("parseState() either returns a state or throws a StateError, whatever the text", () => {
  const text = fc.oneof(fc.string(), fc.json(), fc.json().map((json) => `{"mode":"on","urls":${json}}`));
  fc.assert(fc.property(text, (input) => {
    try {
      expect(["on", "off", "read-only"]).toContain(parseState(input).mode);
    } catch (error) {
      expect(error).toBeInstanceOf(StateError);
    }
  }));
});
