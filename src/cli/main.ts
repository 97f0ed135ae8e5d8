#!/usr/bin/env node
/**
 * The command line: turns maintenance on and off in a store, and waits until every process has followed.
 *
 * ```sh
 * npx maintenancemode on --store file:maintenance.json --reason "New database" --wait 60s
 * deno run -A jsr:@maintenancemode/maintenancemode/cli status --store redis://localhost
 * ```
 *
 * Importing this module runs it.
 *
 * @module maintenancemode/cli
 */
import process from "node:process";
import { StateError } from "../state/state-error.ts";
import { OptionError } from "../util/errors.ts";
import { StoreError } from "../state/errors.ts";
import { type Args, parseCommandLine } from "./input/args.ts";
import { explain } from "./commands/explain.ts";
import { log } from "./commands/log.ts";
import { init } from "./commands/init.ts";
import { page } from "./commands/page.ts";
import { run } from "./commands/run.ts";
import { status } from "./commands/status.ts";
import { switchTo } from "./commands/switch.ts";
import type { Context } from "./context.ts";
import { CliError, EXIT, usageError } from "./exit-codes.ts";
import { type Command, isCommand } from "./input/options.ts";
import { createOutput, flush, outliveReaders, type Output } from "./output/output.ts";
import { PROGRAM } from "./process/program.ts";
import { reasonOf, withoutSecrets } from "./output/secrets.ts";
import { usage } from "./input/usage.ts";
import { VERSION } from "./version.ts";

const COMMANDS: Readonly<Record<Command, (context: Context) => Promise<number>>> = {
  on: (context) => switchTo(context, "on"),
  "read-only": (context) => switchTo(context, "read-only"),
  admit: (context) => switchTo(context, "admit"),
  off: (context) => switchTo(context, "off"),
  status,
  log,
  run,
  explain,
  page,
  init,
};

/** Runs a command line, and returns the exit code. */
async function main(given: readonly string[]): Promise<number> {
  // The form of the report is needed before the command line is known to be valid.
  const own = given.includes("--") ? given.slice(0, given.indexOf("--")) : given;
  const output = createOutput(own.includes("--json"), own.includes("run"));
  const result: Record<string, unknown> = {};
  let args: Args | undefined;
  try {
    args = parseCommandLine(given);
    const { command, options, version } = args;
    if (version || options.help) {
      output.raw(version ? `${VERSION}\n` : usage(command));
      return EXIT.ok;
    }
    // A script that lost its command must fail, and not go on to migrate.
    if (command === undefined) {
      if (given.length > 0) throw usageError(`no command given: choose one of ${Object.keys(COMMANDS).join(", ")}`);
      process.stderr.write(usage(undefined));
      return EXIT.usage;
    }
    const code = await COMMANDS[command]({ args, output, result });
    if (output.json) output.object(result);
    return code;
  } catch (error) {
    return fail(error, args?.command ?? own.find(isCommand), output, result);
  }
}

function fail(error: unknown, command: Command | undefined, output: Output, result: Record<string, unknown>): number {
  const failure = toCliError(error);
  const message = withoutSecrets(failure.message);
  if (output.json) {
    const { code, exitCode } = failure;
    const details = failure.lines.map(withoutSecrets);
    output.object({ error: { code, message, exitCode, details, problem: problemOf(failure.cause) }, ...result });
  }
  output.error(message, failure.lines);
  if (failure.code === "usage") {
    process.stderr.write(`Run ${PROGRAM} ${command === undefined ? "" : `${command} `}--help\n`);
  }
  return failure.exitCode;
}

/** The parts of an error of the library, for programs; `null` for any other error. */
function problemOf(cause: unknown): Record<string, unknown> | null {
  if (!(cause instanceof OptionError)) return null;
  const { code, path, expected, received = null, hint = null } = cause;
  return { code, path, expected, received: received && withoutSecrets(received), hint: hint && withoutSecrets(hint) };
}

function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof StoreError) return new CliError("store", error.message, { cause: error });
  if (error instanceof StateError) return new CliError("state", error.message, { cause: error });
  return new CliError("internal", `Unexpected error: ${reasonOf(error)}`);
}

// A client of a store may fail while no code waits for it. The command goes on.
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`maintenancemode: ${withoutSecrets(`Unexpected error: ${reasonOf(error)}`)}\n`);
  });
}
outliveReaders();
// The exit code if the event loop runs dry before the command is done.
process.exitCode = EXIT.internal;
// process.exit() ends connections that stores and modules keep open. If the event loop runs dry during an await at the top
// level, Bun hangs and Deno ends with another code.
void main(process.argv.slice(2)).then(async (code) => {
  await flush();
  process.exit(code);
});
