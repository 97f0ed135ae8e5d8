import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const npm = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const modules = Object.keys(npm.exports).filter((subpath) => !subpath.endsWith(".json"));
const folder = mkdtempSync(join(tmpdir(), "maintenancemode-require-"));

beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules", npm.name), "junction");
  writeFileSync(
    join(folder, "app.cjs"),
    `for (const subpath of ${JSON.stringify(modules)}) require("${npm.name}" + subpath.slice(1));
const { maintenanceMode } = require("${npm.name}");
const { withMaintenance } = require("${npm.name}/deno");
const handler = withMaintenance(maintenanceMode({ enabled: true }), () => new Response("up"));
console.log(handler(new Request("http://site.test/"), { remoteAddr: { hostname: "203.0.113.9" } }).status);
`,
  );
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each(["node20", "node22", "node", "node26"])("CommonJS can require() every module in %s", async (alias) => {
  const node = join(root, "node_modules", alias, "bin", "node");
  const { stdout, stderr } = await promisify(execFile)(node, [join(folder, "app.cjs")]);
  expect({ stdout, stderr }).toEqual({ stdout: "503\n", stderr: "" });
});
