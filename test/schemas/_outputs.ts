import type { ValidateFunction } from "ajv";
import { isCommand } from "../../src/cli/input/options.ts";
import { errorsIn, readSchema, strictAjv } from "./_schemas.ts";

const SCHEMA = "src/schemas/cli.json";

/**
 * Checks what a command line printed with `--json`: it has to satisfy its definition in `src/schemas/cli.json`. Users may see
 * further fields in later versions, but a field that this version prints has to be in the schema.
 *
 * @param args The arguments of the command line.
 * @param stdout What it printed.
 * @throws {Error} If it does not.
 */
export function checkOutput(args: readonly string[], stdout: string): void {
  const own = args.includes("--") ? args.slice(0, args.indexOf("--")) : args;
  if (!own.includes("--json")) return;
  const command = own.find(isCommand);
  // Without its end, a line is that of a process that was killed. Help is no JSON, and run lets its command write first.
  const lines = stdout.split("\n").slice(0, -1).filter((line) => line.startsWith("{"));
  for (const line of command === "run" ? lines.slice(-1) : lines) checkLine(command, line);
}

function checkLine(command: string | undefined, line: string): void {
  const errors = errorsIn(validatorOf(command), JSON.parse(line));
  if (errors === undefined) return;
  const place = command === undefined ? SCHEMA : `#/definitions/${command} of ${SCHEMA}`;
  throw new Error(`The JSON of ${command ?? "this command line"} is not as in ${place}:\n${errors}\n${line}`);
}

const validators = new Map<string | undefined, ValidateFunction>();

function validatorOf(command: string | undefined): ValidateFunction {
  if (validators.size === 0) {
    const ajv = strictAjv();
    ajv.addSchema(readSchema("state"), "state.json").addSchema(closed(readSchema("cli")) as object, "cli.json");
    validators.set(undefined, ajv.getSchema("cli.json")!);
    for (const name of Object.keys(readSchema("cli").definitions)) {
      validators.set(name, ajv.getSchema(`cli.json#/definitions/${name}`)!);
    }
  }
  const validate = validators.get(command);
  if (validate === undefined) throw new Error(`${SCHEMA} has no definition ${command}: add what it prints with --json`);
  return validate;
}

/** A schema whose objects have no members but those that it describes. */
function closed(schema: unknown): unknown {
  if (typeof schema !== "object" || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  const members = Object.fromEntries(Object.entries(schema).map(([name, member]) => [name, closed(member)]));
  return members["type"] === "object" && "properties" in members
    ? { ...members, additionalProperties: false }
    : members;
}
