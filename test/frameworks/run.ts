/**
 * The suite over the frameworks: the same properties over HTTP in each of them, against the package as it is packed.
 *
 *     npm run test:frameworks -- [--only express,hono] [--property text]
 *
 * It installs the frameworks in this folder, builds and starts their apps, and prints a table of properties by frameworks,
 * then each failure, then the reasons for what cannot hold. The exit status is 1 if anything failed. For `test/run.ts` it
 * writes what it has counted to the file that `TEST_COUNT` names.
 *
 * - `properties.ts`: what has to hold.
 * - `frameworks.ts` and `runners/`: how each app is built and started, and what cannot hold in it.
 * - `apps/`: the apps. `kit.mjs` says which routes each has.
 * - `example.ts`: what has to hold for the apps in `examples`.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Count } from "../run.ts";
import { exampleProperties, run } from "./example.ts";
import type { Framework } from "./framework.ts";
import { frameworks } from "./frameworks.ts";
import { install, makeApp, versionOf } from "./project.ts";
import { properties } from "./properties.ts";
import { type Site, startSite } from "./site.ts";
import { type Cell, type Column, printTable } from "./table.ts";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, property: { type: "string", default: "" } },
});
const wanted = options.only?.split(",");
const unknown = wanted?.filter((name) => !frameworks.some((framework) => framework.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")}: choose from ${frameworks.map(({ name }) => name).join(", ")}`);
  process.exit(1);
}

const started = performance.now();
install();
console.log(`Installed in ${secondsSince(started)}`);
// What an app starts is found among the frameworks, and after them among the tools of the repository.
const bins = [join(import.meta.dirname, "node_modules/.bin"), join(import.meta.dirname, "../../node_modules/.bin")];
process.env["PATH"] = [...bins, process.env["PATH"]].join(":");

const isWanted = (name: string) => name.includes(options.property);
const rows = Object.keys(properties).filter(isWanted);
const exampleRows = Object.keys(exampleProperties).filter(isWanted);
const columns = frameworks.filter(({ name }) => wanted?.includes(name) ?? true)
  .map((framework): Column & { framework: Framework } => {
    const { name, title } = framework;
    return { name, title, version: versionOf(framework.package), cells: new Map(), framework };
  });
// Two at a time: what builds takes a core, what waits takes none.
const queue = [...columns];
await Promise.all([1, 2].map(async () => {
  for (let column = queue.shift(); column !== undefined; column = queue.shift()) await fill(column);
}));

async function fill({ framework, version, cells }: Column & { framework: Framework }): Promise<void> {
  const began = performance.now();
  let site: Site | undefined;
  try {
    const folder = makeApp(framework.name, framework.files, framework.aliases);
    for (const [command, ...args] of framework.build ?? []) await run(folder, command, args);
    const { command, ...rest } = framework.start;
    site = await startSite(folder, { command, ...rest });
  } catch (error) {
    for (const row of [...rows, ...ownRowsOf(framework)]) {
      cells.set(row, { state: "failed", message: messageOf(error) });
    }
  }
  const all = { ...properties, ...framework.own };
  for (const row of site === undefined ? [] : [...rows, ...ownRowsOf(framework)]) {
    const reason = framework.cannot?.[row];
    if (reason !== undefined) cells.set(row, { state: "cannot", reason });
    else cells.set(row, await cellOf(() => prepare(site!).then(() => all[row]!(site!))));
  }
  await site?.stop();
  for (const row of framework.example === undefined ? [] : exampleRows) {
    const reason = framework.cannot?.[row];
    if (reason !== undefined) cells.set(row, { state: "cannot", reason });
    else cells.set(row, await cellOf(() => exampleProperties[row]!(framework)));
  }
  console.log(`${framework.name.padEnd(16)} ${version.padEnd(10)} ${secondsSince(began)}`);
}

/** The rows of what has to hold in this framework alone. */
function ownRowsOf({ own = {} }: Framework): string[] {
  return Object.keys(own).filter(isWanted);
}

async function prepare(site: Site): Promise<void> {
  await site.release();
  await site.switch({ mode: "off" });
}

async function cellOf(hold: () => Promise<void>): Promise<Cell> {
  try {
    await hold();
    return { state: "passed" };
  } catch (error) {
    return { state: "failed", message: messageOf(error) };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}

const ownRows = new Set(columns.flatMap(({ framework }) => ownRowsOf(framework)));
const all = [...rows, ...ownRows, ...exampleRows];
const count = printTable(all, columns);
console.log(`\n${all.length} properties in ${columns.length} frameworks in ${secondsSince(started)}`);
const file = process.env["TEST_COUNT"];
if (file) writeFileSync(file, JSON.stringify(count satisfies Count));
else console.log(`${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed > 0 ? 1 : 0;
