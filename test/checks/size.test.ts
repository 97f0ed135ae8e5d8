import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BUDGETS, sizeOf, SLACK } from "./_size.ts";

const npm = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

test("every entry has a budget", () => {
  const entries = Object.keys(npm.exports).filter((subpath) => subpath !== "./package.json");
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
