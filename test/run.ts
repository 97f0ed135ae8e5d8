// `npm test`: builds, runs the unit tests, then the conformance suite on every runtime. The last line counts them all.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** What one step has to say about its tests. */
interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is read of the report of vitest. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: unknown[] }[];
}

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const results = mkdtempSync(join(tmpdir(), "maintenancemode-test-"));

function run(command: string, ...args: string[]): boolean {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const { status, signal, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  if (error !== undefined || signal !== null) console.error(`${command} ended by ${error?.message ?? signal}`);
  return status === 0;
}

/** Reads the results a step left. One that failed without saying at which test, or left none, counts as a failed test. */
function countOf<Report>(succeeded: boolean, file: string, read: (report: Report) => Count): Count {
  let count: Count = { passed: 0, failed: 0, skipped: 0 };
  try {
    count = read(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    console.error(`Cannot read the results of the step: ${error}`);
    succeeded = false;
  }
  return !succeeded && count.failed === 0 ? { ...count, failed: 1 } : count;
}

function runUnits(): Count {
  const file = join(results, "units.json");
  const succeeded = run("vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`);
  return countOf(succeeded, file, (report: VitestReport) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.testResults.filter(failedToLoad).length,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

function failedToLoad({ status, assertionResults }: VitestReport["testResults"][number]): boolean {
  return status === "failed" && assertionResults.length === 0;
}

function runRuntimes(): Count {
  const file = join(results, "runtimes.json");
  return countOf(run("node", "test/runtimes/run.ts", "--json", file), file, (count: Count) => count);
}

const counts = run("tsup") ? [runUnits(), runRuntimes()] : [{ passed: 0, failed: 1, skipped: 0 }];
rmSync(results, { recursive: true });

const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
const skipped = counts.reduce((sum, count) => sum + count.skipped, 0);
process.exitCode = failed > 0 ? 1 : 0;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
