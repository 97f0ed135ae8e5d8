import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, test } from "vitest";
import { blocks, page, TESTS_OF_OTHERS } from "./_pages.ts";
import { cleanUp, programs, repository, run, write } from "./_scratch.ts";

afterAll(cleanUp);

const ofPages = blocks.filter(({ language }) => language === "ts")
  // Frameworks that are not installed here.
  .filter(({ page, heading }) => !TESTS_OF_OTHERS[`${page}: ${heading}`]?.startsWith("../frameworks/"))
  .map(({ page, line, text }) => ({ name: `${page}-${line}`, text }));
const ofExamples = readdirSync(join(repository, "examples"), { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  // The suite over the frameworks checks theirs, where they are installed.
  .filter((path) => !existsSync(join(repository, "examples", path.split("/")[0]!, "tsconfig.json")))
  .map((path) => ({ name: path, text: readFileSync(join(repository, "examples", path), "utf8") }));

test("TypeScript accepts all code of pages and examples", async () => {
  const code = [...ofPages, ...ofExamples];
  const ofDeno = code.filter(({ text }) => text.includes("@maintenancemode/"));
  const ofWorker = code.filter(({ text }) => text.includes("/service-worker"));
  const others = code.filter((one) => !ofDeno.includes(one) && !ofWorker.includes(one));
  // Each file is a module of its own, also where it imports nothing.
  const files = (some: typeof code) =>
    some.map(({ name, text }) => write(`types/${name.replace(/\W/g, "-")}.ts`, `${text}\nexport {};\n`));
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
