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
import { type Args, parseCommandLine, wantsJson } from "./input/args.ts";
import { complete } from "./commands/complete.ts";
import { explain } from "./commands/explain.ts";
import { log } from "./commands/log.ts";
import { init } from "./commands/init.ts";
import { page } from "./commands/page.ts";
import { run } from "./commands/run.ts";
import { status } from "./commands/status.ts";
import { switchTo } from "./commands/switch.ts";
import { windows } from "./commands/windows.ts";
import type { Context } from "./context.ts";
import { type CliError, EXIT, usageError } from "./exit-codes.ts";
import { errorJson, toCliError } from "./output/failure.ts";
import { type Command, isCommand } from "./input/options.ts";
import { createOutput, flush, outliveReaders, type Output } from "./output/output.ts";
import { PROGRAM } from "./process/program.ts";
import { reasonOf, withoutSecrets } from "./output/secrets.ts";
import { notSafe, printVerdict, verdictJson } from "./output/verdict.ts";
import { usage } from "./input/usage.ts";
import { VERSION } from "./version.ts";

const COMMANDS: Readonly<Record<Command, (context: Context) => Promise<number>>> = {
  on: (context) => switchTo(context, "on"),
  "read-only": (context) => switchTo(context, "read-only"),
  admit: (context) => switchTo(context, "admit"),
  off: (context) => switchTo(context, "off"),
  status,
  windows,
  log,
  run,
  explain,
  page,
  init,
  complete,
};

/** Runs a command line, and returns the exit code. */
async function main(given: readonly string[]): Promise<number> {
  // The form of the report is needed before the command line is known to be valid.
  const own = given.includes("--") ? given.slice(0, given.indexOf("--")) : given;
  const output = createOutput(wantsJson(own), own.includes("run"));
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
    // status --watch has printed its objects itself.
    if (output.json && args.options.watch !== true) output.object(result);
    return code;
  } catch (error) {
    return fail(toCliError(error), args, args?.command ?? own.find(isCommand), output, result);
  }
}

function fail(
  failure: CliError,
  args: Args | undefined,
  command: Command | undefined,
  output: Output,
  result: Record<string, unknown>,
): number {
  const verdict = failure.notSafe !== undefined && isAsked(args) ? notSafe(failure.notSafe) : undefined;
  if (verdict !== undefined) result["verdict"] = verdictJson(verdict);
  if (output.json) output.object({ error: errorJson(failure), ...result });
  output.error(withoutSecrets(failure.message), failure.lines, failure.last);
  if (verdict !== undefined) printVerdict(output, verdict);
  if (failure.code === "usage") {
    process.stderr.write(`Run ${PROGRAM} ${command === undefined ? "" : `${command} `}--help\n`);
  }
  return failure.exitCode;
}

/** Whether the operator has asked if it is safe to migrate. */
function isAsked(args: Args | undefined): boolean {
  return args !== undefined && args.command !== "off" && (args.command === "run" || args.options.wait !== undefined);
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
