import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

/** A JSON Schema, by the members that the tests read. */
export interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly [keyword: string]: unknown;
}

/** Reads a schema of the package. */
export function readSchema(name: "state" | "cli"): Schema {
  return JSON.parse(readFileSync(new URL(`../../src/schemas/${name}.json`, import.meta.url), "utf8"));
}

/** Compiles schemas as Ajv does without options, and takes each warning for an error. */
export function strictAjv(): Ajv {
  const fail = (...words: unknown[]) => {
    throw new Error(words.join(" "));
  };
  return new Ajv({ logger: { log: fail, warn: fail, error: fail } });
}

/** The errors of a value against a schema, in words; `undefined` if there are none. */
export function errorsIn(validate: ValidateFunction, value: unknown): string | undefined {
  if (validate(value)) return undefined;
  return validate.errors!.map(({ instancePath, message, params }) =>
    `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
  ).join("\n");
}
