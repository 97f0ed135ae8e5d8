import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const root = new URL("../../", import.meta.url);
const npm = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const PACKED_BUDGET_BYTES = 400_000;

/** What is read of the list of a tarball's content. */
interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const [packed] = JSON.parse(
  // The build is there already, and a second one would take the files away from the tests beside this one.
  execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: root, encoding: "utf8" }),
) as [Packed];

test(`the package downloads as less than ${PACKED_BUDGET_BYTES} bytes`, () => {
  expect(packed.size).toBeLessThan(PACKED_BUDGET_BYTES);
});

test("the package holds ESM, types, JSON Schemas and documents, and nothing else", () => {
  const others = packed.files.map(({ path }) => path).filter((path) =>
    !/^dist\/[\w/-]+\.(?:js|d\.ts)$|^dist\/schemas\/\w+\.json$|^(?:package\.json|README\.md|CHANGELOG\.md|LICENSE)$/
      .test(path)
  );
  expect(packed.files.length).toBeGreaterThan(30);
  expect(others).toEqual([]);
  for (const name of ["state", "cli"]) {
    expect(packed.files.map(({ path }) => path)).toContain(`dist/schemas/${name}.json`);
  }
});

test("installing the package runs none of its scripts", () => {
  const ofInstalling = /^(?:(?:pre|post)?install|(?:pre|post)?prepare|prepublish|dependencies)$/;
  expect(Object.keys(npm.scripts).filter((name) => ofInstalling.test(name))).toEqual([]);
});
