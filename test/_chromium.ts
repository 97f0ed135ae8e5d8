/** Headless Chromium, which npm brings for Linux. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { refuseInQuick, skipping } from "./_needs.ts";

/** The arguments that the package recommends. */
export const recommended: readonly string[] = chromium.args;

/** How long it may take for one step, in milliseconds: a busy machine is slow. */
const PATIENCE_MS = 120_000;

/** Starts Chromium, or says in one line why it does not start here and how to get it. */
export async function launchChromium(args: readonly string[] = recommended): Promise<Browser | undefined> {
  refuseInQuick("Chromium");
  try {
    const executablePath = await chromium.executablePath();
    const browser = await playwright.launch({ executablePath, args: [...args], timeout: PATIENCE_MS });
    const newContext = browser.newContext.bind(browser);
    browser.newContext = async (options) => {
      const context = await newContext(options);
      context.setDefaultTimeout(PATIENCE_MS);
      return context;
    };
    return browser;
  } catch (error) {
    const reasons = (error as Error).message.split("\n");
    const reason = reasons.find((line) => line.includes("error while loading shared libraries")) ?? reasons[0]!;
    return void skipping(
      `Chromium does not start here (${reason.trim()}): npm brings it for Linux on x64 and arm64, where it takes ` +
        '"apt install libnss3" (Debian, Ubuntu)',
    );
  }
}
