import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { hasFromNpm } from "../_needs.ts";

const root = join(import.meta.dirname, "..", "..");
const deno = join(root, "node_modules", ".bin", "deno");

const folder = mkdtempSync(join(tmpdir(), "maintenancemode-deno-kv-"));
const children = new Set<ChildProcess>();

afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** A process of Deno that has opened a database. */
interface User {
  ask(command: string, argument?: unknown): Promise<unknown>;
  child: ChildProcess;
  /** Resolves to the exit code. */
  ended: Promise<number | null>;
}

function open(database: string): User {
  const fixture = join(import.meta.dirname, "deno-kv.fixture.ts");
  const child = spawn(deno, ["run", "-A", "--unstable-kv", fixture, join(folder, database)], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.add(child);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const waiting: { resolve(result: unknown): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout! }).on("line", (line) => waiting.shift()!.resolve(JSON.parse(line).result));
  void ended.then((code) => {
    for (const { reject } of waiting) reject(new Error(`The process of Deno ended with ${code} instead of answering`));
  });
  return {
    ask(command, argument) {
      child.stdin!.write(`${JSON.stringify({ command, argument })}\n`);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    child,
    ended,
  };
}

/** Waits until a process answers as expected. */
function answers(user: User, command: string, expected: unknown): Promise<void> {
  return expect.poll(() => user.ask(command)).toEqual(expected);
}

describe("denoKvStore()", { skip: !hasFromNpm("Deno", deno) }, () => {
  test("tells other processes that share a file long before they poll, both ways", async () => {
    const [one, two] = [open("shared"), open("shared")];
    await answers(two, "fleet", 2);
    for (const mode of ["on", "off", "on"]) {
      await one.ask("set", mode);
      const since = performance.now();
      await answers(two, "mode", mode);
      // Ten seconds are between two readings of a state that nobody tells of.
      expect(performance.now() - since).toBeLessThan(8_000);
    }
    await two.ask("set", "off");
    await answers(one, "mode", "off");
    await Promise.all([one.ask("end"), two.ask("end")]);
    expect(await Promise.all([one.ended, two.ended])).toEqual([0, 0]);
  });

  test("forgets a process that was killed, though Deno KV itself does so once a minute", async () => {
    const [one, two] = [open("killed"), open("killed")];
    // Both are at work before the record starts to grow old.
    await answers(one, "fleet", 2);
    await two.ask("put", 6_000);
    expect(await one.ask("list")).toContain("short-lived");
    two.child.kill("SIGKILL");
    const since = performance.now();
    await expect.poll(() => one.ask("list")).not.toContain("short-lived");
    expect(performance.now() - since).toBeLessThan(40_000);
    await one.ask("end");
  });

  test("says how long a text may be", async () => {
    const user = open("long");
    for (const character of ["x", "—"]) {
      expect(await user.ask("writeLong", character)).toBe(
        "RangeError: Cannot write the state to Deno KV: a value holds 65536 bytes, received a text of 65536 characters: " +
          "list fewer URLs and addresses in the state, or keep it in another store",
      );
    }
    await user.ask("end");
  });

  test("reads an object as its JSON, and anything else as text that is not a state", async () => {
    const user = open("objects");
    expect(await user.ask("objects")).toEqual(['{"mode":"on"}', "null", "undefined", "a bigint", '{"0":1}']);
    await user.ask("end");
  });

  test("says that it failed when the database is closed under it", async () => {
    const user = open("closed");
    await user.ask("closeDatabase");
    await answers(user, "failures", 1);
    await user.ask("end");
  });

  test("refuses what it cannot use and has a name", async () => {
    const user = open("refusals");
    const kv = 'Cannot open the Deno KV store: "kv" must be an open database, received';
    const key =
      'Cannot open the Deno KV store: "key" must be an array of key parts such as ["maintenancemode"], received';
    expect(await user.ask("refusals")).toEqual([
      `OptionError: ${kv} an object: write denoKvStore(await Deno.openKv())`,
      `OptionError: ${kv} a promise: write denoKvStore(await Deno.openKv())`,
      `OptionError: ${key} an array`,
      `OptionError: ${key} "maintenance"`,
      'OptionError: Cannot open the Deno KV store: unknown name "keys" in options: did you mean "key"?',
    ]);
    expect(await user.ask("name")).toBe("deno-kv:shop/1/true/maintenance");
    await user.ask("end");
  });
});
