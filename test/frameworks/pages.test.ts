/** The pages about frameworks that are not installed here show code of apps that the suite over them starts. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { page } from "../docs/_pages.ts";

const root = new URL("../../", import.meta.url);

test.each([
  ["react-router", "Root middleware", [
    "examples/react-router/app/root.tsx",
    "examples/react-router/app/maintenance.server.ts",
  ]],
  ["react-router", "Around the server", ["test/frameworks/apps/react-router-server/server.mjs"]],
  ["tanstack-start", "Request middleware", ["examples/tanstack-start/src/start.ts"]],
  ["tanstack-start", "Around the server", ["test/frameworks/apps/tanstack-start-server/server.mjs"]],
  ["vite", "The plugin", ["examples/vite/vite.config.ts"]],
  ["aws-lambda", "The handler", ["examples/aws-lambda/handler.ts"]],
  ["vercel", "A function", ["src/frameworks/vercel.ts"]],
  ["netlify", "A function", ["src/frameworks/netlify.ts"]],
])("docs/frameworks/%s.md shows code that runs: %s", (name, heading, files) => {
  const texts = files.map((file) => readFileSync(new URL(file, root), "utf8").replaceAll(/^ \* /gm, ""));
  // What is no part of the lesson may differ: the page leaves out options, and names its own files.
  const calls = (text: string) => text.match(/^import .*|[\w.]+\((?=[\w"({])/gm) ?? [];
  const known = new Set(texts.flatMap(calls));
  const shown = page(`frameworks/${name}.md`).blocksUnder(heading, "ts", "tsx").flatMap(({ text }) => calls(text));
  expect(shown.length).toBeGreaterThan(3);
  expect(shown.filter((call) => !known.has(call) && !/ "\.\//.test(call))).toEqual([]);
});
