/** The built site in a browser: `npm run docs:build` first. Its pictures are left in test/artefacts/docs. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipping } from "../_needs.ts";
import { launchVisitor } from "../hosts/_site.ts";
import { pages } from "./_pages.ts";
import { repository } from "./_scratch.ts";

const dist = join(repository, "docs/.vitepress/dist");
const isBuilt = existsSync(join(dist, "index.html"));
if (!isBuilt) skipping('the site of docs/ is missing: build it with "npm run docs:build"');

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".png": "image/png",
};

/** The forms in which the site is looked at. */
const FORMS: Record<string, BrowserContextOptions> = {
  light: { colorScheme: "light", viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  telephone: { colorScheme: "light", viewport: { width: 390, height: 844 } },
};

const LOOKED_AT = { home: "/", runbook: "/runbook", options: "/options", page: "/page", api: "/api/maintenancemode" };

describe.skipIf(!isBuilt)("The site", () => {
  let server: Server;
  let browser: Browser | undefined;
  let origin: string;

  beforeAll(async () => {
    server = createServer((req, res) => {
      const path = new URL(req.url!, "http://x").pathname.replace(/\/$/, "/index");
      const file = [path, `${path}.html`].map((name) => join(dist, name)).find((name) =>
        existsSync(name) && extname(name) !== ""
      );
      if (file === undefined) return void res.writeHead(404).end();
      res.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(
        readFileSync(file),
      );
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await launchVisitor();
  });

  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  const overflow = (tab: Page) => tab.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);

  test.for(Object.keys(FORMS))("in the form %s has no error, and fits into the window", async (form, { skip }) => {
    if (browser === undefined) return skip("Chromium does not start here");
    const context = await browser.newContext(FORMS[form]);
    const tab = await context.newPage();
    const errors: string[] = [];
    tab.on("pageerror", (error) => errors.push(error.message));
    tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    tab.on("response", (response) => response.status() >= 400 && errors.push(`${response.status()} ${response.url()}`));
    for (const [name, path] of Object.entries(LOOKED_AT)) {
      await tab.goto(origin + path, { waitUntil: "networkidle" });
      await tab.screenshot({ path: join(repository, `test/artefacts/docs/${name}-${form}.png`) });
      expect(await overflow(tab), path).toBeLessThanOrEqual(0);
    }
    expect(errors).toEqual([]);
    await context.close();
  });

  test("no page is wider than a telephone", async ({ skip }) => {
    if (browser === undefined) return skip("Chromium does not start here");
    const context = await browser.newContext(FORMS["telephone"]);
    const tab = await context.newPage();
    const wide: string[] = [];
    for (const { path } of pages.filter(({ path }) => path.startsWith("docs/"))) {
      await tab.goto(`${origin}${path.replace(/^docs/, "").replace(/(?:index)?\.md$/, "")}`);
      if (await overflow(tab) > 0) wide.push(path);
    }
    expect(wide).toEqual([]);
    await context.close();
  });

  test("the search finds the page that explains a word before its entry in the reference", async ({ skip }) => {
    if (browser === undefined) return skip("Chromium does not start here");
    const context = await browser.newContext(FORMS["light"]);
    const tab = await context.newPage();
    await tab.goto(`${origin}/quick-start`, { waitUntil: "networkidle" });
    await tab.keyboard.press("Control+k");
    await tab.getByRole("searchbox").fill("trustProxy");
    const first = tab.locator("#localsearch-list .result").first();
    await first.waitFor();
    expect(await first.getAttribute("href")).toMatch(/^\/options/);
    await context.close();
  });

  test("llms.txt lists every page, and each is there as Markdown", () => {
    const listed = Array.from(
      readFileSync(join(dist, "llms.txt"), "utf8").matchAll(/\]\(\/(.*)\)$/gm),
      ([, path]) => path!,
    );
    expect(listed.filter((path) => !existsSync(join(dist, path)))).toEqual([]);
    const written = pages.map(({ path }) => path.replace(/^docs\//, "")).filter((path) =>
      !/^(?:README|index)\.md$/.test(path)
    );
    expect(written.filter((path) => !listed.includes(path))).toEqual([]);
    expect(readFileSync(join(dist, "llms-full.txt"), "utf8")).toContain("# Runbook for the night");
  });

  test("the reference has a page for each entry point", () => {
    const { exports } = JSON.parse(readFileSync(join(repository, "deno.json"), "utf8"));
    const entries = Object.keys(exports).filter((name) => name !== "./cli").map((name) =>
      `maintenancemode${name.slice(1)}`
    );
    const found = readdirSync(join(dist, "api"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".html")).map((name) => name.slice(0, -".html".length));
    expect(entries.filter((name) => !found.includes(name))).toEqual([]);
  });
});
