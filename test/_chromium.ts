/** Headless Chromium, which npm brings for Linux. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";
import { refuseInQuick, skipping } from "./_needs.ts";

/** The arguments that the package recommends. */
export const recommended: readonly string[] = chromium.args;

/** Starts Chromium, or says in one line why it does not start here and how to get it. */
export async function launchChromium(args: readonly string[] = recommended): Promise<Browser | undefined> {
  refuseInQuick("Chromium");
  try {
    return await playwright.launch({ executablePath: await chromium.executablePath(), args: [...args] });
  } catch (error) {
    const reasons = (error as Error).message.split("\n");
    const reason = reasons.find((line) => line.includes("error while loading shared libraries")) ?? reasons[0]!;
    return void skipping(
      `Chromium does not start here (${reason.trim()}): npm brings it for Linux on x64 and arm64, where it takes ` +
        '"apt install libnss3" (Debian, Ubuntu)',
    );
  }
}
