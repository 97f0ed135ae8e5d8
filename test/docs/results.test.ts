/** Code with results in comments. */
import { afterAll, expect, test } from "vitest";
import { type Block, blocksOf, page } from "./_pages.ts";
import { bundle, cleanUp, node20, runAlone, runCode, write } from "./_scratch.ts";

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

test.each(["node", "deno", "bun"] as const)("The results in comments are right in %s", async (program) => {
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

test("A job of croner is counted, and left out during maintenance", async () => {
  const { code, count } = withChecks(page("workers.md").codeUnder("Cron in the process"));
  expect(count).toBe(2);
  await Promise.all([runCode("node", "cron.ts", code), runCode("bun", "cron.ts", code)]);
});

test("A log line has the fields and the message that docs/metrics.md shows", async () => {
  const { code, count } = withChecks(page("metrics.md").codeUnder("Log lines"));
  expect(count).toBe(1);
  await runCode("node", "log-lines.ts", code);
});

test("A bundle for Node 20 needs the import of urlpattern-polyfill", async () => {
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
