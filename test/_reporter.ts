/** Counts the tests of a run of vitest for `run.ts`, and keeps what failed, so that it can be told once more at the end. */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import process from "node:process";
import type { SerializedError } from "vitest";
import type { Reporter, TestModule } from "vitest/node";
import type { Count } from "./run.ts";

/** How many lines are shown of what went wrong. */
const LINES = 12;

/** A reporter that writes a {@link Count} to the file that `TEST_COUNT` names. */
export default class CountReporter implements Reporter {
  /** Called by vitest when all tests have run. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const count: Count = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const fail = (where: string, errors: readonly SerializedError[]) => {
      count.failed++;
      count.failures.push([`✗ ${where}`, ...errors.flatMap(linesOf)].join("\n"));
    };
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result();
        if (state === "failed") fail(`${module.relativeModuleId}: ${test.fullName}`, errors);
        else count[state === "passed" ? "passed" : "skipped"]++;
      }
      // What is around the tests: the file cannot be loaded, or what comes before or after them fails.
      for (const suite of [module, ...module.children.allSuites()]) {
        const name = suite.type === "module" ? "the file as a whole" : suite.fullName;
        if (suite.errors().length > 0) fail(`${module.relativeModuleId}: ${name}`, suite.errors());
      }
    }
    for (const error of unhandled) fail(`outside of any test: ${whereOf(error)}`, [error]);
    writeFileSync(process.env["TEST_COUNT"]!, JSON.stringify(count));
  }
}

/** The file that ran, and the test that ran last in it, if they are known. */
function whereOf(error: SerializedError): string {
  const { VITEST_TEST_PATH: file, VITEST_TEST_NAME: test } = error;
  if (typeof file !== "string") return "no file is known";
  return relative(process.cwd(), file) + (test === undefined ? "" : `, after the start of "${test}"`);
}

function linesOf({ name, message, stack }: SerializedError): string[] {
  const lines = (stack?.includes(message) ? stack : `${name}: ${message}\n${stack ?? ""}`).split("\n");
  return lines.filter((line) => !line.includes("node_modules")).slice(0, LINES).map((line) => `    ${line}`);
}
