/** What other programs, disks and the processes themselves do to the state file. */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { skipping } from "../_needs.ts";
import { parseState } from "../../src/state/parse.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { StoredState } from "../../src/types/store.ts";
import { liveState } from "../../src/state/live-state.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, isRoot, newFolder, pick, runtimes, until } from "./_file.ts";

const never = new AbortController().signal;
const mixed = pick("Node 24", "Node 20", "Deno", "Bun");

describe("a file that another program writes halfway", () => {
  const before = '{ "mode": "off", "reason": "before" }';
  const after = '{ "mode": "read-only", "reason": "after", "retryAfter": 60 }';

  test.each(mixed)("never shows a state that never was in $name", async (runtime) => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, before);
    const child = await Child.start(runtime, path);
    // By its own clock, the child sees the file empty for 900 ms, however long this process takes to write on.
    await child.ask("stopClock");
    await child.ask("follow", "always");
    await until(async () => (await child.seen()).length > 0, "the first reading");
    const handle = openSync(path, "w");
    for (let passed = 0; passed < 2; passed++) {
      await looksOnce(child);
      await child.ask("passTime", 450);
    }
    await looksOnce(child);
    writeSync(handle, after.slice(0, 30));
    await until(async () => (await child.seen()).at(-1)?.text === after.slice(0, 30), "half a text");
    writeSync(handle, after.slice(30));
    closeSync(handle);
    await until(async () => (await child.seen()).at(-1)?.text === after, "the whole text");
    // Half a text is not a state: liveState() reports it and does not take it over.
    expect(valid(await child.seen()).map(({ mode }) => mode)).toEqual(["off", "read-only"]);
    await child.kill();
  });

  test("does not change what liveState() says, but for an error", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, '{ "mode": "on", "reason": "before" }');
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("live");
    const handle = openSync(path, "w");
    writeSync(handle, after.slice(0, 30));
    await until(async () => (await child.ask<string[]>("errors")).length > 0, "the error");
    expect((await child.ask<MaintenanceState[]>("states")).map(({ reason }) => reason)).toEqual(["before"]);
    writeSync(handle, after.slice(30));
    closeSync(handle);
    await until(async () => (await child.ask<MaintenanceState[]>("states")).length > 1, "the new state");
    const states = await child.ask<MaintenanceState[]>("states");
    expect(states.map(({ reason }) => reason)).toEqual(["before", "after"]);
    await child.kill();
  });

  test.each(mixed)("never looks as if it were gone while it is renamed over in $name", async (runtime) => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, text(0));
    const child = await Child.start(runtime, path);
    // By its own clock, the child never sees the file missing for long, however long this process takes to write it.
    await child.ask("stopClock");
    await child.ask("follow", "always");
    await until(async () => (await child.seen()).length > 0, "the first reading");
    for (let n = 1; n <= 300; n++) {
      // Three kinds of editors: the third leaves no file for a moment.
      if (n % 3 === 0) writeFileSync(path, text(n));
      if (n % 3 === 1) {
        writeFileSync(`${path}.new`, text(n));
        renameSync(`${path}.new`, path);
      }
      if (n % 3 === 2) {
        renameSync(path, `${path}~`);
        writeFileSync(path, text(n));
      }
      if (n % 30 !== 0) continue;
      await until(async () => (await child.seen()).at(-1)?.text === text(n), `state ${n}`);
      // Time in which the file is there does not count for a file that is missing afterwards.
      await child.ask("passTime", 1_000);
    }
    const numbers = valid(await child.seen()).map(({ retryAfter }) => retryAfter);
    await child.kill();
    // "off" would have no number.
    expect(numbers).not.toContain(undefined);
    expect(numbers).toEqual(numbers.toSorted((a, b) => a! - b!));
    expect(numbers.at(-1)).toBe(300);
  });
});

