import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const here = fileURLToPath(new URL("./", import.meta.url));
const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** Consumers of the built package: a file, the libraries they compile with and the `@types` package of their host. */
const consumers = [
  { file: "core.test-d.ts", lib: "ES2022,DOM" },
  { file: "core.test-d.ts", lib: "ES2022,WebWorker" },
  { file: "bun.test-d.ts", lib: "ESNext", types: "bun" },
  { file: "node.test-d.ts", lib: "ES2022", types: "node" },
  { file: "express.test-d.ts", lib: "ES2022", types: "node" },
  { file: "opentelemetry.test-d.ts", lib: "ES2022", types: "node" },
  { file: "cloudflare.test-d.ts", lib: "ES2022", types: "@cloudflare/workers-types" },
  { file: "service-worker.test-d.ts", lib: "ES2022,WebWorker" },
];

const compilers = ["typescript", "typescript7"];

test.each(compilers.flatMap((compiler) => consumers.map((consumer) => ({ compiler, ...consumer }))))(
  "$compiler accepts $file with $lib",
  ({ compiler, file, lib, types }) => {
    const tsc = [
      `${modules}${compiler}/bin/tsc`,
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--exactOptionalPropertyTypes",
    ];
    const flags = ["--module", "NodeNext", "--target", "ES2022", "--allowImportingTsExtensions", "--lib", lib];
    // The declarations of hosts are not ours to check; without them nothing is skipped.
    const host = types === undefined ? [] : ["--types", types, "--skipLibCheck"];
    const { stdout } = spawnSync("node", [...tsc, ...flags, ...host, file], { cwd: here, encoding: "utf8" });
    expect(stdout).toBe("");
  },
);

test("deno accepts deno.test-d.ts", () => {
  const { status, stderr } = spawnSync("deno", ["check", "--quiet", "deno.test-d.ts"], { cwd: here, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
