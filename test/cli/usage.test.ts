import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMANDS, OPTIONS } from "../../src/cli/input/options.ts";
import { usage } from "../../src/cli/input/usage.ts";
import { VERSION } from "../../src/cli/version.ts";
import { cli } from "./_cli.ts";

test("usage() names every command, and each command its options and the exit codes", () => {
  for (const command of COMMANDS) expect(usage(undefined)).toMatch(new RegExp(`^  ${command}\\b`, "m"));
  for (const command of COMMANDS) {
    const text = usage(command);
    for (const [name, { of }] of Object.entries(OPTIONS)) {
      expect(new RegExp(`^  (?:-\\w,|   ) --${name}\\b`, "m").test(text)).toBe(of.includes(command));
    }
    expect(text).toContain("Exit codes:");
    expect(text).toContain("126, 127  run: the command cannot be executed, or was not found\n");
  }
});

test("usage() fits a terminal of 100 columns", () => {
  const lines = [undefined, ...COMMANDS].flatMap((command) => usage(command).split("\n"));
  expect(lines.filter((line) => line.length > 100)).toEqual([]);
});

test("VERSION is that of the package", () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(version);
});

test("the command line prints the help with --help, and fails with the help on stderr without a command", async () => {
  const [bare, long, short, on] = await Promise.all([cli([]), cli(["--help"]), cli(["-h"]), cli(["on", "--help"])]);
  expect(bare).toMatchObject({ code: 2, stdout: "", stderr: usage(undefined) });
  expect(long.stdout).toBe(usage(undefined));
  expect(short.stdout).toBe(usage(undefined));
  expect(on).toMatchObject({ code: 0, stdout: usage("on"), stderr: "" });
});

test("the command line prints its version", async () => {
  expect(await cli(["--version"])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  expect(await cli(["-V"])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
  expect(await cli(["-v"])).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
});

test.each([
  [["help"], []],
  [["help", "run"], ["run"]],
  [["help", "help"], []],
  [["help", "on", "--json"], ["on"]],
])("the command line prints with %j what %j prints with --help", async (args, command) => {
  const [asked, shown] = await Promise.all([cli(args), cli([...command, "--help"])]);
  expect(asked).toMatchObject({ code: 0, stdout: shown.stdout, stderr: "" });
});

test("the command line has no help for a command that does not exist", async () => {
  expect(await cli(["help", "statsu"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('unknown command "statsu": did you mean "status"?'),
  });
});
