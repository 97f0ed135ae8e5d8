import { parseArgs } from "node:util";
import { likeliest } from "../../util/likeliest.ts";
import { usageError } from "../exit-codes.ts";
import { type Command, COMMANDS, isCommand, type OptionName, OPTIONS, type OptionValues } from "./options.ts";
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
  /** The command that `run` runs, with its arguments. */
  readonly argv: readonly string[];
  /** Whether `--version` was given. */
  readonly version: boolean;
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** Option names of other tools and of the state itself, which people are likely to try. */
const HINTS: Readonly<Record<string, string>> = {
  retry: 'did you mean "--retry-after"?',
  until: 'did you mean "--end"?',
  message: 'did you mean "--reason"?',
  ip: 'did you mean "--allow-ip"?',
  "internal-ip": 'did you mean "--allow-ip"?',
  "internal-ips": 'did you mean "--allow-ip"?',
  urls: 'did you mean "--url"?',
  timeout: 'did you mean "--wait"?',
  lang: 'did you mean "--language"?',
  locale: 'did you mean "--language"?',
};

/** Commands of other tools: their "down" and "up" take the site down and up. */
const OTHER_WORDS: Readonly<Record<string, Command>> = {
  down: "on",
  start: "on",
  enable: "on",
  up: "off",
  stop: "off",
  disable: "off",
  exec: "run",
};

/**
 * Parses a command line.
 *
 * @throws {CliError} If the command line is not valid.
 */
export function parseCommandLine(args: readonly string[]): Args {
  // Not strict: the messages of strict mode differ between runtimes, and suggest nothing.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(NAMES.map((name) => [name, { type: typeOf(name) }])),
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    },
  });
  const terminator = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? Infinity;
  const positionals = tokens.flatMap((token) => token.kind === "positional" ? [token] : []);
  const own = args.slice(0, Math.min(args.length, terminator));
  const [first, ...rest] = positionals.filter(({ index }) => index < terminator).map(({ value }) => value);
  const command = first === undefined ? undefined : checkCommand(first);

  // First, because the options of that command would be read as ours.
  if (command === "run" && rest.length > 0 && !own.some((arg) => arg === "--help" || arg === "-h")) {
    throw usageError(`put "--" before the command to run: maintenancemode run -- ${show(rest[0]!)}`);
  }
  const options: Record<string, string | string[] | true> = {};
  let version = false;
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name !== "version") takeOption(options, command, token);
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
    argv,
    version,
  };
}

function typeOf(name: OptionName): "boolean" | "string" {
  return OPTIONS[name].value === undefined ? "boolean" : "string";
}

function checkCommand(text: string): Command {
  if (isCommand(text)) return text;
  const likely = Object.hasOwn(OTHER_WORDS, text) ? OTHER_WORDS[text] : likeliest(text, COMMANDS);
  throw usageError(
    `unknown command ${show(text)}: ${likely ? `did you mean "${likely}"?` : `choose one of ${COMMANDS.join(", ")}`}`,
  );
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
      }: write ${rawName}=${form}${example} if the value starts with "-"`,
    );
  }
  if (multiple) options[name] = [...(options[name] as string[] | undefined ?? []), value];
  else if (Object.hasOwn(options, name)) throw usageError(`"${rawName}" was given twice`);
  else options[name] = value;
}

function unknownOption(name: string, rawName: string, command: Command | undefined): Error {
  const known = NAMES.filter((known) => command === undefined || OPTIONS[known].of.includes(command));
  const likely = rawName.startsWith("--") ? likeliest(name, known) ?? likeliest(name, NAMES) : undefined;
  const suggestion = likely === undefined ? undefined : `did you mean "--${likely}"?`;
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : suggestion;
  return usageError(`unknown option ${show(rawName)}${hint === undefined ? "" : `: ${hint}`}`);
}

function foreignOption(name: string, rawName: string, of: readonly Command[], command: Command): Error {
  const own = Object.hasOwn(HINTS, name) && command !== "off" && command !== "status" ? ` ${HINTS[name]}` : "";
  return usageError(`"${rawName}" works with ${of.join(", ")}, not with ${command}:${own || " leave it out"}`);
}

/** The operand that a command needs, with an example. */
const OPERANDS: Readonly<Partial<Record<Command, string>>> = {
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
  const all = hasTerminator ? [...rest, ...argv] : rest;
  const operand = command === undefined ? undefined : OPERANDS[command];
  if (operand === undefined ? all.length === 0 : all.length === 1) return all[0];
  if (operand !== undefined && all.length === 0) throw usageError(`${command} needs ${operand}`);
  throw usageError(`unexpected argument ${show(all[operand === undefined ? 0 : 1]!)}: put text with spaces in quotes`);
}
