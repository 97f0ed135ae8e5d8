import { parseArgs } from "node:util";
import { usageError } from "../exit-codes.ts";
import { type Command, type OptionName, OPTIONS, type OptionValues } from "./options.ts";
import { foreignOption, readCommand, unknownOption } from "./suggestions.ts";
import { show } from "../output/secrets.ts";

/** A parsed command line. */
export interface Args {
  /** The command; `undefined` for `--help` and `--version` alone. */
  readonly command: Command | undefined;
  /** The options that were given. */
  readonly options: OptionValues;
  /** The URL of `explain`. */
  readonly url: string | undefined;
  /** The percentage of visitors of `admit`. */
  readonly percentage: string | undefined;
  /** The shell of `complete`. */
  readonly shell: string | undefined;
  /** The command that `run` runs, with its arguments; the words of the command line to complete. */
  readonly argv: readonly string[];
  /** Whether `--version` was given. */
  readonly version: boolean;
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/**
 * Parses a command line.
 *
 * @throws {CliError} If the command line is not valid.
 */
export function parseCommandLine(args: readonly string[]): Args {
  if (args[0] === "help") return parseCommandLine(["--help", ...args.slice(1).filter((arg) => arg !== "help")]);
  const tokens = tokensOf(args);
  const terminator = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? Infinity;
  const positionals = tokens.flatMap((token) => token.kind === "positional" ? [token] : []);
  const own = args.slice(0, Math.min(args.length, terminator));
  const [first, ...rest] = positionals.filter(({ index }) => index < terminator).map(({ value }) => value);
  const command = first === undefined ? undefined : readCommand(first);

  // First, because the options of that command would be read as ours.
  if (command === "run" && rest.length > 0 && !tokens.some(isHelpToken)) {
    throw usageError(`put "--" before the command to run: maintenancemode run -- ${show(rest[0]!)} …`);
  }
  refuseSingleDash(own);
  const options: Record<string, string | string[] | true> = {};
  let version = false;
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name !== "version" && token.rawName !== "-v") takeOption(options, command, token);
    else if (command === undefined) version = true;
    // A script that means "verbose" must not take the version for a change.
    else {throw usageError(
        `"${token.rawName}" prints the version and does nothing else: leave it out, or leave out ${command}`,
      );}
  }
  const argv = args.slice(Math.min(args.length, terminator + 1));
  const isHelp = options["help"] === true || version;
  const operand = isHelp ? undefined : checkRest(command, rest, argv, terminator < Infinity);
  return {
    command,
    options,
    url: command === "explain" ? operand : undefined,
    percentage: command === "admit" ? operand : undefined,
    shell: command === "complete" ? operand : undefined,
    argv,
    version,
  };
}

/** Whether `--json` is given, in any of its forms, on a command line that may not be valid. */
export function wantsJson(args: readonly string[]): boolean {
  return tokensOf(args).some((token) => token.kind === "option" && token.name === "json");
}

function isHelpToken(token: Token): boolean {
  return token.kind === "option" && token.name === "help";
}

type Token = ReturnType<typeof tokensOf>[number];

function tokensOf(args: readonly string[]) {
  // Not strict: the messages of strict mode differ between runtimes, and suggest nothing.
  return parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: typeOf(name), ...shortOf(name) }])),
      version: { type: "boolean", short: "V" },
    },
  }).tokens;
}

function shortOf(name: OptionName): { short?: string } {
  const { short } = OPTIONS[name];
  return short === undefined ? {} : { short };
}

/** Refuses `-reason=x`, which would be the short option -r with the value "eason=x". */
function refuseSingleDash(args: readonly string[]): void {
  for (const arg of args) {
    const [, name] = /^-([a-z][a-z-]+)(?:=|$)/.exec(arg) ?? [];
    if (name === undefined || !Object.hasOwn(OPTIONS, name)) continue;
    throw usageError(`unknown option ${show(`-${name}`)}: did you mean "--${name}"?`);
  }
}

function typeOf(name: OptionName): "boolean" | "string" {
  return OPTIONS[name].value === undefined ? "boolean" : "string";
}

function takeOption(
  options: Record<string, string | string[] | true>,
  command: Command | undefined,
  { name, rawName, value, inlineValue }: {
    name: string;
    rawName: string;
    value?: string | undefined;
    inlineValue?: boolean | undefined;
  },
): void {
  if (!Object.hasOwn(OPTIONS, name)) throw unknownOption(name, rawName, command);
  const { value: form, multiple, of } = OPTIONS[name as OptionName];
  if (command !== undefined && !of.includes(command)) throw foreignOption(name, rawName, of, command);
  if (form === undefined) {
    if (value !== undefined) throw usageError(`"${rawName}" takes no value, received ${show(value)}`);
    options[name] = true;
    return;
  }
  const example = name === "wait" ? ", such as --wait 60s" : "";
  if (value === undefined) throw usageError(`"${rawName}" needs a value: ${rawName} ${form}${example}`);
  if (inlineValue === false && value.startsWith("-")) {
    throw usageError(
      `"${rawName}" needs a value, received ${
        show(value)
      }: write --${name}=${form}${example} if the value starts with "-"`,
    );
  }
  if (inlineValue && /^-[^-]$/.test(rawName) && value.startsWith("=")) {
    throw usageError(`"${rawName}" takes its value without "=": write ${rawName} ${show(value.slice(1))}`);
  }
  if (multiple) options[name] = [...(options[name] as string[] | undefined ?? []), value];
  else if (Object.hasOwn(options, name)) throw usageError(`"${rawName}" was given twice`);
  else options[name] = value;
}

/** The operand that a command needs, with an example. */
const OPERANDS: Readonly<Partial<Record<Command, string>>> = {
  complete: "a shell: maintenancemode complete bash",
  explain: "a URL: maintenancemode explain https://example.com/shop",
  admit: "a percentage of visitors: maintenancemode admit 25%",
};

/** Checks the remaining arguments, and returns the operand of the command if it takes one. */
function checkRest(
  command: Command | undefined,
  rest: readonly string[],
  argv: readonly string[],
  hasTerminator: boolean,
): string | undefined {
  if (command === "run") {
    if (argv.length === 0) throw usageError("run needs a command: maintenancemode run -- <command…>");
    return undefined;
  }
  // Behind "--" stands the command line that is to be completed.
  if (command === "complete" && hasTerminator && rest.length === 0) return undefined;
  const all = hasTerminator ? [...rest, ...argv] : rest;
  const operand = command === undefined ? undefined : OPERANDS[command];
  if (operand === undefined ? all.length === 0 : all.length === 1) return all[0];
  if (operand !== undefined && all.length === 0) throw usageError(`${command} needs ${operand}`);
  throw usageError(
    `unexpected argument ${show(all[operand === undefined ? 0 : 1]!)}: leave it out, or put text with spaces in quotes`,
  );
}
