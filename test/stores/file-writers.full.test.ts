/** Several processes that write one state file, or die while they write it. */
import { existsSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { parseState } from "../../src/state/parse.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { StoredState } from "../../src/types/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, newFolder, pick, runtimes, until } from "./_file.ts";

const never = new AbortController().signal;
const mixed = pick("Node 24", "Node 20", "Deno", "Bun");

describe("several writers", () => {
  test("have exactly one winner each time", async () => {
    const path = join(newFolder(), "maintenance.json");
    const children = await Promise.all(mixed.map((runtime) => Child.start(runtime, path)));
    await Promise.all(children.map((child) => child.ask("count", 25)));
    expect(parseState(readFileSync(path, "utf8"))).toEqual({ mode: "on", retryAfter: 25 * children.length });
    expect(readdirSync(join(path, ".."))).toEqual(["maintenance.json"]);
    await Promise.all(children.map((child) => child.kill()));
  });

  test("that are killed in the middle leave neither a lasting lock nor half a file", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    const runtime = pick("Node 24")[0]!;
    for (let round = 0; round < 12; round++) {
      const child = await Child.start(runtime, path);
      child.ask("writeOn").catch(() => {});
      const version = () => existsSync(path) ? readFileSync(path).length : 0;
      const before = readNumber(path);
      await until(() => version() > 0 && readNumber(path) !== before, "the first writing");
      // At another point of the writing each time.
      const end = performance.now() + round * 0.7;
      while (performance.now() < end);
      await child.kill();
      expect(parseState(readFileSync(path, "utf8"))).toMatchObject({ mode: "on" });
      const next = JSON.stringify({ mode: "on", retryAfter: 1_000_000 + round });
      await fileStore(path).write(next);
      expect(readFileSync(path, "utf8")).toBe(next);
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
    // A minute later, the next writer tidies up.
    for (const name of readdirSync(folder)) if (name !== "maintenance.json") utimesSync(join(folder, name), 1, 1);
    await fileStore(path).write("{}");
    expect(readdirSync(folder)).toEqual(["maintenance.json"]);
  });

  test("take over an old lock at once, and a lock that was just left behind within seconds", async () => {
    const path = join(newFolder(), "maintenance.json");
    // Its clock stands still: the lock is old by that of the file system alone.
    const clock = vi.spyOn(performance, "now").mockReturnValue(performance.now());
    onTestFinished(() => clock.mockRestore());
    for (const breaker of [false, true]) {
      writeFileSync(`${path}.lock`, "");
      if (breaker) writeFileSync(`${path}.lock.stale`, "");
      for (const file of readdirSync(join(path, ".."))) utimesSync(join(path, "..", file), 1, 1);
      await fileStore(path).write("{}");
      expect(readdirSync(join(path, ".."))).toEqual(["maintenance.json"]);
    }
    clock.mockRestore();
    // The process that left this one had a wrong clock.
    writeFileSync(`${path}.lock`, "");
    utimesSync(`${path}.lock`, Date.now() / 1_000 + 300, Date.now() / 1_000 + 300);
    await fileStore(path).write("{ }");
    expect(readFileSync(path, "utf8")).toBe("{ }");
  });

  test("one after the other take over one lock, and none of them is lost", async () => {
    const path = join(newFolder(), "maintenance.json");
    for (let round = 0; round < 5; round++) {
      const before = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).retryAfter as number : 0;
      writeFileSync(`${path}.lock`, "");
      utimesSync(`${path}.lock`, 1, 1);
      // Each with a store of its own, as in processes of their own.
      await Promise.all(Array.from({ length: 8 }, async () => {
        const store = fileStore(path);
        for (;;) {
          const stored = await store.read(never);
          const n = stored ? (JSON.parse(stored.text).retryAfter as number) + 1 : 1;
          if (await store.replace(JSON.stringify({ mode: "on", retryAfter: n }), stored?.text)) return;
        }
      }));
      expect(JSON.parse(readFileSync(path, "utf8")).retryAfter).toBe(before + 8);
    }
  });

  test("give up in time, and say which file to remove, if the lock is held again and again", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "{}");
    let isOver = false;
    const holding = (async () => {
      for (let n = 0; !isOver; n++) {
        writeFileSync(`${path}.lock.next`, String(n));
        renameSync(`${path}.lock.next`, `${path}.lock`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    const start = performance.now();
    await expect(fileStore(path).write("{ }")).rejects.toThrow(
      `Cannot write the state file "${path}": another process is writing it: if there is none, remove "${path}.lock"`,
    );
    // After 4.5 s; a machine that is busy takes longer to say so.
    expect(performance.now() - start).toBeLessThan(20_000);
    isOver = true;
    await holding;
    expect(readFileSync(path, "utf8")).toBe("{}");
    expect(readdirSync(join(path, "..")).sort()).toEqual(["maintenance.json", "maintenance.json.lock"]);
  });
});

test("1 000 changes of the state arrive in processes of all runtimes, the last one everywhere", async () => {
  const path = join(newFolder(), "maintenance.json");
  writeFileSync(path, text(0));
  const readers = await Promise.all(runtimes.map((runtime) => Child.start(runtime, path)));
  await Promise.all(readers.map((reader) => reader.ask("live")));
  await Promise.all(readers.map((reader) => reader.ask("follow", "watch")));
  const store = fileStore(path);
  const start = performance.now();
  const versions: (string | undefined)[] = [];
  for (let n = 1; n <= 1_000; n++) versions.push(await store.write(text(n)));
  const writtenMs = performance.now() - start;
  const last = { text: text(1_000), version: versions.at(-1) };
  await Promise.all(readers.map(async (reader) => {
    await until(
      async () => (await reader.ask<MaintenanceState[]>("states")).at(-1)?.retryAfter === 1_000,
      "the last state",
    );
    await until(async () => JSON.stringify((await reader.seen()).at(-1)) === JSON.stringify(last), "the last reading");
  }));
  console.log(
    `1 000 writings in ${Math.round(writtenMs)} ms, all arrived after ${Math.round(performance.now() - start)} ms`,
  );
  for (const reader of readers) {
    expect(await reader.ask("errors")).toEqual([]);
    const numbers = (await reader.ask<MaintenanceState[]>("states")).map(({ retryAfter }) => retryAfter!);
    expect(numbers).toEqual([...numbers].sort((a, b) => Number(a) - Number(b)));
    // Each version is that of the text that the writer gave it to.
    for (const { text: found, version } of (await reader.seen()) as StoredState[]) {
      const n = Number(parseState(found).retryAfter);
      if (n > 0) expect(version).toBe(versions[n - 1]);
    }
  }
  await Promise.all(readers.map((reader) => reader.kill()));
});

/** The n-th state, in texts of one length. */
function text(n: number): string {
  return JSON.stringify({ mode: n % 2 === 0 ? "on" : "read-only", retryAfter: n }).padEnd(60);
}

function readNumber(path: string): number {
  return existsSync(path) ? Number(parseState(readFileSync(path, "utf8")).retryAfter ?? 0) : 0;
}
