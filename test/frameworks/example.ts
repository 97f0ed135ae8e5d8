/** What has to hold for the examples, each in a fresh copy among the installed frameworks. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Framework } from "./framework.ts";
import { makeApp } from "./project.ts";
import { type Site, startSite } from "./site.ts";

/** The properties of an example, by what they say. */
export const exampleProperties: Readonly<Record<string, (framework: Framework) => Promise<void>>> = {
  async "example: it is switched on and off, and staff log in meanwhile"(framework) {
    const folder = makeApp(`example-${framework.name}`, [`examples/${framework.example}`], framework.aliases);
    const { scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (scripts.build !== undefined) await run(folder, "npm", ["run", "build"]);
    const env = { STAFF_PASSWORD: "correct horse", SESSION_SECRET: "a secret of at least thirty-two characters" };
    // As npm would, without its process in between.
    const site = await startSite(folder, { command: ["sh", "-c", `exec ${scripts.start}`], env });
    try {
      await switchIt(site);
    } finally {
      await site.stop();
    }
  },
  async "example: its types are strict"(framework) {
    const folder = join(import.meta.dirname, ".apps", `example-${framework.name}`);
    assert.ok(existsSync(join(folder, "tsconfig.json")), "it has no tsconfig.json");
    await run(folder, "tsc", ["--noEmit", "-p", "."]);
  },
};

async function switchIt(site: Site): Promise<void> {
  const page = { headers: { accept: "text/html" } };
  assert.equal((await site.ask("/", page)).status, 200, "before");
  const on = await site.cli("on", "--wait", "60s");
  assert.equal(on.code, 0, on.text);
  const closed = await site.ask("/", page);
  assert.equal(closed.status, 503, "on");
  assert.match(await closed.text(), /Down for maintenance/);
  assert.equal((await site.ask("/health")).status, 200, "the health check");
  const logIn = async (password: string) => {
    const headers = { "content-type": "application/x-www-form-urlencoded", origin: site.url };
    const response = await site.ask("/login", { method: "POST", headers, body: new URLSearchParams({ password }) });
    const cookie = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]).join("; ");
    return (await site.ask("/", { headers: { cookie } })).status;
  };
  assert.equal(await logIn("a guess"), 503, "somebody who guesses");
  assert.equal(await logIn("correct horse"), 200, "staff");
  const off = await site.cli("off", "--wait", "60s");
  assert.equal(off.code, 0, off.text);
  assert.equal((await site.ask("/", page)).status, 200, "off");
}

/** Runs a command to its end. */
export async function run(folder: string, command: string, args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(command, args, { cwd: folder, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[command, ...args].join(" ")} failed\n${stdout ?? ""}${stderr ?? String(error)}`);
  }
}
