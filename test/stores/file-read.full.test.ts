import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MaintenanceStore, StoredState } from "../../src/types/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, makeFifo, newFolder, runtimes } from "./_file.ts";

const never = new AbortController().signal;

describe("fileStore().read()", () => {
  test("needs a directory, so that a wrong path does not look like off", async () => {
    const path = join(newFolder(), "missing", "maintenance.json");
    await expect(fileStore(path).read(never)).rejects.toThrow(
      `Cannot read the state file "${path}": its directory does not exist: create it, or correct the path`,
    );
  });

  test("refuses anything but a file", async () => {
    const path = join(newFolder(), "maintenance.json");
    mkdirSync(path);
    const directory =
      `Cannot read the state file "${path}": it is a directory where a file was expected: remove it, or ` +
      "correct the path";
    await expect(fileStore(path).read(never)).rejects.toThrow(directory);
    const below = join(path, "file", "maintenance.json");
    writeFileSync(join(path, "file"), "");
    await expect(fileStore(below).read(never)).rejects.toThrow("a part of its path is a file where a directory was");
    await expect(fileStore("/dev/zero").read(never)).rejects.toThrow("it is not a regular file");
    symlinkSync("loop", join(path, "loop"));
    await expect(fileStore(join(path, "loop")).read(never)).rejects.toThrow("its symbolic links lead in a circle");
  });

  test.each(runtimes)("does not wait for the writer of a FIFO in $name", async (runtime) => {
    const path = join(newFolder(), "maintenance.json");
    makeFifo(path);
    const child = await Child.start(runtime, path);
    await expect(child.ask("read")).rejects.toThrow("it is not a regular file");
    await child.kill();
  });

  test("takes 1 MiB and no byte more", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "x".repeat(1 << 20));
    expect((await fileStore(path).read(never))?.text).toHaveLength(1 << 20);
    writeFileSync(path, "x".repeat((1 << 20) + 1));
    await expect(fileStore(path).read(never)).rejects.toThrow(
      `Cannot read the state file "${path}": it is longer than 1048576 bytes (1 MiB): replace it with a state in JSON`,
    );
  });

  test("takes UTF-8 with and without a byte order mark, and nothing else", async () => {
    const path = join(newFolder(), "maintenance.json");
    const text = '{ "mode": "on", "reason": "Größer 🚀" }';
    writeFileSync(path, `\uFEFF${text}`);
    expect((await fileStore(path).read(never))?.text).toBe(text);
    writeFileSync(path, Buffer.from(text, "latin1"));
    await expect(fileStore(path).read(never)).rejects.toThrow(
      `Cannot read the state file "${path}": it is not valid UTF-8: save it as UTF-8`,
    );
    writeFileSync(path, `\uFEFF${text}`, "utf16le");
    await expect(fileStore(path).read(never)).rejects.toThrow("it is UTF-16: save it as UTF-8");
  });

  test("reads files of the kernel, which say that they are empty", async () => {
    if (!existsSync("/proc/version")) return;
    expect((await fileStore("/proc/version").read(never))?.text).toBe(readFileSync("/proc/version", "utf8"));
  });

  test("does not wait where a file has been empty for long", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, " \n");
    age(path, 2_000);
    expect(await readAtOnce(fileStore(path))).toMatchObject({ text: " \n" });
  });

  test("takes an empty file for on once it has been empty for a second", async () => {
    const path = join(newFolder(), "maintenance.json");
    const before = Date.now();
    writeFileSync(path, "");
    expect(await fileStore(path).read(never)).toMatchObject({ text: "" });
    // File times are some milliseconds behind.
    expect(Date.now() - before).toBeGreaterThan(950);
  });

  test.each([["the past", -300_000], ["the future", 300_000]])(
    "waits for a file that became empty whatever its time is: %s",
    async (_, offsetMs) => {
      const path = join(newFolder(), "maintenance.json");
      const store = fileStore(path);
      writeFileSync(path, "{}");
      await store.read(never);
      writeFileSync(path, "");
      age(path, -offsetMs);
      const start = performance.now();
      expect(await store.read(never)).toMatchObject({ text: "" });
      expect(performance.now() - start).toBeGreaterThan(990);
      expect(await readAtOnce(store)).toMatchObject({ text: "" });
    },
  );

  test("waits for a file of the future that it sees first", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "");
    age(path, -300_000);
    const start = performance.now();
    expect(await fileStore(path).read(never)).toMatchObject({ text: "" });
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test("gives what is written while it waits", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path);
    writeFileSync(path, '{ "mode": "read-only" }');
    await store.read(never);
    const handle = openSync(path, "w");
    const reading = store.read(never);
    writeSync(handle, '{ "mode": "on" }');
    closeSync(handle);
    expect(await reading).toMatchObject({ text: '{ "mode": "on" }' });
  });

  test("gives the new file of an editor that moves the old one away first", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path);
    for (let round = 0; round < 20; round++) {
      writeFileSync(path, '{ "mode": "on" }');
      await store.read(never);
      renameSync(path, `${path}~`);
      const reading = store.read(never);
      writeFileSync(path, '{ "mode": "read-only" }');
      unlinkSync(`${path}~`);
      expect(await reading).toMatchObject({ text: '{ "mode": "read-only" }' });
    }
  });

  test("takes a file for removed after a quarter of a second, and from there on at once", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path);
    writeFileSync(path, "{}");
    await store.read(never);
    rmSync(path);
    const start = performance.now();
    expect(await store.read(never)).toBeUndefined();
    expect(performance.now() - start).toBeGreaterThan(240);
    expect(await readAtOnce(store)).toBeUndefined();
  });

  test("settles when it is aborted while it waits", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "");
    const controller = new AbortController();
    const reading = fileStore(path).read(controller.signal);
    controller.abort();
    await expect(reading).rejects.toThrow();
  });

  test("follows links, and takes one that leads nowhere for no file", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    mkdirSync(join(folder, "1"));
    symlinkSync("1", join(folder, "current"));
    symlinkSync("current/state.json", path);
    expect(await fileStore(path).read(never)).toBeUndefined();
    writeFileSync(join(folder, "1", "state.json"), "{}");
    expect(await fileStore(path).read(never)).toMatchObject({ text: "{}" });
    unlinkSync(join(folder, "current"));
    await expect(fileStore(path).read(never)).rejects.toThrow("its directory does not exist");
  });

  test("tells writings of the same text apart", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path);
    const versions: (string | undefined)[] = [];
    for (let i = 0; i < 20; i++) versions.push(await store.write("{}"));
    for (const text of ["{} ", "{ }"]) {
      writeFileSync(path, text);
      versions.push((await store.read(never))?.version);
    }
    // The one before the last may have had the same inode, within one tick of the clock of the file system.
    for (const [i, version] of versions.entries()) expect(version).not.toBe(versions[i - 1]);
  });
});

/** Sets the age of a file. A negative age puts it into the future. */
function age(path: string, ageMs: number): void {
  const seconds = (Date.now() - ageMs) / 1_000;
  utimesSync(path, seconds, seconds);
}

/** Reads, and fails if the store waits for the file to settle. */
async function readAtOnce(store: MaintenanceStore): Promise<StoredState | undefined> {
  const controller = new AbortController();
  const reading = store.read(controller.signal);
  // From here on, waiting fails.
  controller.abort();
  return await reading;
}
