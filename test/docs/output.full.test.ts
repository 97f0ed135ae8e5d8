/** The output of the command line that pages show. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { codeIn, page } from "./_pages.ts";
import { cleanUp, pathOf, runShell, startServer, write } from "./_scratch.ts";

/** What differs from run to run: the times, the process, and the file of the state. */
function withoutChance(output: string): string {
  return output
    .replace(/, since \d\d:\d\d \(.*\) by \S+(?=\.$)/m, "")
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, in [\dhms ]+(?=\.?$)/gm, "<end>")
    .replace(/file:\/\S+/g, "<store>")
    .replace(/undo {9}.*maintenancemode/g, "undo         maintenancemode")
    .replace(/^ {2}HOST +PID +RUNTIME +/m, "  <process>")
    .replace(/^ {2}\S+ +\d+ +node \S+ +/m, "  <process>")
    .trimEnd();
}

/** The same for the name of a run. */
function withoutOwner(output: string): string {
  // The length of the name decides where its row breaks.
  return withoutChance(output).replace(/\n {15}(?=\S)/g, " ").replace(/\brun \d+@\S+ \w+/g, "<owner>");
}

/** Runs lines of a shell where the site is. */
async function outputOf(lines: string): Promise<string> {
  const commands = lines.replaceAll("npx maintenancemode", `${pathOf("node_modules/.bin")}/maintenancemode`);
  return await runShell(`cd ${pathOf("output")}\n${commands}`, { MAINTENANCE_STORE: "file:m.json", TZ: "UTC" });
}

/** The commands under a heading that have their output behind them, each with that output. */
function shown(path: string, heading: string): (readonly [command: string, output: string])[] {
  const { blocks } = page(path);
  return blocks.flatMap((block, at) => {
    const output = blocks[at + 1];
    if (block.heading !== heading || block.language !== "sh" || output?.language !== "") return [];
    return [[block.text, output.text] as const];
  });
}

beforeAll(async () => {
  const site = page("stores/file.md").codeUnder("File");
  await startServer("node", "output/site.ts", site.replace("maintenance.json", pathOf("output/m.json")));
  write("output/gate.ts", 'export default { ignoreUrls: ["/health"] };\n');
});

afterAll(cleanUp);

describe("The command line prints what its page shows", () => {
  const commands = ["Commands", "What would happen to a request"].flatMap((heading) => shown("cli.md", heading));

  test("and the page shows the output of four commands", () => {
    expect(commands).toHaveLength(4);
  });

  test.each(commands)("%s", async (command, output) => {
    const printed = await outputOf(command);
    expect(withoutChance(printed)).toBe(withoutChance(output));
  });

  test("about who owns a run, and who takes over", async () => {
    const [status, note] = page("migrations.md").blocksUnder("Who owns a run", "");
    const printed = await outputOf(
      'npx maintenancemode off\nnpx maintenancemode run --keep-store-env --reason "Moving to a bigger database" --wait 60s -- npx maintenancemode status\n' +
        'npx maintenancemode run --keep-store-env --wait 60s -- sh -c "npx maintenancemode on" || test $? = 6',
    );
    expect(withoutOwner(printed)).toContain(withoutOwner(status!.text));
    expect(withoutOwner(printed)).toContain(withoutOwner(note!.text));
  });

  test("of a bypass link", async () => {
    const [block] = page("bypass.md").blocksUnder("Bypass links", "");
    const withoutSecret = (text: string) => text.replace(/(?<=maintenance-bypass[=:] ?)[\w-]{24}$/gim, "<secret>");
    const printed = await outputOf(page("bypass.md").blocksUnder("Bypass links", "sh")[0]!.text);
    expect(withoutSecret(printed)).toContain(withoutSecret(block!.text));
  });

  test("and names all codes of errors", () => {
    const [row] = page("cli.md").tablesUnder("JSON")[0]!.rows;
    expect(codeIn(row!.at(-1)!).flatMap((text) => /^"(\w+)"$/.exec(text)?.[1] ?? [])).toEqual(
      Object.keys(EXIT).filter((name) => name !== "ok"),
    );
  });

  test("as an error in JSON", async () => {
    const [block] = page("cli.md").blocksUnder("JSON", "jsonc");
    const output = await outputOf(`npx maintenancemode on --json --url shop || test $? = 2`);
    expect(JSON.parse(output.split("\n")[0]!)).toEqual(JSON.parse(block!.text));
  });
});
