import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { MaintenanceStore, StoredState } from "../../src/types/store.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, isRoot, newFolder, pick } from "./_file.ts";

const never = new AbortController().signal;

describe("fileStore().write()", () => {
  test("leaves nothing beside the file", async () => {
    const folder = newFolder();
    const store = fileStore(join(folder, "maintenance.json"));
    await store.write("{}");
    await store.replace("{ }", "{}");
    await store.replace("never", "{}");
    expect(readdirSync(folder)).toEqual(["maintenance.json"]);
  });

  test("makes a file that everybody may read, whatever the umask", async () => {
    const path = join(newFolder(), "maintenance.json");
    const before = process.umask(0o077);
    try {
      await fileStore(path).write("{}");
    } finally {
      process.umask(before);
    }
    expect(modeOf(path)).toBe(0o644);
  });

  test.each([0o600, 0o640, 0o664, 0o444])("keeps the permissions %o", async (mode) => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "{}");
    chmodSync(path, mode);
    await fileStore(path).write("{ }");
    expect(modeOf(path)).toBe(mode);
  });

  test("does not keep the bits that let a program run as somebody else", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "{}");
    chmodSync(path, 0o6755);
    await fileStore(path).write("{ }");
    expect(modeOf(path)).toBe(0o755);
  });

  test.skipIf(!isRoot)("keeps owner and group where it may", async () => {
    const path = join(newFolder(), "maintenance.json");
    writeFileSync(path, "{}");
    chownSync(path, 65_534, 12);
    chmodSync(path, 0o600);
    await fileStore(path).write("{ }");
    const { uid, gid, mode } = statSync(path);
    expect([uid, gid, mode & 0o7777]).toEqual([65_534, 12, 0o600]);
  });

  test.skipIf(!isRoot)("does not lock the owner out where it may not", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    writeFileSync(path, "{}");
    chmodSync(path, 0o600);
    chmodSync(folder, 0o777);
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await expect(child.ask("write", "{ }")).rejects.toThrow(
      `Cannot write the state file "${path}": its owner, the user with id 0, could not read a file of the user with ` +
        "id 65534 with the same permissions 600: write it as its owner, or let others read it (chmod o+r)",
    );
    expect(readdirSync(folder)).toEqual(["maintenance.json"]);
    chmodSync(path, 0o644);
    await child.ask("write", "{ }");
    expect(readFileSync(path, "utf8")).toBe("{ }");
    await child.kill();
  });

  test("replaces the target of a link, and not the link", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    mkdirSync(join(folder, "shared"));
    writeFileSync(join(folder, "shared", "state.json"), "{}");
    symlinkSync("shared/state.json", path);
    const version = await fileStore(path).write("{ }");
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readlinkSync(path)).toBe("shared/state.json");
    expect(readFileSync(join(folder, "shared", "state.json"), "utf8")).toBe("{ }");
    expect(readdirSync(join(folder, "shared"))).toEqual(["state.json"]);
    expect((await fileStore(join(folder, "shared", "state.json")).read(never))?.version).toBe(version);
  });

  test("makes the target of a link that leads nowhere", async () => {
    const folder = newFolder();
    symlinkSync("state.json", join(folder, "maintenance.json"));
    await fileStore(join(folder, "maintenance.json")).write("{}");
    expect(readFileSync(join(folder, "state.json"), "utf8")).toBe("{}");
  });

  test("stores many at once in the order of the calls", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path);
    const settled: number[] = [];
    const versions = await Promise.all(Array.from({ length: 1_000 }, async (_, n) => {
      const version = await store.write(String(n));
      settled.push(n);
      return version;
    }));
    expect(settled).toEqual(settled.toSorted((a, b) => a - b));
    expect(await store.read(never)).toEqual({ text: "999", version: versions.at(-1) });
    // Only what was written has a version: what was overtaken was never there.
    expect(versions.filter((version) => version !== undefined).length).toBeLessThan(10);
  });

  test("keeps its place among the calls of replace()", async () => {
    const store = fileStore(join(newFolder(), "maintenance.json"));
    const calls = [
      store.write("a"),
      store.write("b"),
      store.replace("c", "b"),
      store.write("d"),
      store.replace("e", "b"),
      store.replace("f", "d"),
    ];
    const results = await Promise.all(calls);
    expect(results.map((result) => result !== undefined)).toEqual([false, true, true, true, false, true]);
    expect(await store.read(never)).toMatchObject({ text: "f" });
  });

  test("refuses a text that could not be read", async () => {
    const path = join(newFolder(), "maintenance.json");
    await expect(fileStore(path).write("ü".repeat(1 << 20))).rejects.toThrow("the text is longer than 1048576 bytes");
    expect(existsSync(path)).toBe(false);
  });

  test("says that it cannot be done where a directory is in the way, or is missing", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    mkdirSync(path);
    await expect(fileStore(path).write("{}")).rejects.toThrow(
      `Cannot write the state file "${path}": it is a directory where a file was expected: remove it, or correct the path`,
    );
    expect(readdirSync(folder)).toEqual(["maintenance.json"]);
    await expect(fileStore(join(folder, "a", "b")).write("{}")).rejects.toThrow(
      `Cannot write the state file "${folder}/a/b": its directory does not exist: create it, or correct the path`,
    );
  });

  test("takes an empty text for on at once, since it is known to be whole", async () => {
    const store = fileStore(join(newFolder(), "maintenance.json"));
    await store.write("");
    expect(await readAtOnce(store)).toMatchObject({ text: "" });
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

/** Reads, and fails if the store waits for the file to settle. */
async function readAtOnce(store: MaintenanceStore): Promise<StoredState | undefined> {
  const controller = new AbortController();
  const reading = store.read(controller.signal);
  // From here on, waiting fails.
  controller.abort();
  return await reading;
}
