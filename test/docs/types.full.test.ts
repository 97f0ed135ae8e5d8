import { join } from "node:path";
import { afterAll, test } from "vitest";
import { type Block, blocks, page } from "./_pages.ts";
import { cleanUp, programs, repository, run, write } from "./_scratch.ts";

afterAll(cleanUp);

test("TypeScript accepts all code", { timeout: 60_000 }, async () => {
  const code = blocks.filter(({ language }) => language === "ts");
  const ofDeno = code.filter(({ text }) => text.includes("@maintenancemode/"));
  const ofWorker = code.filter(({ text }) => text.includes("/service-worker"));
  const others = code.filter((block) => !ofDeno.includes(block) && !ofWorker.includes(block));
  // Each file is a module of its own, also where it imports nothing.
  const files = (some: readonly Block[]) =>
    some.map((block) =>
      write(`types/${`${block.page}-${block.line}`.replace(/\W/g, "-")}.ts`, `${block.text}\nexport {};\n`)
    );
  // One of the blocks imports another.
  write("types/sqlite-store.ts", page("stores/your-own.md").codeUnder("Your own store"));

  const tsc = [process.execPath, join(repository, "node_modules/typescript7/bin/tsc"), "--ignoreConfig", "--noEmit"];
  const flags = [
    "--strict",
    "--exactOptionalPropertyTypes",
    "--module",
    "NodeNext",
    "--target",
    "ES2022",
    "--allowImportingTsExtensions",
    "--skipLibCheck",
  ];
  await Promise.all([
    run([...tsc, ...flags, "--lib", "ES2022", "--types", "node,bun"], ...files(others)),
    run([...tsc, ...flags, "--lib", "ES2022,WebWorker"], ...files(ofWorker)),
    run([programs.deno[0], "check", "--quiet", "--config", join(repository, "deno.json")], ...files(ofDeno)),
  ]);
});
