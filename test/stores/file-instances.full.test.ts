import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { quote } from "../../src/util/received.ts";
import { fileStore } from "../../src/stores/file.ts";
import { Child, isRoot, newFolder, pick } from "./_file.ts";

const NEW_TEMP = ".a.json.0123456789abcdef.tmp";
const OLD_TEMP = ".now.fedcba9876543210.tmp";

describe("fileStore().instances", () => {
  test("expire by the clock of the file system, whatever that of this process is", async () => {
    const path = join(newFolder(), "maintenance.json");
    const { instances } = fileStore(path);
    await instances.put("a", "record", 15_000);
    const now = Date.now;
    try {
      for (const offsetMs of [-300_000, 300_000]) {
        Date.now = () => now() + offsetMs;
        expect(await instances.list()).toEqual(["record"]);
      }
    } finally {
      Date.now = now;
    }
    age(`${path}.instances/a.json`, 5_000);
    expect(await instances.list()).toEqual(["record"]);
    age(`${path}.instances/a.json`, 16_000);
    expect(await instances.list()).toEqual([]);
  });

  test("are removed a minute after they have expired, and so is what was left behind", async () => {
    const path = join(newFolder(), "maintenance.json");
    const folder = `${path}.instances`;
    const { instances } = fileStore(path);
    for (const [id, ageMs] of [["a", 5_000], ["b", 50_000], ["c", 76_000]] as const) {
      await instances.put(id, id, 15_000);
      age(`${folder}/${id}.json`, ageMs);
    }
    for (
      const [name, ageMs] of [[NEW_TEMP, 0], [OLD_TEMP, 61_000], ["README", 99_000], ["x.json", 99_000]] as const
    ) {
      writeFileSync(join(folder, name), "half");
      age(join(folder, name), ageMs);
    }
    expect(await instances.list()).toEqual(["a"]);
    expect(readdirSync(folder).sort()).toEqual([NEW_TEMP, "README", "a.json", "b.json", "x.json"]);
  });

  test.each(["", "../x", "a/b", "a.b", "ä", "a\n", "x".repeat(101)])("have no id %j", async (id) => {
    const folder = newFolder();
    const { instances } = fileStore(join(folder, "maintenance.json"));
    await expect(instances.put(id, "", 1)).rejects.toThrow(TypeError);
    await expect(instances.delete(id)).rejects.toThrow(
      optionError(
        `Cannot keep the record of a process: "id" must be text of 1 to 100 letters, digits and "-", received ${
          quote(id)
        }`,
      ),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are looked for without making a directory", async () => {
    const folder = newFolder();
    const { instances } = fileStore(join(folder, "maintenance.json"));
    expect(await instances.list()).toEqual([]);
    await instances.delete("a");
    expect(readdirSync(folder)).toEqual([]);
  });

  test("are the same for a process that comes by a link", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "shared"));
    symlinkSync("shared/state.json", join(folder, "maintenance.json"));
    await fileStore(join(folder, "maintenance.json")).instances.put("a", "record", 15_000);
    expect(await fileStore(join(folder, "shared", "state.json")).instances.list()).toEqual(["record"]);
  });

  test("survive the removal of their directory", async () => {
    const path = join(newFolder(), "maintenance.json");
    const { instances } = fileStore(path);
    await instances.put("a", "1", 15_000);
    rmSync(`${path}.instances`, { recursive: true });
    await instances.put("a", "2", 15_000);
    expect(await instances.list()).toEqual(["2"]);
  });

  test("are open to every user who may write beside the file, whoever is first", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    chmodSync(folder, 0o1777);
    const before = process.umask(0o077);
    try {
      await fileStore(path).instances.put("a", "1", 600_000);
    } finally {
      process.umask(before);
    }
    expect(modeOf(`${path}.instances`)).toBe(0o1777);
    expect(modeOf(`${path}.instances/a.json`)).toBe(0o644);
    if (!isRoot) return;
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("put", "b", "2", 600_000);
    expect((await child.ask<string[]>("list")).sort()).toEqual(["1", "2"]);
    expect((await fileStore(path).instances.list()).sort()).toEqual(["1", "2"]);
    await child.kill();
  });

  test.skipIf(!isRoot)("belong to the owner of the directory if root is first", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    chownSync(folder, 65_534, 65_534);
    await fileStore(path).instances.put("a", "1", 600_000);
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("put", "b", "2", 600_000);
    expect((await fileStore(path).instances.list()).sort()).toEqual(["1", "2"]);
    await child.kill();
  });

  test.skipIf(!isRoot)(
    "are read by a user who may only read, by the clock of the process, and the error of writing says what is missing",
    async () => {
      const path = join(newFolder(), "maintenance.json");
      const child = await Child.start(pick("Node 24")[0]!, path);
      await child.ask("become", 65_534);
      await expect(child.ask("put", "b", "2", 15_000)).rejects.toThrow(
        `Cannot keep the record of this process in "${path}.instances": permission denied to the user with id 65534 ` +
          "(EACCES): create this directory and let this user write to it",
      );
      await fileStore(path).instances.put("a", "1", 600_000);
      await fileStore(path).instances.put("c", "3", 15_000);
      age(`${path}.instances/c.json`, 16_000);
      expect(await child.ask("list")).toEqual(["1"]);
      await child.kill();
    },
  );
});

/** Sets the age of a file. A negative age puts it into the future. */
function age(path: string, ageMs: number): void {
  const seconds = (Date.now() - ageMs) / 1_000;
  utimesSync(path, seconds, seconds);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}
