import chromium from "@sparticuz/chromium";

/**
 * Unpacks Chromium before any test starts: it does so when it is first asked for, and of several at once one would start
 * what another has not unpacked yet. Where there is none, the tests that need it say so.
 */
export async function setup(): Promise<void> {
  await chromium.executablePath().catch(() => {});
}
