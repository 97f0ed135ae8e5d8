import type { Browser } from "playwright-core";
import { afterAll, afterEach, expect, test } from "vitest";
import { type Opened, openTab, startBrowser } from "./_browser.ts";

/** Chromium for the tests of a file. */
export interface Tabs {
  /** A test that needs Chromium. */
  readonly test: typeof test;
  /** Opens a tab, which is closed after the test. */
  open(options?: Parameters<Browser["newContext"]>[0]): Promise<Opened>;
}

/**
 * Starts Chromium for the tests of a file, and ends it after them.
 *
 * @param mayComplain Whether tabs may have complained without failing the test that opened them.
 */
export async function startTabs({ mayComplain = false } = {}): Promise<Tabs> {
  const browser = await startBrowser();
  const opened: Opened[] = [];
  afterAll(() => browser?.close());
  afterEach(async () => {
    const complaints = opened.flatMap(({ complaints }) => complaints);
    await Promise.all(opened.splice(0).map(({ context }) => context.close()));
    if (!mayComplain) expect(complaints).toEqual([]);
  });
  return {
    test: test.skipIf(browser === undefined) as typeof test,
    async open(options) {
      const it = await openTab(browser!, options);
      opened.push(it);
      return it;
    },
  };
}
