/** The pages about frameworks that are not installed here show code of apps that the suite over them starts. */
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { blocksOf, page } from "../docs/_pages.ts";

const root = new URL("../../", import.meta.url);

test.each([
  ["react-router", "Root middleware", [
    "examples/react-router/app/root.tsx",
    "examples/react-router/app/maintenance.server.ts",
  ]],
  ["react-router", "Around the server", ["test/frameworks/apps/react-router-server/server.mjs"]],
  ["tanstack-start", "Request middleware", [
    "examples/tanstack-start/src/start.ts",
    "examples/tanstack-start/src/maintenance.server.ts",
  ]],
  ["tanstack-start", "Around the server", ["test/frameworks/apps/tanstack-start-server/server.mjs"]],
  ["vite", "The plugin", ["examples/vite/vite.config.ts"]],
  ["aws-lambda", "The handler", ["examples/aws-lambda/handler.ts"]],
  ["vercel", "A function", ["src/frameworks/vercel.ts"]],
  ["netlify", "A function", ["src/frameworks/netlify.ts"]],
])("docs/frameworks/%s.md shows code that runs: %s", (name, heading, files) => {
  expectKnown(page(`frameworks/${name}.md`).blocksUnder(heading, "ts", "tsx").map(({ text }) => text), files);
});

test.each(blocksOf("app"))("$page:$line shows code that runs", ({ page, text }) => {
  const name = basename(page, ".md");
  const cwd = fileURLToPath(root);
  const files = globSync([`examples/${name}/**/*.*`, `test/frameworks/apps/${name}*/**/*.*`], { cwd });
  expectKnown([text], [...files, `src/frameworks/${name}.ts`]);
});

/** Expects that all that pages import and call stands in one of these files, however it is put together there. */
function expectKnown(shown: readonly string[], files: readonly string[]): void {
  const texts = files.map((file) => readFileSync(new URL(file, root), "utf8").replaceAll(/^ \* /gm, ""));
  const known = new Set(texts.flatMap(namesIn));
  const used = shown.flatMap(namesIn);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((name) => !known.has(name) && !ELSEWHERE.includes(name))).toEqual([]);
}

/** What stands for code of the reader's own, or is in no app because each of ours does it in another way. */
const ELSEWHERE = [
  "NextFetchEvent from next/server",
  "NextRequest from next/server",
  "URLPattern from urlpattern-polyfill/urlpattern",
  "getUserSession()",
  "isStaffSession()",
];

/** What code imports from packages, and the names of what it calls. */
function namesIn(code: string): string[] {
  const imports = [...code.matchAll(/^import (?:type )?(.*?) from "([^.].*?)";$/gm)].flatMap(([, names, from]) =>
    names!.split(/[{},]/).map((name) => name.trim().replace(/^type /, "")).filter((name) => name !== "")
      .map((name) => `${name} from ${from}`)
  );
  const calls = [...code.matchAll(/(?<!function )\b(\w+)(?:<[^()<>]*>)?\((?=[\w"({])/g)].map(([, name]) => `${name}()`);
  return [...imports, ...calls.filter((call) => !/^(if|for|while|async|use)\(\)$/.test(call))];
}
