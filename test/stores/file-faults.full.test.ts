/** Damage to the state file by other programs, and times in which nobody can read it. */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseState } from "../../src/state/parse.ts";
import type { MaintenanceState } from "../../src/types/maintenance-state.ts";
import type { StoredState } from "../../src/types/store.ts";
import { liveState } from "../../src/state/live-state.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, isRoot, newFolder, pick, until } from "./_file.ts";

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

  test("does not change the state of liveState(), which reports an error", async () => {
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
    expect(numbers).toEqual(numbers.toSorted((a, b) => Number(a) - Number(b)));
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

/** The n-th state, in texts of one length. */
function text(n: number): string {
  return JSON.stringify({ mode: n % 2 === 0 ? "on" : "read-only", retryAfter: n }).padEnd(60);
}

/** The results that are states. A missing file is the state "off". */
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

/** Waits until a process that follows the file has begun and ended a whole look at it. */
async function looksOnce(child: Child): Promise<void> {
  const before = await child.ask<number>("looks");
  // The third look to begin shows that the second one is over, which began after this call.
  await until(async () => await child.ask<number>("looks") > before + 2, "a look at the file");
}
