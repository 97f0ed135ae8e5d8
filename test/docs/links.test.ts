/** Links between pages, and that each block of code has a test. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { anchorOf, blocksOf, pages, TESTS_OF_OTHERS } from "./_pages.ts";
import { repository } from "./_scratch.ts";

/** What is linked to in a page, outside of its code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^( *)```.*?^\1```$/gms, "").replace(/`[^`]*`/g, "");
  return Array.from(prose.matchAll(/(?:\]\(|src=")([^)"\s]+)[)"]/g), ([, target]) => target!);
}

/** Pages without code that users run. */
const others = ["CONTRIBUTING.md", "RELEASING.md", "SECURITY.md", "examples/README.md"].map((path) => {
  return { path, text: readFileSync(join(repository, path), "utf8") };
});

test.each([...pages, ...others].map(({ path, text }) => [path, text]))(
  "The links in %s lead somewhere",
  (path, text) => {
    const missing = linksOf(text).filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [file = "", anchor] = target.split("#");
      const linked = file === "" ? path : relative(repository, join(repository, dirname(path), file));
      if (!existsSync(join(repository, linked))) return true;
      if (anchor === undefined) return false;
      return !pages.find((page) => page.path === linked)?.headings.map(anchorOf).includes(anchor);
    });
    expect(missing).toEqual([]);
  },
);

test("The README leads to every page, and so does the sidebar", () => {
  const linked = linksOf(pages[0]!.text);
  const config = readFileSync(join(repository, "docs/.vitepress/config.ts"), "utf8");
  const inSidebar = Array.from(config.matchAll(/link: "(\/[^"]*)"/g), ([, link]) => {
    return `docs${link}${link!.endsWith("/") ? "index" : ""}.md`;
  });
  const written = pages.map(({ path }) => path).filter((path) => path !== "README.md" && path !== "docs/index.md");
  expect(written.filter((path) => !inSidebar.includes(path))).toEqual([]);
  // Pages in folders are found from the page of their folder.
  const listed = [
    ...linked,
    ...pages.filter(({ path }) => path.endsWith("/index.md")).flatMap(({ path, text }) =>
      linksOf(text).map((target) => join(dirname(path), target.split("#")[0]!))
    ),
  ];
  expect(written.filter((path) => !listed.includes(path))).toEqual([]);
});

test("README.md has at most 250 lines", () => {
  expect(pages[0]!.text.split("\n").length).toBeLessThanOrEqual(251);
});

test("The scripts of npm that are named exist", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const named = [...pages, ...others].flatMap(({ path, text }) =>
    Array.from(text.matchAll(/npm run (?!migrate)([\w:]+)/g), ([, name]) => [path, name!] as const)
  );
  expect(named.length).toBeGreaterThan(5);
  for (const [path, name] of named) expect(scripts, path).toHaveProperty([name]);
});

test("Every block of code is run by a test", () => {
  const others = blocksOf("other").map(({ page, heading }) => `${page}: ${heading}`);
  expect(new Set(others)).toEqual(new Set(Object.keys(TESTS_OF_OTHERS)));
  for (const [place, file] of Object.entries(TESTS_OF_OTHERS)) {
    const heading = place.slice(place.indexOf(": ") + 2);
    expect(readFileSync(new URL(file, import.meta.url), "utf8"), place).toContain(heading);
  }
});
