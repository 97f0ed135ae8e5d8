/** The commands, in the order of the help. */
export const COMMANDS = ["on", "read-only", "admit", "off", "status", "run", "explain", "page"] as const;

/** A command. */
export type Command = typeof COMMANDS[number];

/** Whether a word is a command. */
export function isCommand(word: string): word is Command {
  return (COMMANDS as readonly string[]).includes(word);
}

/** An option of the command line. */
export interface OptionSpec {
  /** Its value in the help, such as `"<time>"`; an option without one is a switch. */
  readonly value?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: true;
  /** The commands that it belongs to. */
  readonly of: readonly Command[];
  /** What it does, for the help. */
  readonly help: string;
}

const CHANGE: readonly Command[] = ["on", "read-only", "run"];
const SWITCH: readonly Command[] = ["on", "read-only", "admit", "off", "run"];
const GATE: readonly Command[] = ["explain", "page"];

/** What was given of the options. */
export interface OptionValues {
  readonly store?: string;
  readonly reason?: string;
  readonly for?: string;
  readonly start?: string;
  readonly end?: string;
  readonly url?: readonly string[];
  readonly "allow-ip"?: readonly string[];
  readonly "ignore-url"?: readonly string[];
  readonly "retry-after"?: string;
  readonly "with-bypass"?: true;
  readonly wait?: string;
  readonly streams?: true;
  readonly "allow-no-instances"?: true;
  readonly "dry-run"?: true;
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
  store: { value: "<url>", of: COMMANDS, help: "where the state is; without it, MAINTENANCE_STORE" },
  reason: { value: "<text>", of: CHANGE, help: 'why, for visitors to read; "" removes it' },
  for: { value: "<span>", of: CHANGE, help: "how long: 90s, 30m, 2h, 1d, 1h30m" },
  start: { value: "<time>", of: CHANGE, help: 'from when on; "now" removes a later start' },
  end: { value: "<time>", of: CHANGE, help: 'until when; "none" removes it' },
  url: { value: "<pattern>", multiple: true, of: CHANGE, help: 'only this part of the site, such as "/shop/*"' },
  "allow-ip": { value: "<ip>", multiple: true, of: CHANGE, help: "an address or a CIDR range that gets in" },
  "ignore-url": { value: "<pattern>", multiple: true, of: CHANGE, help: "URLs that everybody gets to see" },
  "retry-after": { value: "<span>", of: CHANGE, help: "how long clients are asked to wait: seconds or a span" },
  "with-bypass": { of: CHANGE, help: "make a secret that lets in who knows it, by a link, and print it" },
  wait: { value: "<span>", of: SWITCH, help: "return when every process has followed, or fail after that time" },
  streams: { of: SWITCH, help: "with --wait: wait for event streams and upgraded connections, too" },
  "allow-no-instances": { of: SWITCH, help: "with --wait: it is right that no process reports to the store" },
  "dry-run": { of: SWITCH, help: "say what would be done, and do nothing" },
  method: { value: "<method>", of: ["explain"], help: "the method of the request; GET if left out" },
  ip: { value: "<ip>", of: ["explain"], help: "the address of the client" },
  staff: { of: ["explain"], help: "the request is made by staff" },
  config: { value: "<file>", of: GATE, help: "a module that default-exports the options of the site or its gate" },
  language: { value: "<tag>", of: ["page"], help: 'the language of the page, such as "de" or "pt-BR"' },
  json: { of: COMMANDS, help: "print one JSON object" },
  help: { of: COMMANDS, help: "print this help" },
};
