import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/cli/input/args.ts";
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

test("parseCommandLine() leaves what stands behind -- to the command", () => {
  const { options, argv } = parseCommandLine(["run", "--reason", "x", "--", "npm", "run", "--reason", "--", "-h"]);
  expect(options).toEqual({ reason: "x" });
  expect(argv).toEqual(["npm", "run", "--reason", "--", "-h"]);
});

test("parseCommandLine() takes a value that starts with a dash only behind =", () => {
  expect(parseCommandLine(["on", "--reason=-1"]).options).toEqual({ reason: "-1" });
  expect(refusal("on", "--reason", "--json")).toBe(
    '"--reason" needs a value, received "--json": write --reason=<text> if it starts with "-"',
  );
});

test("parseCommandLine() takes the empty text as a value", () => {
  expect(parseCommandLine(["on", "--reason", ""]).options).toEqual({ reason: "" });
});

test.each([
  [["on", "--reson", "x"], 'there is no option "--reson": did you mean "--reason"?'],
  [["on", "--alow-ip=1.2.3.4"], 'there is no option "--alow-ip": did you mean "--allow-ip"?'],
  [["on", "--until", "x"], 'there is no option "--until": did you mean "--end"?'],
  [["on", "-x"], 'there is no option "-x"'],
  [["onn"], 'there is no command "onn": did you mean "on"?'],
  [["of"], 'there is no command "of": did you mean "off"?'],
  [["start"], 'there is no command "start": did you mean "on"?'],
  [["banana"], 'there is no command "banana": there are on, read-only, admit, off, status, run, explain, page'],
  [["on", "--wait"], '"--wait" needs a value: --wait <span>, such as --wait 60s'],
  [["on", "--json=1"], '"--json" takes no value, received "1"'],
  [["on", "--end", "1h", "--end", "2h"], '"--end" is given twice'],
  [["off", "--for", "1h"], '"--for" is no option of off but of on, read-only, run: leave it out'],
  [["on", "--ip", "::1"], '"--ip" is no option of on but of explain: did you mean "--allow-ip"?'],
  [["on", "New", "database"], 'unexpected argument "New": put text with spaces in quotes'],
  [["run", "npm", "test"], 'the command to run stands behind "--": maintenancemode run -- "npm"'],
  [["run", "node", "-e", "1"], 'the command to run stands behind "--": maintenancemode run -- "node"'],
  [["run"], "there is nothing to run: maintenancemode run -- <command…>"],
  [["run", "--"], "there is nothing to run: maintenancemode run -- <command…>"],
  [["explain"], "explain needs a URL: maintenancemode explain https://example.com/shop"],
])("parseCommandLine() refuses %j", (args, message) => {
  expect(refusal(...args)).toBe(message);
});

test("parseCommandLine() shows no password in a refusal, however long", () => {
  const message = refusal("on", `redis://user:${"secret".repeat(40)}@host`);
  expect(message).toBe('unexpected argument "redis://***@host": put text with spaces in quotes');
});
