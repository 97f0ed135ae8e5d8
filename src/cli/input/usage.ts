import { type Command, COMMANDS, type OptionName, OPTIONS } from "./options.ts";

/** What each command does, in one line. */
export const SUMMARIES: Readonly<Record<Command, string>> = {
  on: "turn maintenance on, or update its settings",
  "read-only": "like `on`, but visitors can still read",
  admit: "let a percentage of visitors in, to reopen gradually",
  off: "turn maintenance off",
  status: "show the state and the processes that use it",
  windows: "list what is on, planned, recurring and ended",
  log: "show who changed the state, and when",
  run: "run a command under maintenance",
  explain: "show what happens to a request, and why",
  page: "print the page, for a CDN or nginx's error_page",
  init: "say which lines to add to the app in this folder",
  complete: "print what completes commands and options in your shell",
};

const USAGES: Readonly<Record<Command, string>> = {
  on: "on [options]",
  "read-only": "read-only [options]",
  admit: "admit <percentage> [options]",
  off: "off [options]",
  status: "status [options]",
  windows: "windows [options]",
  log: "log [options]",
  run: "run [options] -- <command…>",
  explain: "explain <url> [options]",
  page: "page [options]",
  init: "init [options]",
  complete: "complete <shell>",
};

const SWITCHING = `While maintenance is on, the options you give replace earlier ones, and all other settings stay.
So you can change between "on" and "read-only" without a gap. After "off", or once maintenance has
ended, the next "on" has only the settings you give. A start in the future stays unless you give
--start now. --url, --host, --allow-ip and --ignore-url replace the whole list; "none" empties it.
With --url and --host, only these URLs of these hosts close. A pattern of URLs may begin with
methods: "POST /shop/*".

With --name the command changes the window of that name and no other. Each has its own URLs, hosts,
reason and end. A request has to get past all that are on and close its URL.

--every makes maintenance recur: "--every '0 1 * * SUN' --for 1h" is on each Sunday from 01:00 to
02:00. The five fields are minute, hour, day of the month, month and day of the week. Without --zone
they are in local time. --start and --end then say when the whole series begins and ends.`;

const JSON_SHAPE = `--json prints what status --json prints but "warnings" and "windows", and also "name", "former",
"changed", "dryRun", "bypass" and "notes"; "ready" and "verdict" only with --wait.`;

const WAITING = `With --wait the command returns once every process has the new state and has finished the requests
and jobs from before. The last line says SAFE TO MIGRATE, or NOT SAFE and why. The command fails
with exit code 5 if that is not known of a process: it does not count what it has at work
(--allow-uncounted), or went silent (--allow-lost). After Ctrl-C maintenance stays on: three lines
say so, how to undo it, and how to get in.`;

