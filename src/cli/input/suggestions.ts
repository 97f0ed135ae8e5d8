import { likeliest } from "../../util/likeliest.ts";
import { usageError } from "../exit-codes.ts";
import { show } from "../output/secrets.ts";
import { type Command, COMMANDS, isCommand, type OptionName, OPTIONS } from "./options.ts";

const NAMES = Object.keys(OPTIONS) as OptionName[];

/** Option names of other tools and of the state itself, which people are likely to try. */
const HINTS: Readonly<Record<string, string>> = {
  retry: 'did you mean "--retry-after"?',
  until: 'did you mean "--end"?',
  message: 'did you mean "--reason"?',
  ip: 'did you mean "--allow-ip"?',
  "internal-ip": 'did you mean "--allow-ip"?',
  "internal-ips": 'did you mean "--allow-ip"?',
  bypass: 'did you mean "--with-bypass"?',
  urls: 'did you mean "--url"?',
  hosts: 'did you mean "--host"?',
  window: 'did you mean "--name"?',
  id: 'did you mean "--name"?',
  cron: 'did you mean "--every"?',
  recurring: 'did you mean "--every"?',
  timezone: 'did you mean "--zone"?',
  "time-zone": 'did you mean "--zone"?',
  tz: 'did you mean "--zone"?',
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
 * Reads the name of a command.
 *
 * @throws {CliError} If no command has this name. The message suggests the likely one.
 */
export function readCommand(text: string): Command {
  if (isCommand(text)) return text;
  const likely = Object.hasOwn(OTHER_WORDS, text) ? OTHER_WORDS[text] : likeliest(text, COMMANDS);
  throw usageError(
    `unknown command ${show(text)}: ${likely ? `did you mean "${likely}"?` : `choose one of ${COMMANDS.join(", ")}`}`,
  );
}

/** The error for a name that is not an option, with the likely one. */
export function unknownOption(name: string, rawName: string, command: Command | undefined): Error {
  const known = NAMES.filter((known) => command === undefined || OPTIONS[known].of.includes(command));
  const likely = rawName.startsWith("--") ? likeliest(name, known) ?? likeliest(name, NAMES) : undefined;
  const suggestion = likely === undefined ? undefined : `did you mean "--${likely}"?`;
  const hint = Object.hasOwn(HINTS, name) ? HINTS[name] : suggestion;
  return usageError(`unknown option ${show(rawName)}${hint === undefined ? "" : `: ${hint}`}`);
}

/** The error for an option of other commands. */
export function foreignOption(name: string, rawName: string, of: readonly Command[], command: Command): Error {
  const own = Object.hasOwn(HINTS, name) && command !== "off" && command !== "status" ? ` ${HINTS[name]}` : "";
  return usageError(`"${rawName}" works with ${of.join(", ")}, not with ${command}:${own || " leave it out"}`);
}
