import { expect, test } from "vitest";
import { parseState } from "../../src/state/parse.ts";
import { BEYOND } from "./_beyond.ts";
import { errorsIn, readSchema, strictAjv } from "./_schemas.ts";
import { NAMES } from "./_states.ts";

const schema = readSchema("state");
const validate = strictAjv().compile(schema);
const { window, former } = schema.definitions;

test("the schema of the state is of the draft that editors know best", () => {
  expect(schema["$schema"]).toBe("http://json-schema.org/draft-07/schema#");
});

test("the schema of the state has the fields of a state, a window and a former state", () => {
  for (const [place, names] of Object.entries(NAMES)) {
    const known = { state: schema, window: window!, former: former! }[place]!.properties;
    expect(Object.keys(known).sort(), place).toEqual(Object.keys(names).sort());
  }
});

test("editors have words to show for each field", () => {
  const { properties, definitions } = schema;
  for (const name of Object.keys(properties)) {
    const field = definitions[name] ?? properties[name] as Record<string, unknown>;
    expect(field["description"], name).toMatch(/^[A-Z"].+\.$/s);
  }
});

test("the examples and defaults that editors offer are valid", () => {
  const ajv = strictAjv().addSchema(schema, "state.json");
  const offers = offersIn(schema, "");
  expect(offers.length).toBeGreaterThan(20);
  for (const { pointer, value } of offers) {
    expect(errorsIn(ajv.compile({ $ref: `state.json#${pointer}` }), value), pointer).toBeUndefined();
  }
});

/** The examples and defaults in a schema, each with the place of the schema that it is of. */
function offersIn(part: unknown, pointer: string): { readonly pointer: string; readonly value: unknown }[] {
  if (typeof part !== "object" || part === null) return [];
  const { examples = [], ...rest } = part as { examples?: unknown[] };
  const offered = "default" in rest ? [...examples, rest.default] : examples;
  return [
    ...offered.map((value) => ({ pointer, value })),
    ...Object.entries(rest).flatMap(([name, member]) => offersIn(member, `${pointer}/${name}`)),
  ];
}

test.each(BEYOND)("the schema cannot tell whether $rule", ({ message, example }) => {
  const state = { mode: "on", ...example };
  expect(errorsIn(validate, state)).toBeUndefined();
  expect(() => parseState(state)).toThrow(message);
});

test("parseState() and the schema refuse a $schema that is not text", () => {
  const state = { $schema: 7, mode: "on" };
  expect(errorsIn(validate, state)).toBe('/$schema must be string {"type":"string"}');
  expect(() => parseState(state)).toThrow('"$.$schema" must be text, received 7');
});
