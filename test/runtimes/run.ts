/**
 * The conformance suite: the same cases over real sockets and real events, in every runtime, against the package as it
 * is packed and installed.
 *
 *     node test/runtimes/run.ts [--only deno,bun] [--case text]
 *
 * It prints a table of cases by runtimes, then each failure with what was expected and got. A runtime that is not
 * installed is skipped with a line that says so; with `CI=true` that is a failure. The exit status is 1 if anything failed.
 * For `test/run.ts` it writes how many cells have passed and failed to the file that `TEST_COUNT` names; those of missing
 * runtimes are skipped. It takes Node 22.18 or newer, as `npm test` does; the runtimes under test are others.
 *
 * - `cases/`: what is sent and what has to come back, a file a subject. A new case is one line there.
 * - `inside/`: what runs in the runtimes. `gates.ts` has the configurations that the cases name, `checks-*.ts` has checks
 *   that need no server, and each other file is the entry of a runtime.
 * - `runtimes.ts`: the list of runtimes. A new one costs a short entry in `inside/`, which mounts the gates as a user
 *   would (`inside/bun.ts` is one), and some lines in that list: how to start it, and what it has no way to do and why.
 * - `drivers/`: how runtimes are started and talked to: programs that listen on a socket, workerd, a browser.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Count } from "../run.ts";
import { cases } from "./cases.ts";
import type { Project, Target } from "./drivers/target.ts";
import { checks } from "./inside/checks.ts";
import { GATE_NEEDS } from "./inside/gates.ts";
import { createProject } from "./project.ts";
import { type Cell, type Column, count, failureOf, printReport } from "./report.ts";
import { repository, type Runtime, runtimes } from "./runtimes.ts";
import { type Case, differenceOf, type Failure, type Notes } from "./suite.ts";

const start = "it starts, with all gates made at the top level of a module";
const silence = "nothing is written to the console but where a proxy seems to be";

const { values: options } = parseArgs({
  options: { only: { type: "string" }, case: { type: "string", default: "" } },
});
const wanted = options.only?.split(",");
const unknown = wanted?.filter((name) => !runtimes.some((runtime) => runtime.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(
    `There is no runtime ${unknown.join(", ")}: choose from ${runtimes.map(({ name }) => name).join(", ")}`,
  );
  process.exit(1);
}

const started = performance.now();
const appliesTo = (name: string) => name.includes(options.case);
const meant = cases.filter(({ name }) => appliesTo(name));
const meantChecks = Object.keys(checks).filter(appliesTo);
const rows = [start, ...meant.map(({ name }) => name), ...meantChecks, ...[silence].filter(appliesTo)];

const project = await createProject(repository);
console.log(`Packed and installed in ${seconds(started)}`);

// Two at a time: starting one is work for a core, talking to one is not.
const waiting = runtimes.filter(({ name }) => wanted?.includes(name) ?? true);
const columns = waiting.map(({ name, title, second = false }): Column => {
  return { name, title, second, version: "", cells: new Map() };
});
const queue = waiting.map((runtime, i) => ({ runtime, column: columns[i]! }));
await Promise.all([1, 2].map(async () => {
  for (let next = queue.shift(); next; next = queue.shift()) {
    const began = performance.now();
    await fill(next.runtime, next.column, project);
    console.log(`${next.runtime.name.padEnd(12)} ${next.column.version.padEnd(16)} ${seconds(began)}`);
  }
}));

printReport(rows, columns);
const { passed, failed, notApplicable } = count(columns);
const skipped = columns.filter(({ missing }) => missing !== undefined).length * rows.length;
console.log(
  `\n${rows.length} cases on ${columns.length} runtimes in ${seconds(started)}, ${notApplicable} cells not applicable`,
);
const file = process.env["TEST_COUNT"];
// The report ends with the failures, and the line that counts is the last one of all tests.
if (file) writeFileSync(file, JSON.stringify({ passed, failed, skipped, failures: [] } satisfies Count));
else console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

/** Runs all cases in one runtime. */
async function fill(runtime: Runtime, column: Column, project: Project): Promise<void> {
  let target: Target;
  try {
    const result = await runtime.start(project);
    if ("missing" in result) {
      if (process.env["CI"]) throw new Error(`It is missing, and CI=true asks for it: ${result.missing}`);
      column.missing = result.missing;
      return;
    }
    target = result;
  } catch (error) {
    column.cells.set(start, { state: "failed", failure: failureOf(error) });
    return;
  }
  column.cells.set(start, { state: "passed" });
  column.version = target.version;
  try {
    for (const one of meant) {
      const own = GATE_NEEDS[one.gate];
      const needs = own === undefined ? one.needs : [...one.needs, own];
      column.cells.set(one.name, await cellOf(runtime, needs, () => runCase(target, one)));
    }
    for (const name of meantChecks) {
      const reason = runtime.lacksChecks?.[name];
      const cell = reason === undefined
        ? await cellOf(runtime, ["checks"], () => runCheck(target, name))
        : { state: "notApplicable" as const, reason };
      column.cells.set(name, cell);
    }
    if (appliesTo(silence)) column.cells.set(silence, await cellOf(runtime, [], () => Promise.resolve(noise(target))));
  } finally {
    await target.close();
  }
}

async function cellOf(
  { lacks }: Runtime,
  needs: Case["needs"],
  run: () => Promise<Failure | undefined>,
): Promise<Cell> {
  const lacking = needs.find((need) => need in lacks);
  if (lacking) return { state: "notApplicable", reason: lacks[lacking]! };
  try {
    const failure = await run();
    return failure ? { state: "failed", failure } : { state: "passed" };
  } catch (error) {
    return { state: "failed", failure: failureOf(error) };
  }
}

async function runCase(target: Target, { gate, steps }: Case): Promise<Failure | undefined> {
  for (const [index, step] of steps.entries()) {
    if (step.switch !== undefined) await control(target, `switch?name=${gate}&on=${step.switch}`);
    for (let i = 0; i < (step.times ?? 1); i++) {
      if (step.expect.notes) await control(target, `notes?name=${gate}`);
      const reply = await target.send(step.request, gate);
      const notes = step.expect.notes ? await control(target, `notes?name=${gate}`) as Notes : undefined;
      const failure = differenceOf(step.expect, reply, notes);
      if (failure) return steps.length > 1 ? { ...failure, what: `request ${index + 1}, ${failure.what}` } : failure;
    }
  }
  return undefined;
}

async function runCheck(target: Target, name: string): Promise<Failure | undefined> {
  const result = await control(target, `check?name=${encodeURIComponent(name)}`) as Failure & { ok: boolean };
  return result.ok ? undefined : result;
}

/** Asks the fixture itself, by an address that no gate sees. */
async function control(target: Target, request: string): Promise<unknown> {
  const { status, body } = await target.send({ target: `/__control/${request}` }, "off");
  if (status !== 200) throw new Error(`/__control/${request} gave ${status} ${body}`);
  return JSON.parse(body);
}

function noise(target: Target): Failure | undefined {
  // Some gates know addresses and no proxies, and get what proxies send.
  const hint = /^maintenancemode: a request comes from \S+ with \S+, and "trustProxy" is not set: .*\n?/gm;
  const output = target.output().replace(hint, "").trim();
  return output === "" ? undefined : { what: "output", expected: "none", got: output.slice(0, 1500) };
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
