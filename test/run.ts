// `npm test`: builds, runs the unit tests, then the conformance suite on every runtime. The last line counts them all.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** What one step has to say about its tests. */
interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is read of the report of vitest. */
interface VitestReport {
  testResults: FileResult[];
}

interface FileResult {
  name: string;
  status: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
}

/** When more files than this have failed tests, it is not for a busy machine. */
const FEW_FILES = 5;
/** How many lines of what went wrong are shown again at the end. */
const LINES = 12;

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const results = mkdtempSync(join(tmpdir(), "maintenancemode-test-"));
/** What stands above the last line: each failure once more, so that nobody has to look for it. */
const closing: string[] = [];

function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const { status, signal, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (error !== undefined || signal !== null) console.error(`${command} ended by ${error?.message ?? signal}`);
  return status === 0;
}

/** Reads the results that a step left. */
function read<Results>(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    console.error(`Cannot read the results of the step: ${error}`);
    return undefined;
  }
}

/** Counts a step that failed without saying at which test as a failed test. */
function ended(succeeded: boolean, count: Count | undefined): Count {
  if (count === undefined) return { passed: 0, failed: 1, skipped: 0 };
  return !succeeded && count.failed === 0 ? { ...count, failed: 1 } : count;
}

/**
 * Runs the unit tests, which start dozens of servers and browsers side by side. Files in which tests failed run once
 * more, one at a time: what passes then was held up by the others. It passes, and is named above the last line.
 */
function runUnits(): Count {
  const first = runVitest("units.json");
  if (first.files === undefined) return ended(false, undefined);
  const failed = first.files.filter(({ status }) => status === "failed");
  if (failed.length === 0 || failed.length > FEW_FILES) {
    closing.push(...failed.flatMap((file) => failuresOf(file, "✗")));
    return ended(first.succeeded, countOf(first.files));
  }
  console.log(`\nOnce more, alone: ${failed.map(({ name }) => relative(root, name)).join(", ")}`);
  const again = runVitest("again.json", "--no-file-parallelism", ...failed.map(({ name }) => name));
  const passed = (again.files ?? []).filter(({ status }) => status === "passed").map(({ name }) => name);
  const retold = failed.map((file) => passed.includes(file.name) ? failuresOf(file, "failed once, passed alone:") : []);
  closing.push(...retold.flat(), ...(again.files ?? []).flatMap((file) => failuresOf(file, "✗")));
  const rest = first.files.filter(({ status }) => status !== "failed");
  return ended(again.succeeded, countOf([...rest, ...again.files ?? failed]));
}

function runVitest(report: string, ...args: string[]): { succeeded: boolean; files: FileResult[] | undefined } {
  const file = join(results, report);
  const outputs = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const succeeded = run("vitest", "run", ...outputs, ...args);
  return { succeeded, files: read<VitestReport>(file)?.testResults };
}

function countOf(files: readonly FileResult[]): Count {
  const statuses = files.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === "passed").length;
  const failed = statuses.filter((status) => status === "failed").length;
  const skipped = statuses.length - passed - failed;
  return { passed, failed: failed + files.filter(failedAsAWhole).length, skipped };
}

/** Whether a file failed, but none of its tests: it could not be loaded, or cleaning up after it failed. */
function failedAsAWhole({ status, assertionResults }: FileResult): boolean {
  return status === "failed" && assertionResults.every(({ status }) => status !== "failed");
}

function failuresOf(file: FileResult, mark: string): string[] {
  const tests = file.assertionResults.filter(({ status }) => status === "failed");
  const failures = tests.map(({ fullName, failureMessages }) => [fullName, failureMessages.join("\n")] as const);
  if (failedAsAWhole(file)) failures.push(["the file as a whole", file.message]);
  return failures.map(([name, message]) => {
    const ours = message.split("\n").filter((line) => !line.includes("node_modules"));
    const lines = ours.slice(0, LINES).map((line) => `    ${line}`);
    return [`${mark} ${relative(root, file.name)}: ${name}`, ...lines].join("\n");
  });
}

function runRuntimes(): Count {
  const file = join(results, "runtimes.json");
  return ended(run("node", "test/runtimes/run.ts", "--json", file), read<Count>(file));
}

const counts = run("tsup") ? [runUnits(), runRuntimes()] : [{ passed: 0, failed: 1, skipped: 0 }];
rmSync(results, { recursive: true });

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
const skipped = counts.reduce((sum, count) => sum + count.skipped, 0);
process.exitCode = failed > 0 ? 1 : 0;
if (closing.length > 0) console.log(`\n${closing.join("\n")}`);
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
