import type { Browser } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { launchChromium } from "../_chromium.ts";
import { killAll, startDemo } from "./_demo.ts";

let browser: Browser | undefined;

afterAll(async () => {
  await browser?.close();
  await killAll();
});

test(
  "The page in the browser goes into maintenance and comes back by itself",
  async ({ skip }) => {
    browser = await launchChromium();
    if (browser === undefined) return skip("Chromium does not start here");
    const demo = await startDemo();
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    await page.goto(`${demo.origin}/`);
    await page.getByText(/^\d{4}-\d\d-\d\dT/).waitFor();

    await fetch(`${demo.origin}/maintenance/on`, { method: "POST" });
    await page.getByRole("heading", { name: "Down for maintenance" }).waitFor();

    await fetch(`${demo.origin}/maintenance/off`, { method: "POST" });
    await page.getByRole("heading", { name: "Welcome" }).waitFor();

    await page.getByRole("link", { name: "About" }).click();
    await page.getByRole("heading", { name: "About" }).waitFor();
    expect(problems).toEqual([]);
  },
);
