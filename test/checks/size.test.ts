import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BUDGETS, sizeOf, SLACK } from "./_size.ts";

const npm = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

test("every module has a budget", () => {
  const entries = Object.keys(npm.exports).filter((subpath) => !subpath.endsWith(".json"));
  expect(Object.keys(BUDGETS)).toEqual(entries.map((subpath) => subpath === "." ? "index" : subpath.slice(2)));
});

test.each(Object.entries(BUDGETS))(
  "%s fits into %i bytes, minified and gzipped, and nearly fills them",
  async (name, budget) => {
    const { gzipped } = await sizeOf(name);
    expect(gzipped).toBeLessThanOrEqual(budget);
    expect(gzipped).toBeGreaterThanOrEqual(Math.floor(budget * (1 - SLACK)));
  },
);

/** What the adapters of frameworks stand on, and what they may weigh beside it. */
const ON: Readonly<Record<string, readonly string[]>> = {
  connect: ["express", "nest", "fastify", "koa", "next", "h3", "vite"],
  fetch: [
    ...["hono", "elysia", "itty-router", "srvx", "sveltekit", "astro", "react-router", "tanstack-start"],
    ...["aws-lambda", "vercel", "netlify"],
  ],
};

/** On Node, these look at the target that a client has sent as well, because their servers take the URL from the Host field. */
const WITH_TARGET = ["hono", "elysia", "itty-router", "srvx", "h3"];

test.each(Object.entries(ON).flatMap(([base, names]) => names.map((name) => [name, base] as const)))(
  "%s weighs little more than %s",
  async (name, base) => {
    const [adapter, entry] = await Promise.all([sizeOf(name), sizeOf(base)]);
    expect(adapter.gzipped - entry.gzipped).toBeLessThanOrEqual(WITH_TARGET.includes(name) ? 2_600 : 2_048);
  },
);
