import { parseArgs } from "node:util";
import { likeliest } from "../../util/likeliest.ts";
import { usageError } from "../exit-codes.ts";
import { type Command, COMMANDS, isCommand, type OptionName, OPTIONS, type OptionValues } from "./options.ts";
import { show } from "../output/secrets.ts";

/** A command line, taken apart. */
export interface Args {
  /** What to do, unless the help or the version is asked for without it. */
  readonly command: Command | undefined;
  /** What was given of the options. */
  readonly options: OptionValues;
  /** The URL of `explain`. */
  readonly url: string | undefined;
  /** The part of the visitors of `admit`. */
  readonly part: string | undefined;
  /** What `run` is to run. */
  readonly argv: readonly string[];
  /** Whether the version is asked for. */
  readonly version: boolean;
}

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** Names that are likely tried here, of other tools and of the state itself. */
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

/** Copy of other tools: "down" and "up" take the site down and up. */
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
 * Takes a command line apart.
 *
 * @throws {CliError} If it is not valid.
 */
export function parseCommandLine(args: readonly string[]): Args {
  // Not strict: its messages differ from runtime to runtime, and suggest nothing.
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        NAMES.map((
          name,
        ) => [name, { type: OPTIONS[name].value === undefined ? "boolean" as const : "string" as const }]),
      ),
      help: { type: "boolean", short: "h" },
      version: { type: "boolean", short: "v" },
    },
  });
  const terminator = tokens.find(({ kind }) => kind === "option-terminator")?.index ?? Infinity;
  const positionals = tokens.flatMap((token) => token.kind === "positional" ? [token] : []);
  const own = args.slice(0, Math.min(args.length, terminator));
  const [first, ...rest] = positionals.filter(({ index }) => index < terminator).map(({ value }) => value);
  const command = first === undefined ? undefined : checkCommand(first);

  // Before its options, which would be taken for ours.
  if (command === "run" && rest.length > 0 && !own.some((arg) => ["--help", "-h", "--version", "-v"].includes(arg))) {
    throw usageError(`the command to run stands behind "--": maintenancemode run -- ${show(rest[0]!)}`);
  }
  const options: Record<string, string | string[] | true> = {};
  let version = false;
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name === "version") version = true;
    else takeOption(options, command, token);
  }
  const argv = args.slice(Math.min(args.length, terminator + 1));
  const isHelp = options["help"] === true || version;
  const operand = isHelp ? undefined : checkRest(command, rest, argv, terminator < Infinity);
  return {
    command,
    options,
    url: command === "explain" ? operand : undefined,
    part: command === "admit" ? operand : undefined,
    argv,
    version,
  };
}

function checkCommand(text: string): Command {
  if (isCommand(text)) return text;
  const likely = Object.hasOwn(OTHER_WORDS, text) ? OTHER_WORDS[text] : likeliest(text, COMMANDS);
  throw usageError(
    `there is no command ${show(text)}: ${likely ? `did you mean "${likely}"?` : `there are ${COMMANDS.join(", ")}`}`,
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
      `"${rawName}" needs a value, received ${show(value)}: write ${rawName}=${form}${example} if it starts with "-"`,
    );
  }
  if (multiple) options[name] = [...(options[name] as string[] | undefined ?? []), value];
  else if (Object.hasOwn(options, name)) throw usageError(`"${rawName}" is given twice`);
  else options[name] = value;
}

function unknownOption(name: string, rawName: string, command: Command | undefined): Error {
  const known = NAMES.filter((known) => command === undefined || OPTIONS[known].of.includes(command));
  const likely = rawName.startsWith("--") ? likeliest(name, known) ?? likeliest(name, NAMES) : undefined;
  const suggestion = likely === undefined ? undefined : `did you mean "--${likely}"?`;
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : suggestion;
  return usageError(`there is no option ${show(rawName)}${hint === undefined ? "" : `: ${hint}`}`);
}

function foreignOption(name: string, rawName: string, of: readonly Command[], command: Command): Error {
  const own = Object.hasOwn(HINTS, name) && command !== "off" && command !== "status" ? ` ${HINTS[name]}` : "";
  return usageError(`"${rawName}" is no option of ${command} but of ${of.join(", ")}:${own || " leave it out"}`);
}

/** What the commands that take an operand need, with an example. */
const OPERANDS: Readonly<Partial<Record<Command, string>>> = {
  explain: "a URL: maintenancemode explain https://example.com/shop",
  admit: "a part of the visitors: maintenancemode admit 25%",
};

/** Checks what is left besides the command and the options, and returns the operand of the command, if it takes one. */
function checkRest(
  command: Command | undefined,
  rest: readonly string[],
  argv: readonly string[],
  hasTerminator: boolean,
): string | undefined {
  if (command === "run") {
    if (argv.length === 0) throw usageError("there is nothing to run: maintenancemode run -- <command…>");
    return undefined;
  }
  const all = hasTerminator ? [...rest, ...argv] : rest;
  const operand = command === undefined ? undefined : OPERANDS[command];
  if (operand === undefined ? all.length === 0 : all.length === 1) return all[0];
  if (operand !== undefined && all.length === 0) throw usageError(`${command} needs ${operand}`);
  throw usageError(`unexpected argument ${show(all[operand === undefined ? 0 : 1]!)}: put text with spaces in quotes`);
}
