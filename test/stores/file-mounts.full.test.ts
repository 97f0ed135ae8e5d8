/** Mount points, read-only file systems and full disks. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { skipping } from "../_needs.ts";
import { Child, findMount, newFolder, pick } from "./_file.ts";

const mixed = pick("Node 24", "Node 20", "Deno", "Bun");

const wrap = findMount();
if (wrap === undefined) {
  skipping("nobody may mount a file system here: run the tests on Linux as root, or allow user namespaces");
}

describe("a file that is mounted on its own", () => {
  test.skipIf(wrap === undefined).each(mixed)(
    "is read in $name, and the error says if it cannot be replaced",
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
  test.skipIf(wrap === undefined).each(mixed)("leaves everything as it was in $name", async (runtime) => {
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
