/** Files of other programs among the records of processes and in place of the state file. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { Child, makeFifo, newFolder, pick, runtimes } from "./_file.ts";

const never = new AbortController().signal;
const TEMP = ".a.json.0123456789abcdef.tmp";

test.each(runtimes)("fileStore().instances lists regular files alone in $name", async (runtime) => {
  const path = join(newFolder(), "maintenance.json");
  const folder = `${path}.instances`;
  const child = await Child.start(runtime, path);
  await child.ask("put", "a", "record", 600_000);
  const elsewhere = join(newFolder(), "elsewhere.json");
  writeFileSync(elsewhere, JSON.stringify({ ttlMs: 15_000, record: "of a link" }));
  makeFifo(join(folder, "fifo.json"));
  mkdirSync(join(folder, "directory.json"));
  await listen(join(folder, "socket.json"));
  symlinkSync("/dev/zero", join(folder, "device.json"));
  symlinkSync(elsewhere, join(folder, "link.json"));
  symlinkSync("nowhere", join(folder, "nowhere.json"));
  symlinkSync("circle.json", join(folder, "circle.json"));
  const huge = JSON.stringify({ ttlMs: 15_000, record: "x".repeat(1 << 20) });
  writeFileSync(join(folder, "huge.json"), huge);
  writeFileSync(join(folder, "binary.json"), Uint8Array.of(0xff, 0xfe, 0));
  writeFileSync(join(folder, "null.json"), "null");
  writeFileSync(join(folder, "not a name.json"), JSON.stringify({ ttlMs: 15_000, record: "of no process" }));
  // Each of them would keep one of the four threads that read files.
  for (let round = 0; round < 8; round++) expect(await child.ask("list")).toEqual(["record"]);
  await child.kill();
});

test("fileStore().instances refuses a record that it would not list", async () => {
  const path = join(newFolder(), "maintenance.json");
  const { instances } = fileStore(path);
  await expect(instances.put("a", "x".repeat(1 << 20), 15_000)).rejects.toThrow(
    `Cannot keep the record of this process in "${path}.instances": it is longer than 1048576 bytes (1 MiB)`,
  );
  expect(existsSync(`${path}.instances`)).toBe(false);
});

test("fileStore().instances removes nothing but what it has written itself", async () => {
  const path = join(newFolder(), "maintenance.json");
  const folder = `${path}.instances`;
  const { instances } = fileStore(path);
  await instances.put("b", "b", 15_000);
  const record = readFileSync(join(folder, "b.json"));
  const elsewhere = newFolder();
  for (const name of ["a.json", TEMP]) {
    writeFileSync(join(elsewhere, name), record);
    age(join(elsewhere, name));
  }
  const others = [
    "upload.tmp",
    ".hidden.tmp",
    `x${TEMP}`,
    TEMP.toUpperCase(),
    "backup.old.json",
    "notes.json",
    "README",
  ];
  for (const name of others) writeFileSync(join(folder, name), name === "notes.json" ? "{}" : record);
  mkdirSync(join(folder, ".d.json.0123456789abcdef.tmp"));
  symlinkSync(join(elsewhere, TEMP), join(folder, ".l.json.0123456789abcdef.tmp"));
  symlinkSync(join(elsewhere, "a.json"), join(folder, "l.json"));
  const kept = readdirSync(folder).filter((name) => name !== "b.json");
  writeFileSync(join(folder, TEMP), "half");
  for (const name of readdirSync(folder)) if (!lstatSync(join(folder, name)).isSymbolicLink()) age(join(folder, name));
  expect(await instances.list()).toEqual([]);
  expect(readdirSync(folder).sort()).toEqual(kept.sort());
  expect(readdirSync(elsewhere).sort()).toEqual([TEMP, "a.json"].sort());
});

test("fileStore().instances removes nothing from a directory that it comes to by a link", async () => {
  const path = join(newFolder(), "maintenance.json");
  const elsewhere = newFolder();
  const { instances } = fileStore(path);
  await instances.put("a", "a", 15_000);
  for (const name of ["b.json", TEMP]) {
    writeFileSync(join(elsewhere, name), readFileSync(join(`${path}.instances`, "a.json")));
    age(join(elsewhere, name));
  }
  renameSync(`${path}.instances`, `${path}.before`);
  symlinkSync(elsewhere, `${path}.instances`);
  await instances.put("a", "a", 15_000);
  expect(await instances.list()).toEqual(["a"]);
  expect(readdirSync(elsewhere).sort()).toEqual([TEMP, "a.json", "b.json"].sort());
});

test("fileStore().write() tidies up beside the file, but for links and directories", async () => {
  const folder = newFolder();
  const path = join(folder, "maintenance.json");
  const target = join(newFolder(), "target");
  writeFileSync(target, "");
  age(target);
  const temps = ["0", "1", "2"].map((digit) => `.maintenance.json.${digit.repeat(16)}.tmp`);
  writeFileSync(join(folder, temps[0]!), "half");
  mkdirSync(join(folder, temps[1]!));
  for (const name of temps.slice(0, 2)) age(join(folder, name));
  symlinkSync(target, join(folder, temps[2]!));
  await fileStore(path).write("{}");
  expect(readdirSync(folder).sort()).toEqual([...temps.slice(1), "maintenance.json"]);
});

test.each(pick("Node 24", "Deno", "Bun"))(
  "fileStore().read() does not wait for a socket in $name",
  async (runtime) => {
    const folder = newFolder();
    const path = join(folder, "maintenance.json");
    await listen(path);
    const child = await Child.start(runtime, path);
    await expect(child.ask("read")).rejects.toThrow(
      `Cannot read the state file "${path}": it is not a regular file: remove it, or correct the path`,
    );
    await child.kill();
  },
);

test("fileStore().replace() does not wait for the writer of a FIFO", async () => {
  const path = join(newFolder(), "maintenance.json");
  makeFifo(path);
  await expect(fileStore(path).replace("{}", undefined)).rejects.toThrow("it is not a regular file");
  await expect(fileStore(path).write("{}")).rejects.toThrow("it is not a regular file");
  await expect(fileStore(path).read(never)).rejects.toThrow("it is not a regular file");
});

/** Makes a socket. */
async function listen(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
}

/** Makes a file older than anything that is kept. */
function age(path: string): void {
  const seconds = Date.now() / 1_000 - 1_000;
  utimesSync(path, seconds, seconds);
}
