import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { optionError } from "../_errors.ts";
import { quote } from "../../src/util/received.ts";
import type { MaintenanceStore, StoredState, Unwatch } from "../../src/types/store.ts";
import { type FileStore, fileStore } from "../../src/stores/file.ts";
import { storeContract } from "../../src/testing.ts";
import { Child, isRoot, makeFifo, newFolder, pick, runIdle, runtimes, until } from "./_file.ts";

const never = new AbortController().signal;
const NEW_TEMP = ".a.json.0123456789abcdef.tmp";
const OLD_TEMP = ".now.fedcba9876543210.tmp";
const open: Unwatch[] = [];

afterEach(async () => {
  for (const unwatch of open.splice(0)) await unwatch();
});

const contract = await storeContract(() => {
  const folder = newFolder();
  const path = join(folder, "site", "maintenance.json");
  mkdirSync(dirname(path));
  return {
    store: fileStore(path),
    another: () => fileStore(path),
    put: (text) => writeFileSync(path, text),
    remove: () => rmSync(path),
    interrupt() {
      renameSync(join(folder, "site"), join(folder, "elsewhere"));
      return () => renameSync(join(folder, "elsewhere"), join(folder, "site"));
    },
  };
});
describe("fileStore() keeps the contract", () => {
  for (const { name, run } of contract) test.concurrent(name, run);
});

test.each(pick("Node 20", "Deno", "Bun"))("fileStore() keeps the contract in $name", async (runtime) => {
  const child = await Child.start(runtime, join(newFolder(), "maintenance.json"));
  expect(await child.ask("contract")).toEqual([]);
  await child.kill();
}, 120_000);

describe("fileStore(path)", () => {
  test.each([
    ["/srv/site/maintenance.json", "/srv/site/maintenance.json"],
    ["/srv/a b/../50%25.json", "/srv/50%25.json"],
    ["file:///srv/a%20b.json", "/srv/a b.json"],
    ["file:/srv/a b.json", "/srv/a b.json"],
    ["state", join(process.cwd(), "state")],
    ["./.state", join(process.cwd(), ".state")],
    ["file:state.json", join(process.cwd(), "state.json")],
    [new URL("file:///srv/a%23b.json"), "/srv/a#b.json"],
  ])("takes %s", (path, expected) => {
    expect(fileStore(path).name).toBe(`file:${expected}`);
    expect(fileStore(fileStore(path).name!).name).toBe(`file:${expected}`);
  });

  const accepted = 'Cannot open the file store: "path" must be a path or a "file:" URL, received';
  const folder = 'Cannot open the file store: "path" must be the path of a file, not of a directory, received';
  const hint = ': put "maintenance.json" behind it';
  test.each<[unknown, string]>([
    ["", `${accepted} ""`],
    [undefined, `${accepted} undefined`],
    [7, `${accepted} 7`],
    [Buffer.from("/x"), `${accepted} an instance of Buffer`],
    ["redis://:secret@host/1", `${accepted} a URL that starts with "redis:"`],
    [new URL("https://user:secret@site.test/"), `${accepted} a URL that starts with "https:"`],
    ["/srv/", `${folder} "/srv/"${hint}`],
    ["/", `${folder} "/"${hint}`],
    ["/srv/..", `${folder} "/srv/.."${hint}`],
    [".", `${folder} "."${hint}`],
    ["..", `${folder} ".."${hint}`],
    ["file:", `${folder} "file:"${hint}`],
    [new URL("file:///srv/"), `${folder} "file:///srv/"${hint}`],
    [
      "/srv/a\0b",
      'Cannot open the file store: "path" must be a path without a NUL character, received "/srv/a\\u0000b"',
    ],
    [
      "file:///srv/a?b",
      'Cannot open the file store: "path" must be a "file:" URL without query and fragment, received "file:///srv/a?b": ' +
      'write "?" as %3F, "#" as %23',
    ],
    [
      "file://host/srv/a",
      'Cannot open the file store: "path" must be the URL of a file on this machine, received "file://host/srv/a"',
    ],
    ["file://user:secret@host/srv/a", `${accepted} a URL that starts with "file:" and is not valid`],
  ])("refuses %j", (path, message) => {
    expect(() => fileStore(path as string)).toThrow(optionError(message));
  });

  test.each([0, -1, NaN, 2 ** 31, Infinity, "1s", null])("refuses the interval %j", (pollIntervalMs) => {
    expect(() => fileStore("/x", { pollIntervalMs: pollIntervalMs as number })).toThrow(
      /^Cannot open the file store: "pollIntervalMs" must be a number of milliseconds above 0, received /,
    );
  });

  test("refuses unknown options", () => {
    expect(() => fileStore("/x", { poll: 1 } as never)).toThrow(
      optionError('Cannot open the file store: unknown name "poll" in options: did you mean "pollIntervalMs"?'),
    );
  });

  test("polls each second unless told otherwise", () => {
    expect(fileStore("/x").pollIntervalMs).toBe(1_000);
    expect(fileStore("/x", { pollIntervalMs: 50 }).pollIntervalMs).toBe(50);
  });

  test("stays the same file when the working directory changes", async () => {
    const folder = newFolder();
    // Not this process, whose other tests run meanwhile.
    const child = await Child.start(pick("Node 24")[0]!, "test/stores/none.json");
    await child.ask("chdir", folder);
    writeFileSync(join(folder, "none.json"), "wrong");
    expect(await child.ask("read")).toBeUndefined();
    await child.kill();
  });

  test("opens nothing", () => {
    const folder = newFolder();
    const { read: _, ...store } = fileStore(join(folder, "a", "b.json"));
    expect(readdirSync(folder)).toEqual([]);
    store.close();
  });
});

