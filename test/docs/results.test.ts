/** Code with results in comments, and all code by the compiler. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Block, blocks, blocksOf, page } from "./_pages.ts";
import { bundle, cleanUp, node20, programs, repository, run, runAlone, runCode, write } from "./_scratch.ts";

const long = { timeout: 60_000 };

afterAll(cleanUp);

/** Code in which each `expression; // result` is checked, and how many are. */
function withChecks(code: string): { code: string; count: number } {
  let count = 0;
  const checked = code.replace(/^(?!const |let |import )([\w(].*); \/\/ (.+)$/gm, (_line, expression, result) => {
    count++;
    return `assert.deepEqual(${expression}, ${result.startsWith("{") ? `(${result})` : result});`;
  });
  return { code: `import assert from "node:assert/strict";\n${checked}`, count };
}

const nameOf = ({ page, line }: Block) => `${page}:${line}`;
const results = blocksOf("results").map((block) => ({ block, ...withChecks(block.text) }));

/** A program that runs each file, and prints as JSON what becomes of it. Deno lets it import what it names literally. */
function programFor(files: Record<string, string>): string {
  const outcomes = Object.entries(files).map(([name, file]) =>
    `${JSON.stringify(name)}: await import(${JSON.stringify(file)}).then(() => "as written", (error) => error.stack),\n`
  );
  return `console.log(JSON.stringify({\n${outcomes.join("")}}));\n`;
}

test.each(["node", "deno", "bun"] as const)("The results in comments are right in %s", long, async (program) => {
  const files = Object.fromEntries(results.map(({ block, code }) => {
    const file = `results/${program}/${nameOf(block).replace(/\W/g, "-")}.ts`;
    // Deno reads the sources, by the name that they have on JSR.
    write(
      file,
      program === "deno" ? code.replace(/(?<=")maintenancemode(?=["/])/g, "@maintenancemode/maintenancemode") : code,
    );
    return [nameOf(block), `./${file}`];
  }));
  const outcomes = JSON.parse(await runCode(program, `results-${program}.mjs`, programFor(files)));
  expect(outcomes).toEqual(Object.fromEntries(results.map(({ block }) => [nameOf(block), "as written"])));
});

test("Each of these blocks has results that are checked", () => {
  expect(results.filter(({ count }) => count < 2).map(({ block }) => nameOf(block))).toEqual([]);
  expect(results.length).toBeGreaterThan(20);
});

test("Inside of a Hono app the gate is asked by hand", long, async () => {
  const { code, count } = withChecks(page("frameworks/hono.md").codeUnder("Around Hono's own Node server"));
  expect(count).toBe(2);
  await runCode("node", "hono-inside.ts", code);
  await runCode("bun", "hono-inside.ts", code);
});

test("A bundle for Node 20 needs the import of urlpattern-polyfill", long, async () => {
  const text = page("runtimes.md").codeUnder("URLPattern");
  const polyfill = 'import "urlpattern-polyfill";';
  expect(text).toContain(polyfill);
  const { code, count } = withChecks(text);
  expect(count).toBe(2);
  await runAlone(node20, "with.mjs", await bundle("with.ts", code, "esm"));
  await expect(async () =>
    runAlone(node20, "without.mjs", await bundle("without.ts", code.replace(polyfill, ""), "esm"))
  )
    .rejects.toThrow('write import "urlpattern-polyfill" before the gate is made');
});

test("TypeScript accepts all code", long, async () => {
  const code = blocks.filter(({ language }) => language === "ts");
  const ofDeno = code.filter(({ text }) => text.includes("@maintenancemode/"));
  const ofWorker = code.filter(({ text }) => text.includes("/service-worker"));
  const others = code.filter((block) => !ofDeno.includes(block) && !ofWorker.includes(block));
  // Each file is a module of its own, also where it imports nothing.
  const files = (some: readonly Block[]) =>
    some.map((block) => write(`types/${nameOf(block).replace(/\W/g, "-")}.ts`, `${block.text}\nexport {};\n`));
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
