import { expect, test } from "vitest";
import { importsOf, sources, wrongArrows } from "./_arrows.ts";

test("imports in src/ point one way", () => {
  const files = [...sources()];
  expect(files.length).toBeGreaterThan(10);
  expect(files.flatMap(([file, text]) => wrongArrows(file, text))).toEqual([]);
});

test("relative imports in src/ name a file that exists, with its extension", () => {
  const files = sources();
  const missing = [...files].flatMap(([file, text]) =>
    importsOf(text)
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => new URL(specifier, `file:///${file}`).pathname.slice(1))
      .filter((target) => !files.has(target))
      .map((target) => `${file} -> ${target}`)
  );
  expect(missing).toEqual([]);
});

test.each([
  ["core/handler.ts", 'import { html } from "../page/html.ts";', "core/handler.ts -> page/html.ts"],
  ["core/handler.ts", 'import type { Handler } from "../hosts/deno.ts";', "core/handler.ts -> hosts/deno.ts"],
  ["core/handler.ts", 'export * from "../maintenance.ts";', "core/handler.ts -> maintenance.ts"],
  ["core/handler.ts", 'import "node:net";', "core/handler.ts -> node:net"],
  ["core/handler.ts", 'const late = await import("../page/html.ts");', "core/handler.ts -> page/html.ts"],
  ["core/handler.ts", 'import "urlpattern-polyfill-fork";', "core/handler.ts -> urlpattern-polyfill-fork"],
  ["page/html.ts", 'import { maintenanceMode } from "../maintenance.ts";', "page/html.ts -> maintenance.ts"],
  ["hosts/deno.ts", 'import * as adapter from "@whatwg-node/server";', "hosts/deno.ts -> @whatwg-node/server"],
  ["hosts/deno.ts", 'import { middleware } from "./node.ts";', "hosts/deno.ts -> hosts/node.ts"],
  ["hosts/deno.ts", 'import { html } from "../page/html.ts";', "hosts/deno.ts -> page/html.ts"],
  ["elsewhere/new.ts", 'import "../core/types.ts";', "elsewhere/new.ts -> core/types.ts"],
])("wrongArrows() finds in %s the import %s", (file, text, found) => {
  expect(wrongArrows(file, text)).toEqual([found]);
});

test.each([
  ["core/handler.ts", 'import type { MaintenanceContext } from "./types.ts";'],
  ["core/url-pattern-class.ts", 'import { URLPattern } from "urlpattern-polyfill/urlpattern";'],
  ["page/html.ts", 'import { received } from "../core/errors.ts";'],
  ["hosts/node.ts", 'import { createServerAdapter } from "@whatwg-node/server";'],
  ["core/handler.ts", '// import { html } from "../page/html.ts";'],
])("wrongArrows() accepts in %s the import %s", (file, text) => {
  expect(wrongArrows(file, text)).toEqual([]);
});