describe("a file that cannot be read for a while", () => {
  test.each(mixed)("is followed again after it was a directory in $name", async (runtime) => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, '{ "mode": "on" }');
    const child = await Child.start(runtime, path);
    await child.ask("live");
    rmSync(path);
    mkdirSync(path);
    await until(async () => (await child.ask<string[]>("errors")).some(isAboutDirectory), "the error");
    expect(modes(await child.ask("states"))).toEqual(["on"]);
    rmSync(path, { recursive: true });
    writeFileSync(path, '{ "mode": "read-only" }');
    await until(async () => modes(await child.ask("states")).at(-1) === "read-only", "the new state");
    expect(modes(await child.ask("states"))).toEqual(["on", "read-only"]);
    await child.kill();
  });

  test.skipIf(!isRoot)("keeps the last state without permission, and follows with it", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, '{ "mode": "on" }');
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("live");
    chmodSync(path, 0o600);
    await expect(child.ask("read")).rejects.toThrow(
      `Cannot read the state file "${path}": permission denied to the user with id 65534 (EACCES): let this user read ` +
        "the file and enter its directory",
    );
    await expect(child.ask("write", "{}")).rejects.toThrow(
      `Cannot write the state file "${path}": permission denied to the user with id 65534 (EACCES): let this user write ` +
        "to the directory of the file",
    );
    expect(modes(await child.ask("states"))).toEqual(["on"]);
    writeFileSync(path, '{ "mode": "read-only" }');
    chmodSync(path, 0o644);
    await until(async () => modes(await child.ask("states")).at(-1) === "read-only", "the new state");
    expect(modes(await child.ask("states"))).toEqual(["on", "read-only"]);
    await child.kill();
  });

  test.skipIf(!isRoot)("of another user in a sticky directory is not replaced, and the error says why", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    writeFileSync(path, '{ "mode": "on" }');
    chmodSync(folder, 0o1777);
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await expect(child.ask("write", "{}")).rejects.toThrow(
      `Cannot write the state file "${path}": permission denied to the user with id 65534 (EPERM): its directory is ` +
        "sticky, so that only the owner of a file may replace it: write it as its owner, or move it to a directory of its own",
    );
    expect(readdirSync(folder)).toEqual(["maintenance.json"]);
    await child.kill();
  });

  // Deno itself refuses to write there.
  const besideDeno = mixed.filter(({ name }) => name !== "Deno");
  test.skipIf(!existsSync("/proc/self")).each(besideDeno)(
    "is not said to lack its directory in /proc in $name",
    async (runtime) => {
      const child = await Child.start(runtime, "/proc/maintenance.json");
      const reason = "the file system lets nobody create a file in its directory (ENOENT): choose another directory";
      await expect(child.ask("write", "{}")).rejects.toThrow(
        `Cannot write the state file "/proc/maintenance.json": ${reason}`,
      );
      await expect(child.ask("put", "a", "record", 15_000)).rejects.toThrow(
        `Cannot keep the record of this process in "/proc/maintenance.json.instances": ${reason}`,
      );
      await child.kill();
    },
  );

  test("is found by polling alone", async () => {
    const path = join(newFolder(), "maintenance.json");
    const { watch: _, ...polled } = fileStore(path, { pollIntervalMs: 10 });
    const state = liveState(polled);
    await state.ready;
    for (const [content, mode] of [['{ "mode": "read-only" }', "read-only"], ["", "on"], [undefined, "off"]] as const) {
      if (content === undefined) rmSync(path);
      else writeFileSync(path, content);
      await until(() => state.current.mode === mode, mode);
    }
    await state.close();
  });
});

const wrap = findMount();

describe("a file that is mounted on its own", () => {
  test.skipIf(wrap === undefined).each(mixed)(
    "is read in $name, and where it cannot be replaced that is said",
    async (runtime) => {
      const path = join(newFolder(), "maintenance.json");
      const source = join(newFolder(), "source.json");
      for (const file of [path, source]) writeFileSync(file, '{ "mode": "on" }');
      const child = await Child.start(runtime, path, {
        wrap: ["unshare", ...wrap!, "sh", "-c", `mount --bind '${source}' '${path}' && exec "$@"`, "sh"],
      });
      expect(await child.ask("read")).toMatchObject({ text: '{ "mode": "on" }' });
      await expect(child.ask("write", '{ "mode": "off" }')).rejects.toThrow(
        `Cannot write the state file "${path}": it is in use or a mount point: mount its directory instead of the file`,
      );
    },
  );
});

describe("a read-only file system", () => {
  test.skipIf(wrap === undefined).each(mixed)("is named as the reason in $name", async (runtime) => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    const child = await Child.start(runtime, path, {
      wrap: ["unshare", ...wrap!, "sh", "-c", `mount -t tmpfs -o ro tmpfs '${folder}' && exec "$@"`, "sh"],
    });
    expect(await child.ask("read")).toBeUndefined();
    const reason = "the file system is read-only (EROFS): mount it for writing, or choose another directory";
    await expect(child.ask("write", "{}")).rejects.toThrow(`Cannot write the state file "${path}": ${reason}`);
    await expect(child.ask("put", "a", "record", 15_000)).rejects.toThrow(
      `Cannot keep the record of this process in "${path}.instances": ${reason}`,
    );
    await child.kill();
  });
});