describe("fileStore().read()", () => {
  test("needs a directory, so that a wrong path does not look like off", async () => {
    const path = join(newFolder(), "missing", "maintenance.json");
    await expect(fileStore(path).read(never)).rejects.toThrow(
      `Cannot read the state file "${path}": its directory does not exist: create it, or correct the path`,
    );
  });

  test("refuses what is no file", async () => {
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

  test.each(runtimes)("survives in $name that there are too many open files", async (runtime) => {
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

  test.skipIf(!isRoot)("says once that the directory may not be watched", async () => {
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
    age(`${path}.instances/a.json`, 14_000);
    expect(await instances.list()).toEqual(["record"]);
    age(`${path}.instances/a.json`, 16_000);
    expect(await instances.list()).toEqual([]);
  });

  test("are removed a minute after they have expired, and so is what was left behind", async () => {
    const path = join(newFolder(), "maintenance.json");
    const folder = `${path}.instances`;
    const { instances } = fileStore(path);
    for (const [id, ageMs] of [["a", 14_000], ["b", 74_000], ["c", 76_000]] as const) {
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

  test("are the same for those who come by a link", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "shared"));
    symlinkSync("shared/state.json", join(folder, "maintenance.json"));
    await fileStore(join(folder, "maintenance.json")).instances.put("a", "record", 15_000);
    expect(await fileStore(join(folder, "shared", "state.json")).instances.list()).toEqual(["record"]);
  });

  test("survive that their directory is removed", async () => {
    const path = join(newFolder(), "maintenance.json");
    const { instances } = fileStore(path);
    await instances.put("a", "1", 15_000);
    rmSync(`${path}.instances`, { recursive: true });
    await instances.put("a", "2", 15_000);
    expect(await instances.list()).toEqual(["2"]);
  });

  test("are open to whoever may write beside the file, whoever is first", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    chmodSync(folder, 0o1777);
    const before = process.umask(0o077);
    try {
      await fileStore(path).instances.put("a", "1", 15_000);
    } finally {
      process.umask(before);
    }
    expect(modeOf(`${path}.instances`)).toBe(0o1777);
    expect(modeOf(`${path}.instances/a.json`)).toBe(0o644);
    if (!isRoot) return;
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("put", "b", "2", 15_000);
    expect((await child.ask<string[]>("list")).sort()).toEqual(["1", "2"]);
    expect((await fileStore(path).instances.list()).sort()).toEqual(["1", "2"]);
    await child.kill();
  });

  test.skipIf(!isRoot)("belong to the owner of the directory if root is first", async () => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    chownSync(folder, 65_534, 65_534);
    await fileStore(path).instances.put("a", "1", 15_000);
    const child = await Child.start(pick("Node 24")[0]!, path);
    await child.ask("become", 65_534);
    await child.ask("put", "b", "2", 15_000);
    expect((await fileStore(path).instances.list()).sort()).toEqual(["1", "2"]);
    await child.kill();
  });

  test.skipIf(!isRoot)(
    "are read by who may only read, by his own clock, and say what is missing to write",
    async () => {
      const path = join(newFolder(), "maintenance.json");
      const child = await Child.start(pick("Node 24")[0]!, path);
      await child.ask("become", 65_534);
      await expect(child.ask("put", "b", "2", 15_000)).rejects.toThrow(
        `Cannot keep the record of this process in "${path}.instances": permission denied to the user with id 65534 ` +
          "(EACCES): create this directory and let this user write to it",
      );
      await fileStore(path).instances.put("a", "1", 15_000);
      await fileStore(path).instances.put("c", "3", 15_000);
      age(`${path}.instances/c.json`, 16_000);
      expect(await child.ask("list")).toEqual(["1"]);
      await child.kill();
    },
  );
});

/** Makes a file as old as that; below 0, it is of the future. */
function age(path: string, ageMs: number): void {
  const seconds = (Date.now() - ageMs) / 1_000;
  utimesSync(path, seconds, seconds);
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

/** Reads, and fails if what is there is waited for to settle. */
async function readAtOnce(store: MaintenanceStore): Promise<StoredState | undefined> {
  const controller = new AbortController();
  const reading = store.read(controller.signal);
  // From here on, waiting fails.
  controller.abort();
  return await reading;
}

/** Watches a store, and gives a function that does something and waits until a change is told that comes afterwards. */
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

/** What can be seen of a file and its directory. */
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
