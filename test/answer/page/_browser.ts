import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, BrowserContext, Page as Tab } from "playwright-core";
import { launchChromium } from "../../_chromium.ts";
import { until } from "../../_until.ts";

/** Starts headless Chromium, if it starts here. */
export function startBrowser(): Promise<Browser | undefined> {
  // The arguments that its package recommends switch off what keeps pages apart.
  return launchChromium(["--no-sandbox"]);
}

/** What a server answers. */
export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A site on a port of its own. */
export interface TestSite {
  readonly origin: string;
  /** What came in, as method and URL. */
  readonly requests: string[];
  /** What it answers from now on; `undefined` closes the connection. */
  answer: (request: IncomingMessage) => Answer | undefined;
  /** Stops it, and closes its connections. */
  close(): void;
}

/** Starts a site, which answers an empty page until it is told otherwise. */
export async function startSite(): Promise<TestSite> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/settled") {
      response.end();
      return;
    }
    requests.push(`${request.method} ${request.url}`);
    const answer = site.answer(request);
    if (answer === undefined) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { "content-type": "text/html; charset=utf-8", ...answer.headers });
    response.end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const site: TestSite = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer: () => ({ status: 200 }),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return site;
}

/** A tab, and what went wrong in it. */
export interface Opened {
  readonly tab: Tab;
  readonly context: BrowserContext;
  /** Errors, messages on the console and violations of the policy, but for the statuses that are meant. */
  readonly complaints: string[];
}

/** Opens a tab in which something the page must not do is noticed. */
export async function openTab(browser: Browser, options?: Parameters<Browser["newContext"]>[0]): Promise<Opened> {
  const context = await browser.newContext({ reducedMotion: "reduce", timezoneId: "UTC", ...options });
  const complaints: string[] = [];
  const tab = await context.newPage();
  tab.on("console", (message) => {
    if (!/status of \d+|net::ERR_/.test(message.text())) complaints.push(message.text());
  });
  tab.on("pageerror", (error) => complaints.push(error.message));
  tab.on("dialog", async (dialog) => {
    complaints.push(`dialog ${dialog.message()}`);
    await dialog.dismiss();
  });
  return { tab, context, complaints };
}

/** Waits until a tab has gone to a page. */
export function untilTitle(tab: Tab, title: string): Promise<void> {
  return until(() => tab.title().then((found) => found === title, () => false), `the title is ${title}`);
}

/** Makes a page believe that its tab is hidden, or seen again. */
export async function hide(tab: Tab, hidden: boolean): Promise<void> {
  await tab.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
    Object.defineProperty(document, "visibilityState", { configurable: true, value: hidden ? "hidden" : "visible" });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

/** Takes a picture of a whole page, in a file. Chromium cannot take one before the tab has drawn a frame. */
export async function takePicture(tab: Tab, path: string): Promise<Buffer> {
  await tab.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  return await tab.screenshot({ path, fullPage: true });
}
