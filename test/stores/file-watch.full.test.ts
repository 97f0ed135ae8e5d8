import { chmodSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Unwatch } from "../../src/types/store.ts";
import { type FileStore, fileStore } from "../../src/stores/file.ts";
import { Child, isRoot, newFolder, pick, runIdle, runtimes, until } from "./_file.ts";

const open: Unwatch[] = [];

afterEach(async () => {
  for (const unwatch of open.splice(0)) await unwatch();
});

describe("fileStore().watch()", () => {
  test("tells of touch, of writing, of editors that rename, and of rm", async () => {
    const path = join(newFolder(), "maintenance.json");
    const told = await watched(fileStore(path));
    await told(() => writeFileSync(path, ""));
    await told(() => writeFileSync(path, "{}"));
    await told(() => utimesSync(path, 1, 1));
    await told(() => {
      writeFileSync(`${path}.new`, "{ }");
      renameSync(`${path}.new`, path);
    });
    await told(() => rmSync(path));
  });

  test("does not tell of other files", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    let count = 0;
    open.push(await fileStore(path).watch(() => count++, () => {}));
    count = 0;
    for (let i = 0; i < 50; i++) writeFileSync(join(folder, `other-${i}`), "");
    writeFileSync(path, "{}");
    await until(() => count > 0, "a change");
    expect(count).toBeLessThan(10);
  });

  test("tells of a directory that appears later, and of one that takes the place of another", async () => {
    const folder = join(newFolder(), "site");
    const path = join(folder, "maintenance.json");
    const told = await watched(fileStore(path, { pollIntervalMs: 20 }));
    await told(() => mkdirSync(folder));
    await told(() => writeFileSync(path, "{}"));
    for (let round = 0; round < 3; round++) {
      await told(() => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      });
      await told(() => writeFileSync(path, "{}"));
      await told(() => renameSync(folder, `${folder}-${round}`));
      await told(() => mkdirSync(folder));
      await told(() => writeFileSync(path, "{}"));
    }
  });

  test("tells of a link that leads elsewhere, as Kubernetes does it", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    mkdirSync(join(folder, "..1"));
    mkdirSync(join(folder, "..2"));
    writeFileSync(join(folder, "..1", "maintenance.json"), "{}");
    writeFileSync(join(folder, "..2", "maintenance.json"), "{ }");
    symlinkSync("..1", join(folder, "..data"));
    symlinkSync("..data/maintenance.json", path);
    // The interval is as good as never.
    const told = await watched(fileStore(path, { pollIntervalMs: 1_000_000 }));
    await told(() => writeFileSync(join(folder, "..1", "maintenance.json"), "{  }"));
    await told(() => {
      symlinkSync("..2", join(folder, "..new"));
      renameSync(join(folder, "..new"), join(folder, "..data"));
    });
    await told(() => writeFileSync(join(folder, "..2", "maintenance.json"), "{   }"));
  });

  test("tells nobody any more after it was stopped, or the store closed", async () => {
    const path = join(newFolder(), "maintenance.json");
    const store = fileStore(path, { pollIntervalMs: 1 });
    let count = 0;
    const stop = await store.watch(() => count++, () => {});
    open.push(await store.watch(() => count++, () => {}));
    const told = await watched(fileStore(path));
    stop();
    stop();
    store.close();
    count = 0;
    await told(() => writeFileSync(path, "{}"));
    await told(() => rmSync(path));
    expect(count).toBe(0);
  });

  test.each(runtimes)("does not keep a process of $name running", (runtime) => {
    const { status, stdout, stderr } = runIdle(runtime, join(newFolder(), "maintenance.json"));
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "done\n", stderr: "" });
  });

  test.each(runtimes)("works in $name", async (runtime) => {
    const folder = join(newFolder(), "site");
    const path = join(folder, "maintenance.json");
    const child = await Child.start(runtime, path);
    // Nothing is read but when the watch tells of a change.
    await child.ask("follow", "watch");
    const told = async (text: string | undefined, act: () => void) => {
      act();
      await until(async () => (await child.seen()).at(-1)?.text === text, `${text} in ${runtime.name}`);
    };
    await told(undefined, () => mkdirSync(folder));
    await told("", () => writeFileSync(path, ""));
    for (let round = 0; round < 3; round++) {
      await told("{}", () => writeFileSync(path, "{}"));
      await told("{ }", () => {
        writeFileSync(`${path}.new`, "{ }");
        renameSync(`${path}.new`, path);
      });
      await told(undefined, () => rmSync(path));
      await told("[]", () => writeFileSync(path, "[]"));
      await told("{  }", () => {
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
        writeFileSync(path, "{  }");
      });
    }
    await child.kill();
  });

  test.each(runtimes)("survives too many open files in $name", async (runtime) => {
    const path = join(newFolder(), "maintenance.json");
    const child = await Child.start(runtime, path);
    await child.ask("exhaust");
    await child.ask("watch");
    await child.ask("recover");
    writeFileSync(path, "{}");
    expect(await child.ask("read")).toMatchObject({ text: "{}" });
    const told = await child.ask<number>("changes");
    await until(async () => {
      // Either it says that it cannot watch, or it watches as soon as it can.
      writeFileSync(path, "{ }");
      return await child.ask<number>("changes") > told || (await child.ask<string[]>("errors")).length > 0;
    }, "a change or an error");
    for (const error of await child.ask<string[]>("errors")) {
      expect(error).toBe(
        `Cannot watch the state file "${path}": this process has too many files open: raise its limit (ulimit -n)`,
      );
    }
    await child.kill();
  });

  test.skipIf(!isRoot)("reports once that it may not watch the directory", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    writeFileSync(path, "{}");
    chmodSync(folder, 0o711);
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("watch");
    expect(await child.ask("errors")).toEqual([
      `Cannot watch the state file "${path}": permission denied to the user with id 65534 (EACCES): let this user list ` +
      "the directory of the file",
    ]);
    expect(await child.ask("read")).toMatchObject({ text: "{}" });
    await child.kill();
  });
});

/** Watches a store. Returns a function that runs another one and waits until the store reports its change. */
async function watched(store: FileStore): Promise<(act: () => void) => Promise<void>> {
  const path = store.name.slice("file:".length);
  let told: string | undefined;
  const errors: unknown[] = [];
  open.push(await store.watch(() => told = describeFile(path), (error) => errors.push(error)));
  return async (act) => {
    act();
    const now = describeFile(path);
    await until(() => told === now, "a change");
    expect(errors).toEqual([]);
  };
}

/** Describes a file and its directory, as a change of them would show. */
function describeFile(path: string): string {
  return JSON.stringify([dirname(path), path].map((path) => {
    try {
      const { ino, birthtimeMs, mtimeMs, size } = statSync(path);
      return statSync(path).isDirectory() ? [ino, birthtimeMs] : [ino, mtimeMs, size];
    } catch (error) {
      return (error as { code: string }).code;
    }
  }));
}
