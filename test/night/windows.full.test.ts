import { spawn } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { has } from "../_needs.ts";

// The whole nights are `node test/night/windows.ts --rounds 50`, on each store.
const runner = fileURLToPath(new URL("./windows.ts", import.meta.url));

/** Spends a short night in a process of its own, which ends all that it has started, however it ends itself. */
function spendShortNight(store: string, sites: string): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const own = ["--attached", "--seed", "503", "--rounds", "2", "--store", store, "--sites", sites];
    const command = ["--disable-warning=ExperimentalWarning", runner, ...own];
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

// Side by side: most of the time is spent waiting.
describe("whatever operators switch at once, visitors get answers of one state, and the history tells all", {
  concurrent: true,
}, () => {
  for (const [store, sites] of [["redis", "node,deno"], ["file", "node,bun"]] as const) {
    test.skipIf(store === "redis" && !has("redis-server"))(`on ${store}`, { timeout: 240_000 }, async () => {
      const { code, text } = await spendShortNight(store, sites);
      expect(code, text).toBe(0);
      expect(text).toMatch(/^12 switchings: /m);
    });
  }
});
