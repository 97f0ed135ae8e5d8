/**
 * `npm test` and `npm run test:all`: builds, with `--all` runs the suite over the frameworks, then runs the
 * tests with vitest, then the conformance suite. The last line counts them all; above it stands each failure once more.
 *
 *     node test/run.ts [--all]
 *
 * Without `--all` it runs what needs npm alone and is quick: the files `*.test.ts` without `*.full.test.ts`, and the
 * conformance suite in the runtimes of {@link QUICK_RUNTIMES}. `vitest.config.ts` says which files are which.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What one step has to say about its tests. */
export interface Count {
  passed: number;
  failed: number;
  skipped: number;
  /** Each failure: where it was, and below it what went wrong. */
  failures: string[];
}

/** Where the conformance suite runs in `npm test`: the oldest Node, ours, and one of each other kind. */
const QUICK_RUNTIMES = ["node20", "node24", "deno", "bun", "workerd"];

const root = fileURLToPath(new URL("../", import.meta.url));
const bin = join(root, "node_modules", ".bin");

const { values: options } = parseArgs({ options: { all: { type: "boolean", default: false } } });
const results = mkdtempSync(join(tmpdir(), "maintenancemode-test-"));
process.on("exit", () => rmSync(results, { recursive: true, force: true }));

/** Runs a step, which leaves its count in a file. One that fails without saying where is a failure of its own. */
function run(name: string, [command, ...args]: readonly [string, ...string[]]): Count {
  const file = join(results, `${name}.json`);
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, TEST_COUNT: file };
  const { status, signal, error } = spawnSync(command, args, { cwd: root, env, stdio: "inherit" });
  const count = read(file);
  if (status === 0 || count.failed > 0) return count;
  const reason = error?.message ?? (signal === null ? `exit status ${status}` : signal);
  return { ...count, failed: 1, failures: [`✗ ${command} ${args.join(" ")}: ${reason}, see above`] };
}

/** What a step has counted: nothing, if it has come to no end, or has no tests. */
function read(file: string): Count {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 0, skipped: 0, failures: [] };
  }
}

const build = run("build", ["tsup"]);
const steps: Parameters<typeof run>[] = [
  // First, because some of the units use the frameworks that it installs.
  ...options.all ? [["frameworks", ["node", "test/frameworks/run.ts"]] satisfies Parameters<typeof run>] : [],
  ["units", [
    "vitest",
    "run",
    "--reporter=default",
    "--reporter=./test/_reporter.ts",
    ...options.all ? [] : ["--project=quick"],
  ]],
  ["conformance", ["node", "test/runtimes/run.ts", ...options.all ? [] : ["--only", QUICK_RUNTIMES.join(",")]]],
];
const counts = [build, ...build.failed > 0 ? [] : steps.map((step) => run(...step))];

const sum = (key: "passed" | "failed" | "skipped") => counts.reduce((sum, count) => sum + count[key], 0);
const failures = counts.flatMap(({ failures }) => failures);
if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
process.exitCode = sum("failed") > 0 ? 1 : 0;
console.log(
  `\n${sum("passed")} passed, ${sum("failed")} failed${sum("skipped") > 0 ? `, ${sum("skipped")} skipped` : ""}`,
);
