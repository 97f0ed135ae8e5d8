import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { importsOf, sources } from "./_rooms.ts";
import tsup from "../../tsup.config.ts";

const root = new URL("../../", import.meta.url);
const npm = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const jsr = JSON.parse(readFileSync(new URL("deno.json", root), "utf8"));
const isJson = (subpath: string) => subpath.endsWith(".json");
const subpaths = Object.keys(npm.exports).filter((subpath) => !isJson(subpath));

test("deno.json exports what package.json exports, and what there is a command", () => {
  expect(Object.keys(jsr.exports)).toEqual([...subpaths, "./cli"]);
  expect(npm.bin).toEqual({ maintenancemode: "./dist/cli.js" });
  expect(jsr.exports["./cli"]).toBe("./src/cli/main.ts");
});

test("every host, framework and store in src/ is exported under its own name", () => {
  const files = [...sources().keys()].filter((file) => /^(?:hosts|frameworks|stores)\/[^/]+$/.test(file));
  const others = ["index", "tiny", "languages", "state", "admin", "graphql", "opentelemetry", "testing", "cli/main"]
    .map((
      name,
    ) => `./src/${name}.ts`);
  expect(Object.values(jsr.exports).sort()).toEqual([...others, ...files.map((file) => `./src/${file}`)].sort());
  for (const file of files) {
    expect(jsr.exports[`./${file.replace(/^(hosts|frameworks)\//, "").slice(0, -".ts".length)}`]).toBe(`./src/${file}`);
  }
});

test("tsup builds what is exported", () => {
  const { entry } = tsup as { entry: Record<string, string> };
  const built = Object.entries(entry).map(([name, file]) => [name === "index" ? "." : `./${name}`, `./${file}`]);
  expect(Object.fromEntries(built)).toEqual(jsr.exports);
});

test.each(subpaths)("%s names one module and its types, which the build has made", (subpath) => {
  const name = subpath === "." ? "index" : subpath.slice(2);
  expect(npm.exports[subpath]).toEqual({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` });
  for (const extension of ["d.ts", "js"]) {
    expect(existsSync(new URL(`dist/${name}.${extension}`, root)), `dist/${name}.${extension} exists`).toBe(true);
  }
});

test("package.json exports the JSON Schemas, which the build has copied", () => {
  const names = readdirSync(new URL("src/schemas/", root));
  expect(Object.keys(npm.exports).filter(isJson)).toEqual([
    ...["state.json", "cli.json"].map((name) => `./schemas/${name}`),
    "./package.json",
  ]);
  expect(names.sort()).toEqual(["cli.json", "state.json"]);
  for (const name of names) {
    expect(npm.exports[`./schemas/${name}`]).toBe(`./dist/schemas/${name}`);
    const [source, copy] = ["src", "dist"].map((folder) =>
      readFileSync(new URL(`${folder}/schemas/${name}`, root), "utf8")
    );
    expect(copy).toBe(source);
  }
});

test.each(subpaths)("the source of %s opens with a module doc that names its import path", (subpath) => {
  const text = readFileSync(new URL(jsr.exports[subpath], root), "utf8");
  const doc = /^\/\*\*\n(?<body>(?: \*.*\n)+?) \*\/\n/.exec(text)?.groups?.body;
  expect(doc).toContain(` * @module maintenancemode${subpath.slice(1)}\n`);
});

test("the clients of stores, graphql and OpenTelemetry are optional", () => {
  expect(npm.peerDependencies).toEqual({
    "@opentelemetry/api": ">=1.3.0",
    graphql: ">=16.0.0",
    ioredis: ">=5.0.0",
    redis: ">=5.0.0",
    unstorage: ">=1.10.0",
  });
  const optional = Object.keys(npm.peerDependencies).map((name) => [name, { optional: true }]);
  expect(npm.peerDependenciesMeta).toEqual(Object.fromEntries(optional));
});

test("package.json and deno.json agree on version, licence and dependencies", () => {
  expect(jsr.version).toBe(npm.version);
  expect(jsr.license).toBe(npm.license);
  // tsup builds what is needed of them into the package for npm; JSR takes the sources as they are.
  const builtIn = ["@bomb.sh/tab", "@noble/hashes"];
  // The one peer that is imported and not passed. Deno takes no open range.
  const graphql = "^16.0.0";
  const fromBuild = Object.fromEntries(builtIn.map((name) => [name, npm.devDependencies[name]]));
  const dependencies = { ...npm.dependencies, ...fromBuild, graphql };
  for (const name of builtIn) expect(Object.keys(npm.dependencies)).not.toContain(name);
  expect(Object.keys(jsr.imports).sort()).toEqual(Object.keys(dependencies).sort());
  for (const [name, range] of Object.entries<string>(dependencies)) {
    // Deno has no "||" in an npm: specifier and gets the newest of the ranges.
    expect(jsr.imports[name]).toBe(`npm:${name}@${range.split(" || ").at(-1)}`);
  }
});

test("the built package asks for nothing that is no dependency of it", () => {
  const asked = new Set<string>();
  for (const file of readdirSync(new URL("dist/", root), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js")) continue;
    for (const name of importsOf(readFileSync(new URL(`dist/${file}`, root), "utf8"))) {
      if (!name.startsWith(".")) asked.add(name);
    }
  }
  const packages = Array.from(asked, (name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)![0]).filter((name) =>
    !name.startsWith("node:")
  );
  const known = Object.keys({ ...npm.dependencies, ...npm.peerDependencies });
  expect(packages.filter((name) => !known.includes(name))).toEqual([]);
  expect(packages).toContain("croner");
});
