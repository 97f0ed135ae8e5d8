import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { sectionOf } from "../../src/cli/init/recipe.ts";
import { GENERIC, RECIPES } from "../../src/cli/init/recipes.ts";
import { cli } from "./_cli.ts";

const docs = new URL("../../docs/", import.meta.url);

/** Makes a folder with these files, which is removed after the test. */
function makeFolder(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "maintenancemode-init-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const manifest = (dependencies: Readonly<Record<string, string>>) => JSON.stringify({ dependencies });

test("init names the framework, the file and the lines, and changes nothing", async () => {
  const files = {
    "package.json": manifest({ express: "^5.0.0" }),
    "src/routes.js": "",
    "src/server.js": 'import express from "express";\nconst app = express();\n',
    "src/server.test.js": 'import express from "express";',
    "node_modules/other/index.js": 'import express from "express";',
  };
  const folder = makeFolder(files);
  const { code, stdout, stderr } = await cli(["init"], { cwd: folder });
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^Found Express \^5\.0\.0 in package\.json\.\n/);
  expect(stdout).toContain("1. Install the package:\n\n   npm install maintenancemode\n");
  expect(stdout).toContain("2. In src/server.js, before everything that it is to guard, add:");
  expect(stdout).toContain("   app.use(maintenanceMiddleware(maintenance");
  expect(stdout).toContain("maintenancemode on --wait 30s --store file:maintenance.json\n");
  expect(stdout).toContain('README.md of the package says more, under "Frameworks".');
  expect(stdout).not.toContain("docs/");
  expect(readdirSync(folder, { recursive: true, encoding: "utf8" }).length).toBe(8);
  for (const [path, text] of Object.entries(files)) expect(readFileSync(join(folder, path), "utf8")).toBe(text);
});

test("init writes require() for a file that uses it", async () => {
  const folder = makeFolder({
    "package.json": manifest({ express: "~4.16.1" }),
    "app.js": "var express = require('express');\nvar app = express();\n",
  });
  const { json } = await cli(["init", "--json"], { cwd: folder });
  expect(json.steps[0].file).toBe("app.js");
  expect(json.steps[0].code).toContain('const { maintenanceMode } = require("maintenancemode");\n');
  expect(json.steps[0].code).not.toContain("import ");
});

test("init says that the package is there already, and where it is used", async () => {
  const folder = makeFolder({
    "package.json": manifest({ express: "^5.0.0", maintenancemode: "^0.1.0" }),
    "server.ts": 'import express from "express";\nimport { maintenanceMode } from "maintenancemode";\n',
  });
  const { stdout, stderr } = await cli(["init"], { cwd: folder });
  expect(stdout).not.toContain("Install");
  expect(stderr).toBe("note: the app uses maintenancemode already, in server.ts\n");
});

test.each([
  ["pnpm-lock.yaml", "pnpm add maintenancemode", "node"],
  ["yarn.lock", "yarn add maintenancemode", "node"],
  ["bun.lock", "bun add maintenancemode", "bun"],
])("init reads the package manager from %s", async (file, install, runtime) => {
  const folder = makeFolder({ "package.json": "{}", [file]: "" });
  const { json } = await cli(["init", "--json"], { cwd: folder });
  expect(json).toMatchObject({ framework: null, install, runtime });
});

test("init knows an app of Deno without a package.json", async () => {
  const folder = makeFolder({ "deno.json": "{}", "main.ts": "Deno.serve(() => new Response());" });
  const { stdout } = await cli(["init"], { cwd: folder });
  expect(stdout).toContain("deno add jsr:@maintenancemode/maintenancemode");
  expect(stdout).toContain("Deno.serve(withMaintenance(maintenance, handler));");
});

test("init tells the generic way where it knows no framework, or finds an empty folder", async () => {
  const { code, stdout } = await cli(["init"], { cwd: makeFolder({}) });
  expect(code).toBe(0);
  expect(stdout).toContain("No framework that is known here was found in package.json");
  expect(stdout).toContain("createServer((req, res) => gate(req, res, () => listener(req, res)))");
});

