import { expect, test } from "vitest";
import { checkWindowName, formatState, parseState } from "../../src/state/parse.ts";

const SHOP = { mode: "on", urls: ["/shop/*"], reason: "Moving house", end: "2026-11-22T03:00:00Z" };

test("parseState() reads windows, and freezes them", () => {
  const state = parseState(
    JSON.stringify({ mode: "off", windows: { shop: SHOP, "tenant-42": { mode: "read-only" } } }),
  );
  expect(state).toEqual({ mode: "off", windows: { shop: SHOP, "tenant-42": { mode: "read-only" } } });
  expect([state.windows, state.windows!["shop"], state.windows!["shop"]!.urls].map(Object.isFrozen)).toEqual(
    [true, true, true],
  );
  expect(parseState({ mode: "on", windows: {} })).toEqual({ mode: "on", windows: {} });
});

test("formatState() writes windows after the fields of the state, each with its fields in order", () => {
  const windows = { shop: { reason: "x", mode: "on" } as const };
  expect(formatState({ windows, mode: "off" })).toBe(
    '{\n  "mode": "off",\n  "windows": {\n    "shop": {\n      "mode": "on",\n      "reason": "x"\n    }\n  }\n}\n',
  );
});

test("parseState() takes what operators write for each other, and an announced end", () => {
  const state = {
    mode: "on",
    expectedEnd: "2026-11-22T03:00:00Z",
    by: "root@web1",
    since: "2026-11-22T01:14:00+01:00",
    note: "Ticket 42:\nthe disk is full",
  };
  expect(parseState(state)).toEqual(state);
});

test("parseState() takes the address of a schema, for editors, and leaves it out", () => {
  expect(parseState('{ "$schema": "./state.json", "mode": "off" }')).toEqual({ mode: "off" });
});

test.each([
  [
    { windows: [] },
    '"$.windows" must be an object of windows by name, such as { "shop": { "mode": "on", "urls": ["/shop/*"] } }, received an array',
  ],
  [
    { windows: { "-x": { mode: "on" } } },
    '"$.windows" must be windows whose names have 1 to 64 letters, digits, "_", "-" and "." and begin with a letter or a digit, received "-x"',
  ],
  [
    JSON.parse('{ "windows": { "__proto__": { "mode": "on" } } }'),
    'begin with a letter or a digit, received "__proto__"',
  ],
  [{ windows: { shop: "on" } }, '"$.windows.shop" must be an object, received "on"'],
  [{ windows: { shop: {} } }, '"$.windows.shop.mode" must be "off", "on" or "read-only", received undefined'],
  [
    { windows: { shop: { mode: "on", windows: {} } } },
    'unknown name "windows" in "$.windows.shop": only the whole state has windows',
  ],
  [{ windows: { "a-b": { mode: "on", urls: [1] } } }, `"$.windows['a-b'].urls[0]" must be text, received 1`],
  [
    { windows: { a: { mode: "on", former: { mode: "on", urls: [] } } } },
    '"$.windows.a.former.urls" must be an array of at least one URL pattern',
  ],
  [{ former: { mode: "on", windows: {} } }, 'unknown name "windows" in "$.former"'],
  [{ by: "" }, '"$.by" must be a text of 1 to 200 printable characters, received ""'],
  [{ since: "02:14" }, '"$.since" must be an instant'],
  [{ note: 1 }, '"$.note" must be text, received 1'],
  [{ note: "x".repeat(2_001) }, '"$.note" must be a text of at most 2000 characters, received 2001'],
  [
    { start: "2026-11-22T03:00:00Z", expectedEnd: "2026-11-22T03:00:00Z" },
    '"$.expectedEnd" must be later than the start',
  ],
])("parseState() refuses %j", (fields, message) => {
  expect(() => parseState({ mode: "on", ...fields as object })).toThrow(message);
});

test("the name of a window is refused with what is accepted", () => {
  expect(checkWindowName("tenant-42.eu_1")).toBe("tenant-42.eu_1");
  for (const name of ["", "-x", ".x", "a b", "a/b", "é", "x".repeat(65), "__proto__", undefined, 1]) {
    expect(() => checkWindowName(name)).toThrow('"name" must be a name of 1 to 64 letters, digits, "_", "-" and "."');
  }
});
