// What only a terminal shows: `script` of util-linux gives the command line one.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { has } from "../_needs.ts";
import { cli, cliCommand, makePlace, startSite, until } from "./_cli.ts";

const isThere = has("script");

/**
 * Runs the command line at a terminal of its own. The shell that `script` starts it with gives way to it: one that
 * stayed would end by Ctrl-C itself, or not, as that shell does, and its status would be the one that is seen.
 */
function atTerminal(args: readonly string[], env: Record<string, string> = {}) {
  const command = [...cliCommand(), ...args].map((arg) => `'${arg.replaceAll("'", `'\\''`)}'`).join(" ");
  const child = spawn("script", ["-qefc", `exec ${command}`, "/dev/null"], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, npm_config_user_agent: "", SHELL: "/bin/sh", TERM: "xterm", TZ: "UTC", ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  child.stdout.on("data", (data) => output += data);
  const done = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { type: (text: string) => child.stdin.write(text), done, output: () => output };
}

test.skipIf(!isThere)("colours are for terminals, and not where NO_COLOR is set", async () => {
  const { store, write } = makePlace();
  write('{"mode":"on"}');
  const coloured = atTerminal(["status", "--store", store], { NO_COLOR: "" });
  expect(await coloured.done).toBe(0);
  expect(coloured.output()).toContain("Maintenance is \x1b[31mon\x1b[0m.");
  const plain = atTerminal(["status", "--store", store], { NO_COLOR: "1" });
  expect(await plain.done).toBe(0);
  expect(plain.output()).toContain("Maintenance is on.");
  expect(plain.output()).not.toContain("\x1b");
  expect((await cli(["status", "--store", store])).stdout).not.toContain("\x1b");
});

test.skipIf(!isThere)("Ctrl-C reaches the command of run once, leaves maintenance on and says so", async () => {
  const { store, folder, read } = makePlace();
  await startSite(store);
  const seen = join(folder, "seen");
  const source =
    `process.on("SIGINT", () => { require("fs").appendFileSync("${seen}", "int;"); setTimeout(() => process.exit(1), 500) });
    setInterval(() => {}, 1000); console.log("rea" + "dy " + process.stdin.isTTY)`;
  const run = atTerminal(["run", "--store", store, "--", process.execPath, "-e", source]);
  await until(() => run.output().includes("ready true"), "the command runs");
  run.type("\x03");
  expect(await run.done).toBe(1);
  expect(readFileSync(seen, "utf8")).toBe("int;");
  expect(run.output()).toContain("SIGINT arrived, and the command ended with exit code 1: maintenance stays on");
  expect(read()).toEqual({ mode: "on", former: { mode: "off" } });
});

test.skipIf(!isThere)("Ctrl-C while run waits runs nothing, leaves maintenance on and says so", async () => {
  const { store, read } = makePlace();
  const { hold } = await startSite(store);
  await hold();
  const run = atTerminal(["run", "--store", store, "--", "echo", "started"]);
  await until(() => run.output().includes("Waiting for 1 process, 1 request from before"), "it waits");
  run.type("\x03");
  expect(await run.done).toBe(130);
  expect(run.output()).toContain(
    "Interrupted: the command was not run, maintenance stays on; to turn it off: maintenancemode off",
  );
  expect(run.output()).not.toContain("started");
  expect(read()).toEqual({ mode: "on", former: { mode: "off" } });
});
