import { expect, test } from "vitest";
import { OPTIONS } from "../../src/cli/input/options.ts";
import { checkOutput } from "./_outputs.ts";
import { readSchema, strictAjv } from "./_schemas.ts";

const schema = readSchema("cli");
const MINIMUM = { message: "no", exitCode: 2, details: [], problem: null };

test("the schema of the command line has a definition for each command with --json", () => {
  expect(Object.keys(schema.definitions)).toEqual(expect.arrayContaining([...OPTIONS.json.of]));
});

test("later versions may add fields to what the command line prints", () => {
  const validate = strictAjv().addSchema(readSchema("state"), "state.json").compile(schema);
  expect(validate({ html: "<p>", another: 1 })).toBe(true);
  expect(validate({ another: 1 })).toBe(false);
});

test("a test of the command line fails if it prints a field that its schema does not describe", () => {
  expect(() => checkOutput(["page", "--json"], '{"html":"<p>"}\n')).not.toThrow();
  expect(() => checkOutput(["page", "--json"], '{"html":"<p>","another":1}\n')).toThrow(
    "The JSON of page is not as in #/definitions/page of src/schemas/cli.json:\n" +
      '/ must NOT have additional properties {"additionalProperty":"another"}\n{"html":"<p>","another":1}',
  );
  expect(() => checkOutput(["page", "--json"], "{}\n")).toThrow("/ must have required property 'html'");
  const failure = (code: string) => `${JSON.stringify({ error: { ...MINIMUM, code } })}\n`;
  expect(() => checkOutput(["--json"], failure("usage"))).not.toThrow();
  expect(() => checkOutput(["status", "--json"], failure("usage") + failure("no"))).toThrow(
    "/error/code must be equal to one of the allowed values",
  );
});

test("what is printed without --json, or by the command of run, is no output to check", () => {
  expect(() => checkOutput(["page"], "{}\n")).not.toThrow();
  expect(() => checkOutput(["run", "--", "page", "--json"], "{}\n")).not.toThrow();
  expect(() => checkOutput(["page", "--json", "--help"], "usage: …\n")).not.toThrow();
  expect(() => checkOutput(["page", "--json"], '{"html":"<p')).not.toThrow();
  expect(() => checkOutput(["run", "--json", "--", "echo", "{}"], '{}\n{"error":1}\n')).toThrow(
    "/error must be object",
  );
});