describe("a full disk", () => {
  test.skipIf(wrap === undefined).each(mixed)("leaves all as it was in $name", async (runtime) => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    // The mount is gone with the process.
    const child = await Child.start(runtime, path, {
      wrap: ["unshare", ...wrap!, "sh", "-c", `mount -t tmpfs -o size=64k tmpfs '${folder}' && exec "$@"`, "sh"],
    });
    const before = await child.ask<string>("write", '{ "mode": "on" }');
    await child.ask("put", "a", "record", 15_000);
    await child.ask("fill", join(folder, "ballast"));
    const full = "the disk is full, but the old content is intact: free some space";
    await expect(child.ask("write", '{ "mode": "off" }')).rejects.toThrow(
      `Cannot write the state file "${path}": ${full}`,
    );
    await expect(child.ask("replace", "{}", '{ "mode": "on" }')).rejects.toThrow(full);
    expect(await child.ask("read")).toEqual({ text: '{ "mode": "on" }', version: before });
    await expect(child.ask("put", "a", "another", 15_000)).rejects.toThrow(
      `Cannot keep the record of this process in "${path}.instances": ${full}`,
    );
    expect(await child.ask("list")).toEqual(["record"]);
    // Nothing is left beside the file, and the record has become younger: its process lives.
    expect(await child.ask("look", folder)).toEqual(["ballast", "maintenance.json", "maintenance.json.instances"]);
    expect(await child.ask("look", `${path}.instances`)).toEqual(["a.json"]);
    await child.ask("age", `${path}.instances/a.json`, 20_000);
    expect(await child.ask("list")).toEqual([]);
    await expect(child.ask("put", "a", "another", 15_000)).rejects.toThrow(full);
    expect(await child.ask("list")).toEqual(["record"]);
    await child.ask("free", join(folder, "ballast"));
    await child.ask("write", '{ "mode": "off" }');
    await child.ask("put", "a", "another", 15_000);
    expect(await child.ask("read")).toMatchObject({ text: '{ "mode": "off" }' });
    expect(await child.ask("list")).toEqual(["another"]);
    await child.kill();
  });
});

describe("several writers", () => {
  test("have exactly one winner each time", async () => {
    const path = join(newFolder(), "maintenance.json");
    const children = await Promise.all(mixed.map((runtime) => Child.start(runtime, path)));
    await Promise.all(children.map((child) => child.ask("count", 25)));
    expect(parseState(readFileSync(path, "utf8"))).toEqual({ mode: "on", retryAfter: 25 * children.length });
    expect(readdirSync(join(path, ".."))).toEqual(["maintenance.json"]);
    await Promise.all(children.map((child) => child.kill()));
  }, 120_000);

  test("that are killed in the middle leave no lock for ever and no half file", async () => {
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
  }, 120_000);

  test("take over a lock that is old at once, and one that was just left behind within seconds", async () => {
    const path = join(newFolder(), "maintenance.json");
    for (const breaker of [false, true]) {
      writeFileSync(`${path}.lock`, "");
      if (breaker) writeFileSync(`${path}.lock.stale`, "");
      for (const file of readdirSync(join(path, ".."))) utimesSync(join(path, "..", file), 1, 1);
      const start = performance.now();
      await fileStore(path).write("{}");
      expect(performance.now() - start).toBeLessThan(2_000);
      expect(readdirSync(join(path, ".."))).toEqual(["maintenance.json"]);
    }
    // By a process whose clock is wrong, too.
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
    expect(performance.now() - start).toBeLessThan(5_000);
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
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    // Each version is that of the text that the writer gave it to.
    for (const { text: found, version } of (await reader.seen()) as StoredState[]) {
      const n = parseState(found).retryAfter!;
      if (n > 0) expect(version).toBe(versions[n - 1]);
    }
  }
  await Promise.all(readers.map((reader) => reader.kill()));
}, 180_000);

/** The n-th state, in texts of one length. */
function text(n: number): string {
  return JSON.stringify({ mode: n % 2 === 0 ? "on" : "read-only", retryAfter: n }).padEnd(60);
}

/** What of it is a state: no file is one, too. */
function valid(seen: readonly (StoredState | null)[]): MaintenanceState[] {
  return seen.flatMap((stored) => {
    try {
      return [stored === null ? { mode: "off" as const } : parseState(stored.text)];
    } catch {
      return [];
    }
  });
}

function modes(states: unknown): string[] {
  return (states as MaintenanceState[]).map(({ mode }) => mode);
}

function isAboutDirectory(message: string): boolean {
  return message.includes("it is a directory where a file was expected");
}

function readNumber(path: string): number {
  return existsSync(path) ? parseState(readFileSync(path, "utf8")).retryAfter ?? 0 : 0;
}

/** Waits until a process that follows the file has begun and ended a whole look at it. */
async function looksOnce(child: Child): Promise<void> {
  const before = await child.ask<number>("looks");
  // The third look to begin shows that the second one is over, which began after this call.
  await until(async () => await child.ask<number>("looks") > before + 2, "a look at the file");
}

/** How a process gets a file system of its own: as root, or as root of its own user namespace. */
function findMount(): string[] | undefined {
  for (const options of [["-m"], ["-rm"]]) {
    const { status } = spawnSync("unshare", [
      ...options,
      "mount",
      "-t",
      "tmpfs",
      "-o",
      "size=64k",
      "tmpfs",
      newFolder(),
    ]);
    if (status === 0) return options;
  }
  return void skipping("nobody may mount a file system here: run the tests on Linux as root, or allow user namespaces");
}
