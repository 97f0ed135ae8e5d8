import { createRequire } from "node:module";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type axe from "axe-core";
import type { Page as Tab } from "playwright-core";
import { afterAll, expect } from "vitest";
import { maintenanceMiddleware } from "../../../src/hosts/connect.ts";
import { maintenanceMode } from "../../../src/index.ts";
import { LANGUAGES } from "../../../src/answer/page/languages.ts";
import { takePicture, untilTitle } from "./_browser.ts";
import { startTabs } from "./_tabs.ts";

const { test, open } = await startTabs();
const SECRET = "correct-horse-battery";

const middleware = maintenanceMiddleware(maintenanceMode({
  enabled: true,
  bypassSecret: SECRET,
  bypassForm: true,
  site: { name: "Example", contact: "help@example.com" },
}));
const server = createServer((req, res) =>
  middleware(req, res, () => {
    res.setHeader("content-type", "text/html");
    res.end(`<!doctype html><title>app</title><p>${req.method} ${req.url}`);
  })
);
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/shop?item=1`;

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

async function barriers(tab: Tab): Promise<string[]> {
  if (!await tab.evaluate(() => "axe" in window)) await tab.addScriptTag({ content: AXE });
  return await tab.evaluate(async (tags) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run({ runOnly: tags });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, TAGS);
}

const overflow = (tab: Tab) => tab.evaluate(() => document.documentElement.scrollWidth - innerWidth);

test.each(["en", "de", "ar", "zh-Hans"])("axe-core finds nothing against the form in %s", async (language) => {
  const { tab } = await open({ bypassCSP: true, locale: language, viewport: { width: 390, height: 844 } });
  const pictures = process.env["PICTURES"];
  for (const step of ["ask", "wrong"]) {
    if (step === "ask") await tab.goto(url);
    else {
      await tab.locator("#code").fill("wrong");
      await Promise.all([tab.waitForEvent("load"), tab.keyboard.press("Enter")]);
      expect(await tab.textContent("[role=alert]")).toBe(LANGUAGES[language]!.wrongCode);
    }
    for (const colorScheme of ["light", "dark"] as const) {
      await tab.emulateMedia({ colorScheme });
      expect([step, await overflow(tab), await barriers(tab)]).toEqual([step, 0, []]);
      if (pictures === undefined) continue;
      mkdirSync(pictures, { recursive: true });
      await takePicture(tab, `${pictures}/form-${language}-${step}-${colorScheme}.png`);
    }
  }
});

test("a visitor opens the site with the keyboard alone, after a wrong try", async () => {
  const { tab } = await open();
  await tab.goto(url);
  while (await tab.evaluate(() => document.activeElement?.id) !== "code") await tab.keyboard.press("Tab");
  await tab.keyboard.type("wrong-horse-battery");
  await Promise.all([tab.waitForEvent("load"), tab.keyboard.press("Enter")]);
  expect(await tab.textContent("[role=alert]")).toBe("This access code is not correct.");
  expect(await tab.evaluate(() => document.activeElement?.id)).toBe("code");
  await tab.keyboard.type(SECRET);
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Enter");
  await untilTitle(tab, "app");
  expect([await tab.textContent("p"), tab.url()]).toEqual(["GET /shop?item=1", url]);
});

test("a visitor opens the site without scripts", async () => {
  const { tab } = await open({ javaScriptEnabled: false });
  await tab.goto(url);
  await tab.locator("#code").fill(SECRET);
  await tab.keyboard.press("Enter");
  await untilTitle(tab, "app");
});

test("the page after a wrong try goes back to the site with GET when it is open again", async () => {
  const { tab } = await open();
  await tab.goto(url);
  await tab.locator("#code").fill("wrong");
  await Promise.all([tab.waitForEvent("load"), tab.keyboard.press("Enter")]);
  await Promise.all([tab.waitForEvent("load"), tab.click("#retry")]);
  expect(await tab.locator("[role=alert]").count()).toBe(0);
});
