/** The commands, in the order of the help. */
export const COMMANDS = [
  "on",
  "read-only",
  "admit",
  "off",
  "status",
  "windows",
  "log",
  "run",
  "explain",
  "page",
  "init",
  "complete",
] as const;

/** A command. */
export type Command = typeof COMMANDS[number];

/** Whether a word is a command. */
export function isCommand(word: string): word is Command {
  return (COMMANDS as readonly string[]).includes(word);
}

/** An option of the command line. */
export interface OptionSpec {
  /** The letter of its short form. */
  readonly short?: string;
  /** The value in the help, such as `"<time>"`; an option without one is a switch. */
  readonly value?: string;
  /** Whether the option may be given more than once. */
  readonly multiple?: true;
  /** The commands that take the option. */
  readonly of: readonly Command[];
  /** One line for the help: what the option does. */
  readonly help: string;
}

const CHANGE: readonly Command[] = ["on", "read-only", "run"];
const SWITCH: readonly Command[] = ["on", "read-only", "admit", "off", "run"];
const GATE: readonly Command[] = ["explain", "page"];
const STORE: readonly Command[] = [...SWITCH, "status", "windows", "log", ...GATE];
const JSON_OF: readonly Command[] = COMMANDS.filter((command) => command !== "complete");

/** The options that were given, by name. */
export interface OptionValues {
  readonly store?: string;
  readonly name?: string;
  readonly unnamed?: true;
  readonly all?: true;
  readonly reason?: string;
  readonly for?: string;
  readonly start?: string;
  readonly end?: string;
  readonly every?: readonly string[];
  readonly zone?: string;
  readonly "expected-end"?: string;
  readonly url?: readonly string[];
  readonly host?: readonly string[];
  readonly "allow-ip"?: readonly string[];
  readonly "ignore-url"?: readonly string[];
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly "retry-after"?: string;
  readonly status?: string;
  readonly by?: string;
  readonly note?: string;
  readonly "with-bypass"?: true;
  readonly site?: string;
  readonly restore?: true;
  readonly wait?: string;
  readonly streams?: true;
  readonly "allow-no-instances"?: true;
  readonly "allow-uncounted"?: true;
  readonly "allow-lost"?: true;
  readonly expect?: string;
  readonly "dry-run"?: true;
  readonly "keep-store-env"?: true;
  readonly "exit-code"?: true;
  readonly limit?: string;
  readonly watch?: true;
  readonly method?: string;
  readonly ip?: string;
  readonly staff?: true;
  readonly config?: string;
  readonly language?: string;
  readonly json?: true;
  readonly help?: true;
}

/** The name of an option. */
export type OptionName = keyof OptionValues;

/** The options, in the order of the help. */
export const OPTIONS: Readonly<Record<OptionName, OptionSpec>> = {
  store: { short: "s", value: "<url>", of: STORE, help: "where the state is kept; default: $MAINTENANCE_STORE" },
  name: { value: "<name>", of: SWITCH, help: "change the window of this name: several can be on at once" },
  unnamed: { of: ["off"], help: "turn off only the maintenance without a name" },
  all: { of: ["off"], help: "turn off all maintenance, with and without a name, planned and recurring" },
  reason: { short: "r", value: "<text>", of: CHANGE, help: 'tell visitors why; "" removes the reason' },
  for: { short: "f", value: "<duration>", of: CHANGE, help: "how long maintenance lasts: 90s, 30m, 2h, 1d, 1h30m" },
  start: { value: "<time>", of: CHANGE, help: 'when maintenance begins; "now" removes a later start' },
  end: { value: "<time>", of: CHANGE, help: 'when maintenance ends; "none" removes the end' },
  every: {
    value: "<crontab>",
    multiple: true,
    of: CHANGE,
    help: 'be on only then, for --for: "0 1 * * SUN"; or "none"',
  },
  zone: { value: "<zone>", of: CHANGE, help: 'the time zone of --every, such as "Europe/Amsterdam"; default: local' },
  "expected-end": {
    value: "<time>",
    of: CHANGE,
    help: 'announce this end, at which nothing is turned off; "none" removes it',
  },
  url: {
    short: "u",
    value: "<pattern>",
    multiple: true,
    of: CHANGE,
    help: 'close only this part of the site, such as "/shop/*"',
  },
  host: { value: "<name>", multiple: true, of: CHANGE, help: 'close only this host; "*.example.com": all below it' },
  "allow-ip": { value: "<ip>", multiple: true, of: CHANGE, help: "let in an address or a CIDR range" },
  "ignore-url": { value: "<pattern>", multiple: true, of: CHANGE, help: "keep these URLs open to everyone" },
  reads: {
    value: "<pattern>",
    multiple: true,
    of: ["read-only"],
    help: 'count these requests as reading, such as "POST /search"',
  },
  writes: {
    value: "<pattern>",
    multiple: true,
    of: ["read-only"],
    help: 'count these requests as writing, such as "GET /logout"',
  },
  "retry-after": {
    value: "<when>",
    of: CHANGE,
    help: 'when clients should retry: seconds, 10m, or a time; "none" removes it',
  },
  status: { value: "<number>", of: CHANGE, help: 'the status code of the answer, such as 503; "none" removes it' },
  by: { value: "<name>", of: SWITCH, help: "who you are, for other operators; default: $MAINTENANCE_BY" },
  note: { value: "<text>", of: CHANGE, help: 'tell other operators, not visitors; "" removes the note' },
  "with-bypass": { of: CHANGE, help: "create a bypass link and print it" },
  site: { value: "<url>", of: CHANGE, help: "the site, for the bypass link; default: $MAINTENANCE_SITE" },
  restore: { of: ["off"], help: "go back to the state from before a run that failed or died" },
  wait: {
    short: "w",
    value: "<duration>",
    of: SWITCH,
    help: "wait until every process has the new state, or fail after this time",
  },
  streams: { of: SWITCH, help: "with --wait: also wait for event streams and upgraded connections" },
  "allow-no-instances": { of: SWITCH, help: "with --wait: proceed even if no process is registered" },
  "allow-uncounted": {
    of: SWITCH,
    help: "with --wait: proceed although work may be uncounted",
  },
  "allow-lost": { of: SWITCH, help: "with --wait: take silent processes for dead" },
  expect: { value: "<number>", of: SWITCH, help: "with --wait: wait for at least so many processes" },
  "dry-run": { short: "n", of: SWITCH, help: "show what would change, and change nothing" },
  "keep-store-env": { of: ["run"], help: "let the command see MAINTENANCE_STORE, otherwise hidden from it" },
  "exit-code": { of: ["status"], help: "exit with 0 if off, 10 if on, 11 if read-only, 12 if scheduled" },
  limit: { value: "<number>", of: ["log"], help: "how many changes, from 1 to 1000; default: 20" },
  watch: { of: ["status"], help: "show it again whenever it changes, until Ctrl-C" },
  method: { value: "<method>", of: ["explain"], help: "the method of the request; default: GET" },
  ip: { value: "<ip>", of: ["explain"], help: "the client's address" },
  staff: { of: ["explain"], help: "treat the client as staff" },
  config: { value: "<file>", of: GATE, help: "a module that default-exports the site's options or its gate" },
  language: { value: "<tag>", of: ["page"], help: 'the language of the page, such as "de" or "pt-BR"' },
  json: { short: "j", of: JSON_OF, help: "print one JSON object" },
  help: { short: "h", of: COMMANDS, help: "print this help" },
};
