import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { storeContract } from "../../src/testing.ts";
import { Child, newFolder, pick } from "./_file.ts";

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
});
