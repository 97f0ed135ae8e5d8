/** One Chromium for the tests of a file, with a site for each of them. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach } from "vitest";
import { bundleWorker, launchVisitor, type Site, startSite } from "./_site.ts";

/** Chromium, if it starts here. */
export const chromium: Browser | undefined = await launchVisitor();

const sites: Site[] = [];

afterEach(async () => void await Promise.all(sites.splice(0).map((site) => site.close())));
afterAll(() => chromium?.close());

/** Code of a worker that may use `offlineFallback` and `unregister`. */
export const importing = (code: string): string =>
  `import { unregister, offlineFallback } from "maintenancemode/service-worker";\n${code}`;

/** A site for one test, whose worker runs this code. */
export async function siteWith(code: string): Promise<Site> {
  const site = await startSite(chromium!, await bundleWorker(code));
  sites.push(site);
  return site;
}

/** What is said to `fetch`, as far as it is data. */
export interface Init extends Pick<RequestInit, "cache" | "headers" | "method" | "mode"> {
  body?: string;
}

/** What a script of the page gets. */
export interface Fetched {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** The name of the error, if there is no answer. */
  error?: string;
}

/** Has a script of the page fetch something. */
export async function fetchIn(page: Page, target: string, init: Init = {}): Promise<Fetched> {
  return await page.evaluate(async ([target, init]) => {
    try {
      const response = await fetch(target, init);
      const { status, headers } = response;
      return { status, headers: Object.fromEntries(headers), body: await response.text() };
    } catch (error) {
      return { error: (error as Error).name };
    }
  }, [target, init] as const);
}

/** What is shown at a URL, and how it was answered. */
export interface Opened {
  status: number;
  headers: Record<string, string>;
  heading: string | null;
}

/** Navigates to a URL. */
export async function open(page: Page, url: string): Promise<Opened> {
  const response = (await page.goto(url))!;
  return { status: response.status(), headers: response.headers(), heading: await page.locator("h1").textContent() };
}
