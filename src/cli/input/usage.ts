import { type Command, COMMANDS, type OptionName, OPTIONS } from "./options.ts";

const SUMMARIES: Readonly<Record<Command, string>> = {
  on: "switch maintenance on, or refresh what is said of it",
  "read-only": "the same, and requests that only read pass",
  admit: "let a part of the visitors in, to reopen gradually",
  off: "switch maintenance off",
  status: "show the state, and the processes that follow it",
  run: "run a command under maintenance",
  explain: "say what would happen to a request, and why",
  page: "print the page, for a CDN or nginx's error_page",
};

const USAGES: Readonly<Record<Command, string>> = {
  on: "on [options]",
  "read-only": "read-only [options]",
  admit: "admit <part> [options]",
  off: "off [options]",
  status: "status [options]",
  run: "run [options] -- <command…>",
  explain: "explain <url> [options]",
  page: "page [options]",
};

const SWITCHING = `While maintenance is on, what is given replaces what was said before, and the rest stays; so "on" and
"read-only" also change from one to the other without a moment off. After "off", or when its end has
passed, it starts from nothing. What starts later stays scheduled unless --start now is given.
--url, --allow-ip and --ignore-url replace the whole list; the value "none" empties it.`;

const JSON_SHAPE =
  `Its --json is that of status, with "former", "changed", "dryRun", "bypass", "undo" and "notes", and "ready" with --wait.`;

const WAITING = `With --wait it returns when every process that follows the store has the new state in force and has
finished the requests that it had let in before: then it is safe to migrate.`;

const DETAILS: Readonly<Record<Command, string>> = {
  on: `${SWITCHING}\n\n${WAITING}\n\n${JSON_SHAPE}`,
  "read-only": `Requests with the methods GET, HEAD and OPTIONS pass.\n\n${SWITCHING}\n\n${WAITING}\n\n${JSON_SHAPE}`,
  admit:
    `The part is a percentage such as 25%, or a fraction such as 0.25; 0% and none let nobody in any more. Whom a part
lets in, any larger one does, too. The rest of what was said stays. While maintenance is off or over, it is an error.

It spreads load and is no access control: who gets in is told by a cookie that a visitor can make up, or by the address.

With --wait it returns when every process that follows the store has the new state in force.

${JSON_SHAPE}`,
  off: "With --wait it returns when every process that follows the store has switched maintenance off.",
  status: `Ends with 0 if the state could be read, whatever it is. Its --json:
  { "store", "state", "inForce", "phase": "off" | "scheduled" | "on" | "read-only" | "ended", "beginsAt", "endsAt",
    "revision", "instances": null | [{ "host", "pid", "follows", "inFlight", "before", "streams", "skewMs", … }] }`,
  run: `Switches maintenance on, waits for all processes (60s, or --wait), runs the command, and switches it off if the
command succeeded. If waiting or the command failed, or after Ctrl-C, maintenance stays on.

Signals are passed on to the command, and its standard input and output are those of this program, which itself says
what it does on standard error. The exit status is the command's, 128 + n if signal n ended it; if the command
succeeded though a signal arrived, 128 + n, too. Before the command was started it is one of those below; 127 or 126 if
it was not found or cannot be executed. To tell both apart, use --json: it prints a line at the end, on standard
output, that has "command": { "argv", "status", "signal" } only if the command was started.`,
  explain:
    `The URL may be a path such as /shop, of whatever host. Without --config it is the gate without options, and only the
state decides. Nothing is told to the site. Ends with 0 whatever the answer is: see "outcome" of --json:
  { "store", "url", "method", "outcome": "pass" | "answer", "because", "matched", "bypass", "why", "inForce", "state" }`,
  page:
    `The page of the state that is stored, or of maintenance without a reason and an end if it is off or no store is given.
With --config it is the page of the site. Without --language it is in the first of its languages, English unless the
option "languages" says something else.`,
};

const STORES = `Stores:
  file:./maintenance.json       a file; a path that ends in .json will do
  redis://host:6379             Redis or Valkey, rediss: with TLS; ?key=<key> unless it is "maintenancemode"
  denokv:                       Deno KV, denokv:<path or URL> for a database of one's own; under Deno alone
  https://example.com/m.json    can only be read
  ./store.js, some-package      a module that default-exports a store, or a function that returns one`;

const TIMES =
  `Times: 2026-11-22T02:00:00Z, 2026-11-22T02:00+01:00, 2026-11-22T02:00 in the local time zone, or a span from now
such as 30m.`;

const EXITS = `Exit codes:
  0  done                                4  what is stored is no valid state
  1  unexpected error                    5  not every process was ready in time, or none reports
  2  the command line is not valid       6  somebody else changed the state at the same time
  3  the store cannot be reached         130  interrupted by Ctrl-C
run ends with the status of its command once that was started.
With --json an error is { "error": { "code", "message", "exitCode" }, … } on standard output.`;

function optionLines(names: readonly OptionName[]): string {
  const heads = names.map((name) => `--${name} ${OPTIONS[name].value ?? ""}`.trimEnd());
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return names.map((name, index) => {
    const { help, multiple } = OPTIONS[name];
    return `  ${heads[index]!.padEnd(width)}${help}${multiple ? "; may be repeated" : ""}`;
  }).join("\n");
}

/** The help of a command, or of all. */
export function usage(command: Command | undefined): string {
  if (command !== undefined) {
    const names = (Object.keys(OPTIONS) as OptionName[]).filter((name) => OPTIONS[name].of.includes(command));
    const hasTimes = names.includes("start");
    return [
      `Usage: maintenancemode ${USAGES[command]}\n\n${SUMMARIES[command][0]!.toUpperCase()}${
        SUMMARIES[command].slice(1)
      }.`,
      DETAILS[command],
      `Options:\n${optionLines(names)}`,
      ...(hasTimes ? [TIMES] : []),
      STORES,
      EXITS,
    ].join("\n\n") + "\n";
  }
  const width = Math.max(...COMMANDS.map((name) => USAGES[name].replace(" [options]", "").length)) + 2;
  const commands = COMMANDS.map((name) =>
    `  ${USAGES[name].replace(" [options]", "").padEnd(width)}${SUMMARIES[name]}`
  );
  return [
    "Usage: maintenancemode <command> --store <url> [options]",
    `Commands:\n${commands.join("\n")}`,
    `Options of all commands:\n${optionLines(["store", "json", "help"])}\n  --version      print the version`,
    STORES,
    EXITS,
    `Examples:
  maintenancemode on --store file:maintenance.json --reason "New database" --for 30m --wait 60s
  maintenancemode run --store redis://localhost -- npm run migrate
  maintenancemode admit 10% --store file:maintenance.json
  maintenancemode off --store file:maintenance.json

Run maintenancemode <command> --help for the options of a command.`,
  ].join("\n\n") + "\n";
}