const DETAILS: Readonly<Record<Command, string>> = {
  on: `If nothing would let you in, "on" creates a bypass link and prints it.

${SWITCHING}\n\n${WAITING}\n\n${JSON_SHAPE}`,
  "read-only": `Requests that only read pass: those with the methods GET, HEAD, OPTIONS, PROPFIND, QUERY, REPORT and
SEARCH, and those that --reads names, but none that --writes names. --reads and --writes replace
the whole list; "none" empties it. A WebSocket does not pass.

${SWITCHING}\n\n${WAITING}\n\n${JSON_SHAPE}`,
  admit: `Give a percentage such as 25%, or a fraction such as 0.25. To stop, give 0% or none. A larger
percentage keeps the visitors that a smaller one let in. All other settings stay. While maintenance
is off, the command fails.

This spreads load. It is not access control: the gate recognises a visitor by the address, or by a
cookie that anyone can forge.

With --wait the command returns once every process has the new state.

${JSON_SHAPE}`,
  off: `Without --name, off turns off the maintenance without a name. If one with a name is on, off changes
nothing, lists what is on and fails: say which with --name, --unnamed or --all.

With --restore the command goes back to the state from before a run that failed or died.

With --wait the command returns once every process has the new state.`,
  status: `FOLLOWS says whether a process has the stored state. COUNTS says what it counts: requests, work
that its code tracks, nothing because it only watches, or unknown. IN FLIGHT counts its unfinished
requests and work. FROM BEFORE counts what began before it took the state. STREAMS counts its event
streams and upgraded connections.

Warnings come first. The last line says SAFE TO MIGRATE, or NOT SAFE and why.

With --watch a terminal shows the status anew every second. Elsewhere it is printed again whenever
it changes, with --json as one object a line. Ctrl-C ends with 0.

The exit code is 0 if the state could be read, on or off. With --exit-code it is 0 if maintenance is
off, 10 if it is on, 11 if the site is read-only, and 12 if maintenance is scheduled.
--json prints:
  { "store", "state", "inForce", "phase": "off" | "scheduled" | "on" | "read-only" | "ended",
    "beginsAt", "endsAt", "overdueMs", "undo", "windows", "revision", "instances": null | [{ "host",
    "pid", "follows", "inFlight", "before", "streams", "counts", "skewMs", … }],
    "verdict": { "safe", "only", "until", "conditions", "reason" }, "warnings" }`,
  windows: `The maintenance without a name comes first, then what is on, what is planned, and what has ended.
"begins" and "ends" are the next ones. --json prints:
  { "store", "revision", "timeZone", "windows": [{ "name", "inForce",
    "phase": "off" | "scheduled" | "on" | "read-only" | "ended", "beginsAt", "endsAt",
    "beginsAgainAt", "overdueMs", "state", "undo" }] }`,
  log: `Print the last changes, the latest last: when, who, what, and how long the mode from before was in
force. Stores that can keep a history: file:, redis: and denokv:. It has the last 1000 changes that
the command line and the code of the site made, but none that somebody made by hand. --json prints:
  { "store", "history": [{ "at", "by", "window", "from", "to", "what", "fields", "note", "reason",
    "end", "expectedEnd", "lastedMs", "revision", "replaced" }] }`,
  run: `Turn maintenance on, wait for all processes (60s, or --wait), run the command, and go back to the
state from before if the command succeeds: off, or on if it was on. If the wait or the command
fails, or after Ctrl-C, maintenance stays on. The next run that succeeds then goes back to what was
there before both.

The command gets standard input, standard output and all signals. It does not see MAINTENANCE_STORE,
which may hold a password, unless you give --keep-store-env. The messages of run itself go to
standard error. run creates a bypass link only with --with-bypass.

The exit code is that of the command. If signal n ended the command, or arrived before it succeeded,
the exit code is 128 + n. If the command was not started, it is one of those below, 127 if the
command was not found, or 126 if it cannot be executed. To tell these cases apart, give --json: the
last line on standard output has "command": { "argv", "status", "signal" } only if the command was
started.`,
  explain: `The URL may be a path: /shop is read as http://localhost/shop. Without --config, explain knows only
the state and what running processes report. The outcome is "unknown" wherever the site's own
options could decide otherwise. explain sends nothing to the site. The exit code is 0 whatever the
outcome. --json prints:
  { "store", "url", "method", "outcome": "pass" | "answer" | "unknown", "because", "matched",
    "bypass", "why", "inForce", "state" }`,
  page: `Print the page for the stored state. If maintenance is off or no store is given, print the page
without a reason or an end. With --config, print the site's own page. Without --language, the page
uses the first language of the site: English, unless the option "languages" says otherwise.`,
  init: `Look at package.json and the source files in this folder, say which framework the app uses, and
print the lines to add and where. init changes no file. --json prints:
  { "framework", "others", "runtime", "install", "steps": [{ "file", "isNew", "where", "code" }],
    "used" }`,
  complete: `The shell is bash, zsh, fish or powershell. Add its line to the file that it reads when it starts:
  ~/.bashrc                   eval "$(maintenancemode complete bash)"
  ~/.zshrc, after compinit    source <(maintenancemode complete zsh)
  ~/.config/fish/config.fish  maintenancemode complete fish | source
  $PROFILE (PowerShell)       maintenancemode complete powershell | Out-String | Invoke-Expression

The command must be on the PATH by the name maintenancemode: npm install --global maintenancemode`,
};

