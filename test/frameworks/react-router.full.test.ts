/** The client of the installed React Router, in Chromium: `npm run test:frameworks` installs it. */
import { join } from "node:path";
import process from "node:process";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromium } from "../hosts/_chromium.ts";
import { run } from "./example.ts";
import { hasFrameworks, install, installed, makeApp } from "./project.ts";
import { frameworks } from "./runners/react-router.ts";
import { type Site, startSite } from "./site.ts";

describe.skipIf(!hasFrameworks() || chromium === undefined)("an open page of React Router", () => {
  let site: Site | undefined;

  beforeAll(async () => {
    install();
    process.env["PATH"] = `${join(installed, "../.bin")}:${process.env["PATH"]}`;
    const { files, build, start } = frameworks[0]!;
    const folder = makeApp("react-router-client", files);
    for (const [command, ...args] of build!) await run(folder, command, args);
    site = await startSite(folder, start);
  });
  afterAll(() => site?.stop());

  /** Opens the app's page while maintenance is off, waits until its scripts run, and switches. */
  async function openThen(mode: string): Promise<Page> {
    await site!.switch({ mode: "off" });
    const page = await chromium!.newPage();
    // The app lets browsers keep the page for a minute.
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    await page.goto(site!.url, { waitUntil: "networkidle" });
    await site!.switch({ mode });
    return page;
  }

  const textOf = (page: Page, text: string) => page.getByText(text).first().waitFor();

  test.each([
    ["a link", "a", "/about?from=home"],
    ["a form", "#save", "/"],
  ])("%s ends in the maintenance page", async (_what, selector, path) => {
    const page = await openThen("on");
    await page.click(selector);
    await textOf(page, "Down for maintenance");
    const { pathname, search } = new URL(page.url());
    expect(pathname + search).toBe(path);
    await page.close();
  });

  test("a form that is refused while the site is read-only ends in the ErrorBoundary, and a link in its page", async () => {
    const page = await openThen("read-only");
    await page.click("#save");
    expect(await page.textContent("#error")).toBe("503");
    await page.goto(site!.url, { waitUntil: "networkidle" });
    await page.click("a");
    await textOf(page, "About the app");
    await page.close();
  });
});
