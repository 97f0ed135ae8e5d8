import { expect, test } from "vitest";
import { parseCommandLine, wantsJson } from "../../src/cli/input/args.ts";
import { CliError } from "../../src/cli/exit-codes.ts";

function refusal(...args: string[]): string {
  try {
    parseCommandLine(args);
  } catch (error) {
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).exitCode).toBe(2);
    return (error as CliError).message;
  }
  throw new Error("it was not refused");
}

test("parseCommandLine() takes options before and behind the command, and repeated ones", () => {
  const args = parseCommandLine([
    "--store",
    "a.json",
    "on",
    "--allow-ip=10.0.0.1",
    "--allow-ip",
    "10.0.0.2",
    "--dry-run",
  ]);
  expect(args).toEqual({
    command: "on",
    options: { store: "a.json", "allow-ip": ["10.0.0.1", "10.0.0.2"], "dry-run": true },
    url: undefined,
    argv: [],
    version: false,
  });
});

test("parseCommandLine() takes short options, also several in one, and with the value attached", () => {
  const long = parseCommandLine(["on", "--store", "a.json", "--for", "30m", "--dry-run", "--json", "--wait", "60s"]);
  expect(parseCommandLine(["on", "-s", "a.json", "-f30m", "-njw", "60s"])).toEqual(long);
  expect(wantsJson(["on", "-nj"])).toBe(true);
  expect(wantsJson(["on", "-r", "j", "-rj"])).toBe(false);
});

test("parseCommandLine() leaves what stands behind -- to the command", () => {
  const { options, argv } = parseCommandLine(["run", "--reason", "x", "--", "npm", "run", "--reason", "--", "-h"]);
  expect(options).toEqual({ reason: "x" });
  expect(argv).toEqual(["npm", "run", "--reason", "--", "-h"]);
});

test("parseCommandLine() takes a value that starts with a dash only behind =", () => {
  expect(parseCommandLine(["on", "--reason=-1"]).options).toEqual({ reason: "-1" });
  expect(refusal("on", "--reason", "--json")).toBe(
    '"--reason" needs a value, received "--json": write --reason=<text> if the value starts with "-"',
  );
});

test("parseCommandLine() takes the empty text as a value", () => {
  expect(parseCommandLine(["on", "--reason", ""]).options).toEqual({ reason: "" });
});

test.each([
  [["on", "--reson", "x"], 'unknown option "--reson": did you mean "--reason"?'],
  [["on", "--alow-ip=1.2.3.4"], 'unknown option "--alow-ip": did you mean "--allow-ip"?'],
  [["on", "--until", "x"], 'unknown option "--until": did you mean "--end"?'],
  [["on", "-x"], 'unknown option "-x"'],
  [["onn"], 'unknown command "onn": did you mean "on"?'],
  [["of"], 'unknown command "of": did you mean "off"?'],
  [["start"], 'unknown command "start": did you mean "on"?'],
  [
    ["banana"],
    'unknown command "banana": choose one of on, read-only, admit, off, status, windows, log, run, explain, page, init, complete',
  ],
  [["on", "--wait"], '"--wait" needs a value: --wait <duration>, such as --wait 60s'],
  [["on", "--json=1"], '"--json" takes no value, received "1"'],
  [["on", "--end", "1h", "--end", "2h"], '"--end" was given twice'],
  [["off", "--for", "1h"], '"--for" works with on, read-only, run, not with off: leave it out'],
  [["on", "--reads", "POST /search"], '"--reads" works with read-only, not with on: leave it out'],
  [["on", "--ip", "::1"], '"--ip" works with explain, not with on: did you mean "--allow-ip"?'],
  [["on", "New", "database"], 'unexpected argument "New": leave it out, or put text with spaces in quotes'],
  [["run", "npm", "test"], 'put "--" before the command to run: maintenancemode run -- "npm" …'],
  [["run", "node", "-e", "1"], 'put "--" before the command to run: maintenancemode run -- "node" …'],
  [["on", "-reason=x"], 'unknown option "-reason": did you mean "--reason"?'],
  [["on", "-wait", "60s"], 'unknown option "-wait": did you mean "--wait"?'],
  [["on", "-r=x"], '"-r" takes its value without "=": write -r "x"'],
  [["on", "-r", "-j"], '"-r" needs a value, received "-j": write --reason=<text> if the value starts with "-"'],
  [["status", "-w", "1s"], '"-w" works with on, read-only, admit, off, run, not with status: leave it out'],
  [["on", "-V"], '"-V" prints the version and does nothing else: leave it out, or leave out on'],
  [["complete"], "complete needs a shell: maintenancemode complete bash"],
  [["run"], "run needs a command: maintenancemode run -- <command…>"],
  [["run", "--"], "run needs a command: maintenancemode run -- <command…>"],
  [["on", "-v"], '"-v" prints the version and does nothing else: leave it out, or leave out on'],
  [["--version", "off"], '"--version" prints the version and does nothing else: leave it out, or leave out off'],
  [["run", "npm", "-v"], 'put "--" before the command to run: maintenancemode run -- "npm" …'],
  [["admit"], "admit needs a percentage of visitors: maintenancemode admit 25%"],
  [["explain"], "explain needs a URL: maintenancemode explain https://example.com/shop"],
])("parseCommandLine() refuses %j", (args, message) => {
  expect(refusal(...args)).toBe(message);
});

test("parseCommandLine() shows no password in a refusal, however long", () => {
  const message = refusal("on", `redis://user:${"secret".repeat(40)}@host`);
  expect(message).toBe('unexpected argument "redis://***@host": leave it out, or put text with spaces in quotes');
});