const STORES = `Stores:
  file:./maintenance.json       a file; any path that ends in .json works
  redis://host:6379             Redis or Valkey, rediss: with TLS; ?key=<key> changes the key
  denokv:                       Deno KV, only under Deno; denokv:<path or URL> names the database
  https://example.com/m.json    JSON over HTTP, can only be read
  ./store.js, some-package      a module that default-exports a store, or a function returning one`;

const TIMES = `Times: 2026-11-22T02:00:00Z, 2026-11-22T02:00+01:00, 2026-11-22T02:00 in the local time zone, or a
duration from now such as 30m. At its end, maintenance turns itself off, even if you are still at
work.`;

const EXITS = `Exit codes:
  0  done                                4  the stored state is not valid
  1  unexpected error                    5  timed out waiting, or no process found
  2  the command line is not valid       6  someone else changed the state at the same time
  3  the store cannot be reached         130  interrupted by Ctrl-C
  126, 127  run: the command cannot be executed, or was not found
Once its command has started, run ends with the command's own exit code.
With --json an error is { "error": { "code", "message", "exitCode", … }, … } on standard output.`;

function optionLines(names: readonly OptionName[]): string {
  const heads = names.map((name) => {
    const { short, value = "" } = OPTIONS[name];
    return `${short === undefined ? "   " : `-${short},`} --${name} ${value}`.trimEnd();
  });
  const width = Math.max(...heads.map((head) => head.length)) + 2;
  return names.map((name, index) => {
    const { help, multiple } = OPTIONS[name];
    return `  ${heads[index]!.padEnd(width)}${help}${multiple ? "; repeatable" : ""}`;
  }).join("\n");
}

/** The help of one command, or of the command line as a whole. */
export function usage(command: Command | undefined): string {
  return `${(command === undefined ? overview() : usageOf(command)).join("\n\n")}\n`;
}

function usageOf(command: Command): string[] {
  const names = (Object.keys(OPTIONS) as OptionName[]).filter((name) => OPTIONS[name].of.includes(command));
  const summary = SUMMARIES[command];
  return [
    `Usage: maintenancemode ${USAGES[command]}`,
    `${summary[0]!.toUpperCase()}${summary.slice(1)}.`,
    DETAILS[command],
    `Options:\n${optionLines(names)}`,
    ...(names.includes("start") ? [TIMES] : []),
    ...(names.includes("store") ? [STORES] : []),
    EXITS,
  ];
}

function overview(): string[] {
  const all = [
    ...COMMANDS.map((name) => [USAGES[name].replace(" [options]", ""), SUMMARIES[name]] as const),
    ["help [command]", "print this help, or that of a command"] as const,
  ];
  const width = Math.max(...all.map(([head]) => head.length)) + 2;
  const commands = all.map(([head, summary]) => `  ${head.padEnd(width)}${summary}`);
  return [
    "Usage: maintenancemode <command> --store <url> [options]",
    `Commands:\n${commands.join("\n")}`,
    `Options for all commands:\n${optionLines(["store", "json", "help"])}\n  -V, --version      print the version`,
    STORES,
    EXITS,
    `Examples:
  maintenancemode on --store file:maintenance.json --reason "New database" --for 30m --wait 60s
  maintenancemode run --store redis://localhost -- npm run migrate
  maintenancemode on --name shop --url "/shop/*" --every "0 1 * * SUN" --for 1h --store …
  maintenancemode admit 10% --store file:maintenance.json
  maintenancemode off --store file:maintenance.json`,
    "For the options of a command, run maintenancemode help <command>.",
  ];
}
