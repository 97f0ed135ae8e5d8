import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { has } from "../_needs.ts";

// The whole nights are `node test/night/run.ts --rounds 50`, on each store and with each `--hard`.
const runner = fileURLToPath(new URL("./run.ts", import.meta.url));

/** Spends a short night in a process of its own, which ends all that it has started, however it ends itself. */
function spendShortNight(...args: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const own = ["--attached", "--visitors", "10", "--seed", "503"];
    const command = ["--disable-warning=ExperimentalWarning", runner, ...own, ...args];
    const child = spawn(process.execPath, command, { stdio: ["pipe", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => text += part);
    child.on("error", reject);
    // What it has said until then says more than that time was up.
    const timer = setTimeout(() => child.kill(), 500_000);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, text });
    });
  });
}

/** What a night is told, and what it has to say at its end. */
interface ShortNight {
  readonly what: string;
  readonly args: readonly string[];
  readonly says: RegExp;
}

const NIGHTS: readonly ShortNight[] = [
  { what: "Redis, one process killed", args: ["--rounds", "4", "--kill", "2"], says: /^4 of 4 migrations/m },
  { what: "one file", args: ["--store", "file", "--rounds", "4", "--kill", "none"], says: /^4 of 4 migrations/m },
  { what: "a process stopped", args: ["--rounds", "1", "--hard", "stop"], says: / 1 faults$/m },
  { what: "processes killed", args: ["--store", "file", "--rounds", "2", "--hard", "kill"], says: / 2 faults$/m },
  { what: "a process cut off from Redis", args: ["--rounds", "1", "--hard", "partition"], says: / 1 faults$/m },
  {
    what: "a gate called by hand",
    args: ["--store", "file", "--rounds", "2", "--by-hand"],
    says: /^0 of 2 migrations/m,
  },
];

const WRONG_CLOCKS: readonly ShortNight[] = [
  { what: "clocks wrong, on Redis", args: ["--rounds", "2", "--hard", "skew"], says: /^2 of 2 migrations/m },
  {
    what: "clocks wrong, on a file",
    args: ["--store", "file", "--rounds", "2", "--hard", "skew"],
    says: /^2 of 2 migrations/m,
  },
];

// Side by side: most of the time is spent waiting.
describe("run says that it is safe only when it is", { concurrent: true, skip: !has("nginx", "redis-server") }, () => {
  for (const { what, args, says } of [...NIGHTS, ...has("faketime") ? WRONG_CLOCKS : []]) {
    test(what, { timeout: 600_000 }, async () => {
      const { code, text } = await spendShortNight(...args);
      expect(text).toMatch(/^0 times "safe" when it was not/m);
      expect(text).toMatch(says);
      expect(code, text).toBe(0);
    });
  }
});
