import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { storeContract } from "../../src/testing.ts";
import { Child, findMount, newFolder, pick } from "./_file.ts";

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
  const folder = newFolder();
  const mount = findMount();
  // In memory, if that can be had: a disk that others keep busy takes longer for one call than a store may.
  const wrap = mount && ["unshare", ...mount, "sh", "-c", `mount -t tmpfs tmpfs '${folder}' && exec "$@"`, "sh"];
  const child = await Child.start(runtime, join(folder, "maintenance.json"), wrap && { wrap });
  expect(await child.ask("contract")).toEqual([]);
  await child.kill();
});
