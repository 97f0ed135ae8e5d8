import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { killAll, startDemo } from "./_demo.ts";

let browser: Browser | undefined;

afterAll(async () => {
  await browser?.close();
  await killAll();
});

test(
  "The page in the browser goes into maintenance and comes back by itself",
  { timeout: 60_000 },
  async ({ skip }) => {
    let executablePath: string;
    try {
      executablePath = await chromium.executablePath();
    } catch (error) {
      if (process.env.CI === "true") throw error;
      return skip(`Chromium could not be unpacked: ${(error as Error).message}`);
    }
    const demo = await startDemo();
    browser = await playwright.launch({ executablePath, args: chromium.args, headless: true });
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
