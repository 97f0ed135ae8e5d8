import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { has } from "../_needs.ts";

// The whole night is `node test/night/run.ts --rounds 50`, on each store.
const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** Spends a short night in a process of its own, which ends all that it has started, however it ends itself. */
function spendShortNight(...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const command = ["--disable-warning=ExperimentalWarning", runner, "--attached", "--visitors", "16", ...args];
    const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => text += part);
    child.on("error", reject);
    // What it has said until then says more than that time was up.
    const timer = setTimeout(() => child.kill(), 200_000);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    });
  });
}

describe.skipIf(!has("nginx", "redis-server"))("run", () => {
  // Side by side: most of the time is spent waiting.
  test.concurrent("run gives a migration the site for itself: 10 processes on Redis, one killed", async () => {
    const { code, text } = await spendShortNight("--store", "redis", "--rounds", "5", "--kill", "2", "--seed", "503");
    expect(text).toMatch(/^5 of 5 migrations/m);
    expect(code, text).toBe(0);
  }, 240_000);

  test.concurrent("run gives a migration the site for itself: Node, Deno and Bun on one file", async () => {
    const { code, text } = await spendShortNight("--store", "file", "--rounds", "5", "--kill", "none", "--seed", "503");
    expect(text).toMatch(/^5 of 5 migrations/m);
    expect(code, text).toBe(0);
  }, 240_000);
});