test("init names a package.json that it cannot read", async () => {
  const folder = makeFolder({ "package.json": "{" });
  const { code, stderr } = await cli(["init"], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain(`Cannot read ${join(folder, "package.json")}: `);
});

test("init finds where the new files of Next belong, and writes them without types for JavaScript", async () => {
  const typed = makeFolder({
    "package.json": manifest({ next: "^16.0.0" }),
    "tsconfig.json": "",
    "src/app/page.tsx": "",
  });
  const { json } = await cli(["init", "--json"], { cwd: typed });
  expect(json.steps.map(({ file }: { file: string }) => file)).toEqual([
    "src/maintenance.ts",
    "src/instrumentation.ts",
  ]);
  const plain = makeFolder({ "package.json": manifest({ next: "^16.0.0" }), "app/page.js": "" });
  const { json: { steps } } = await cli(["init", "--json"], { cwd: plain });
  expect(steps.map(({ file }: { file: string }) => file)).toEqual(["maintenance.js", "instrumentation.js"]);
  expect(steps[0].code).toContain("const shared = globalThis;");
  expect(steps[1].code).toContain("export async function register() {");
});

test("init takes a framework for itself, and not for one under it, and says nothing of Vite beside it", async () => {
  const folder = makeFolder({
    "package.json": manifest({ "@react-router/dev": "8.4.0", express: "^5.0.0", vite: "^8.0.0" }),
    "tsconfig.json": "",
    "app/root.tsx": "",
  });
  const { json } = await cli(["init", "--json"], { cwd: folder });
  expect(json).toMatchObject({ framework: "React Router", others: ["Express"] });
  expect(json.steps).toMatchObject([{ file: "app/maintenance.server.ts", isNew: true }, {
    file: "app/root.tsx",
    isNew: false,
  }]);
});

test("init tells an app of Astro that has no server yet how it gets one", async () => {
  const folder = makeFolder({ "package.json": manifest({ astro: "^7.0.0" }), "astro.config.mjs": "" });
  const { stdout } = await cli(["init"], { cwd: folder });
  expect(stdout).toContain(
    'In astro.config.mjs, beside the adapter of a server, which "npx astro add node" adds, add:',
  );
  expect(stdout).toContain('output: "server",');
});

test("init takes a function of AWS Lambda for that, and not for the framework in it", async () => {
  const folder = makeFolder({
    "package.json": manifest({ "@types/aws-lambda": "^8.10.0", express: "^5.0.0" }),
    "src/handler.ts": 'import type { APIGatewayProxyEventV2 } from "aws-lambda";',
  });
  const { stdout, stderr } = await cli(["init"], { cwd: folder });
  expect(stdout).toMatch(/^Found AWS Lambda /);
  expect(stdout).toContain("In src/handler.ts, around your handler, add:");
  expect(stdout).toContain("Start or deploy the app, and switch it:");
  expect(stderr).toBe("note: there is also Express\n");
});

test("init names no file where it knows no framework", async () => {
  const folder = makeFolder({ "package.json": "{}", "server.ts": 'import { x } from "@other/package";' });
  const { json } = await cli(["init", "--json"], { cwd: folder });
  expect(json.steps[0].file).toBeNull();
});

test.each(["--store", "--reason"])("init takes no %s", async (option) => {
  const { code, stderr } = await cli(["init", option, "x.json"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`"${option}"`)]);
});

/** What is the same everywhere, and written in different ways in the docs. */
const COMMON = /^(|import .*(mode"|\/state"|\/file");|const (state|maintenance) = .*)$/;

test.each(RECIPES)("The page of the docs has the lines of init for $name", ({ packages, page, steps }) => {
  expect(packages.length).toBeGreaterThan(0);
  const text = readFileSync(new URL(`${page}.md`, docs), "utf8");
  const lines = steps.flatMap(({ code }) => code.split("\n")).filter((line) => !COMMON.test(line));
  expect(lines.filter((line) => !text.includes(line))).toEqual([]);
});

test.each([...RECIPES, ...Object.values(GENERIC)])(
  "The section of README.md that init names leads to $name",
  (recipe) => {
    const readme = readFileSync(new URL("../README.md", docs), "utf8");
    const section = readme.split(/^## /m).find((text) => text.startsWith(`${sectionOf(recipe)}\n`));
    expect(section).toContain(`(docs/${recipe.page}.md`);
  },
);
