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
    env: {
      ...process.env,
      FORCE_COLOR: "",
      npm_config_user_agent: "",
      SHELL: "/bin/sh",
      TERM: "xterm",
      TZ: "UTC",
      ...env,
    },
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
  expect(coloured.output()).toContain("Maintenance is \x1b[31mon\x1b[39m.");
  const verdict = "\x1b[31m\x1b[1mNOT SAFE:\x1b[22m\x1b[39m no running process uses this store";
  expect(coloured.output().trimEnd().split("\r\n").at(-1)).toBe(verdict);
  const plain = atTerminal(["status", "--store", store], { NO_COLOR: "1" });
  expect(await plain.done).toBe(0);
  expect(plain.output()).toContain("Maintenance is on.");
  expect(plain.output()).not.toContain("\x1b");
  expect((await cli(["status", "--store", store])).stdout).not.toContain("\x1b");
  const asked = async (env: Record<string, string>, ...args: string[]) =>
    (await cli(["status", "--store", store, ...args], { env })).stdout.includes("\x1b");
  expect(await asked({ FORCE_COLOR: "1" })).toBe(true);
  expect(await asked({ FORCE_COLOR: "0" })).toBe(false);
  expect(await asked({ FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  expect(await asked({ FORCE_COLOR: "1" }, "--json")).toBe(false);
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
  expect(run.output()).toMatch(
    /maintenancemode: SIGINT arrived, and the command ended with exit code 1: maintenance stays on\r\n {2}undo: maintenancemode off --store .*\r\n {2}get in: maintenancemode on --with-bypass --store .*\r\n$/,
  );
  expect(read()).toEqual({ mode: "on", former: { mode: "off" } });
});

test.skipIf(!isThere)(
  "a wait shows every second who is waited for, what it holds and for how long, and removes it",
  async () => {
    const { store } = makePlace();
    const { hold, pid, release } = await startSite(store);
    await hold();
    const on = atTerminal(["on", "--store", store, "--wait", "60s"], { NO_COLOR: "1" });
    const drawn = () => on.output().split("\x1b[J").filter((text) => text.includes(`(pid ${pid}) still has 1 request`));
    await until(() => drawn().length >= 3, "it is drawn again");
    for (const text of drawn()) {
      expect(text.replace("\r\x1b[1A", "")).toMatch(
        /Waiting for 1 process, 1 request from before, [\dms ]+ left\r\n {2}.* from before: GET \/held \([\d.]+ s\)$/,
      );
    }
    const ages = drawn().map((text) => Number(/\(([\d.]+) s\)/.exec(text)![1]));
    expect(ages.at(-1)! - ages[0]!).toBeGreaterThanOrEqual(1);
    release();
    expect(await on.done).toBe(0);
    expect(on.output().split("\x1b[J").at(-1)).toBe(
      "The process has the new state and has finished the requests from before.\r\nSAFE TO MIGRATE\r\n",
    );
  },
);

test.skipIf(!isThere)("status --watch draws the status again, and Ctrl-C ends it with 0", async () => {
  const { store } = makePlace();
  const watching = atTerminal(["status", "--store", store, "--watch"], { NO_COLOR: "1" });
  await until(() => watching.output().includes("Maintenance is off."), "the status is shown");
  await cli(["on", "--store", store]);
  await until(() => watching.output().includes("Maintenance is on, since"), "the change is shown");
  watching.type("\x03");
  expect(await watching.done).toBe(0);
  const frames = watching.output().split("\x1b[H");
  expect(frames[0]).toBe("\x1b[2J");
  expect(frames.at(-1)).toMatch(/^warning: no running process .*NOT SAFE: no running process uses this store/s);
});

test.skipIf(!isThere)("Ctrl-C while run waits runs nothing, leaves maintenance on and says so", async () => {
  const { store, read } = makePlace();
  const { hold } = await startSite(store);
  await hold();
  const run = atTerminal(["run", "--store", store, "--", "echo", "started"]);
  await until(() => run.output().includes("Waiting for 1 process, 1 request from before"), "it waits");
  run.type("\x03");
  expect(await run.done).toBe(130);
  // What was drawn is removed.
  expect(run.output().split("\x1b[J").at(-1)).toMatch(
    /^maintenancemode: Interrupted: maintenance stays on, and the command was not run\r\n {2}undo: maintenancemode off --store .*\r\n {2}get in: maintenancemode on --with-bypass --store .*\r\n$/,
  );
  expect(run.output()).not.toContain("started");
  expect(read()).toEqual({ mode: "on", former: { mode: "off" } });
});
