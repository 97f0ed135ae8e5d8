import type { Page as Tab } from "playwright-core";
import { afterAll, beforeEach, expect } from "vitest";
import { compilePage, type PageContent } from "../../../src/answer/page/page.ts";
import { until } from "../../_until.ts";
import { hide, startSite, untilTitle } from "./_browser.ts";
import { CONTENT, SITE } from "./_content.ts";
import { startTabs } from "./_tabs.ts";

const { test, open } = await startTabs();
const site = await startSite();

afterAll(() => site.close());
beforeEach(() => {
  site.requests.length = 0;
});

const NOW = new Date("2026-11-22T02:00:00Z");
const URL_PATH = "/shop/cart?item=1&item=2#total";

const { contentSecurityPolicy, render } = compilePage(SITE);

/** The 503 of the page. */
function closed(content: Partial<PageContent> = {}, headers: Record<string, string> = {}) {
  const body = render({ ...CONTENT, ...content });
  return {
    status: 503,
    headers: { "content-security-policy": contentSecurityPolicy, "maintenance-mode": "on", ...headers },
    body,
  };
}

const APP = { status: 200, body: "<!doctype html><title>app</title>" };

/** Opens a tab in which time stands still but for what a test lets go by. */
async function openStill(options?: Parameters<typeof open>[0]): Promise<Tab> {
  const { tab } = await open(options);
  await tab.clock.install({ time: NOW });
  await tab.clock.pauseAt(NOW.getTime() + 1000);
  return tab;
}

/** Lets seconds go by in a tab, and what it asks for then reach the site. 30 s after it has asked, it gives up. */
async function pass(tab: Tab, seconds: number): Promise<void> {
  await tab.clock.runFor(seconds * 1000);
  await settle(tab);
}

/** Waits until what the tab has asked for has come in, or the tab has gone elsewhere. */
async function settle(tab: Tab): Promise<void> {
  await tab.evaluate(() => fetch("/settled", { method: "HEAD" }).then(() => undefined)).catch(() => undefined);
}

/** Lets seconds go by one after the other until a request has come in; says how many it were. */
async function passUntilRequest(tab: Tab): Promise<number> {
  const before = site.requests.length;
  let seconds = 0;
  await until(async () => {
    if (site.requests.length > before) return true;
    await tab.clock.runFor(1000);
    seconds++;
    await settle(tab);
    return false;
  }, "the page asks");
  // The tab has the answer to what came in first.
  await settle(tab);
  return seconds;
}

test("the page asks for nothing but whether the site is back, no sooner than it was told, and returns to its very URL", async () => {
  site.answer = () => closed();
  const tab = await openStill();
  await tab.goto(site.origin + URL_PATH);
  await pass(tab, 599);
  expect(site.requests).toEqual(["GET /shop/cart?item=1&item=2"]);
  // A tenth of the wait later at most.
  expect(await passUntilRequest(tab)).toBeLessThanOrEqual(62);
  expect(site.requests[1]).toBe("HEAD /shop/cart?item=1&item=2");
  site.answer = () => APP;
  await passUntilRequest(tab);
  await untilTitle(tab, "app");
  expect(tab.url()).toBe(site.origin + URL_PATH);
  expect(site.requests.slice(2)).toEqual(["HEAD /shop/cart?item=1&item=2", "GET /shop/cart?item=1&item=2"]);
});

test("the page asks less and less often when nobody said when", async () => {
  site.answer = () => closed({ retryAfter: undefined });
  const tab = await openStill();
  await tab.goto(`${site.origin}/`);
  await pass(tab, 11);
  expect(site.requests).toEqual(["GET /"]);
  const waits = [11 + await passUntilRequest(tab)];
  for (let poll = 0; poll < 4; poll++) waits.push(await passUntilRequest(tab));
  // 15 s, each time half as much again, a fifth more or less; counted by the second.
  for (const [poll, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual(Math.floor(15 * 1.5 ** poll * 0.8));
    expect(wait).toBeLessThanOrEqual(15 * 1.5 ** poll * 1.2 + 3);
  }
});

test.each([["seconds", "1200"], ["a date", new Date(NOW.getTime() + 1_200_000 + 3_600_000).toUTCString()]])(
  "the page waits as long as the last answer says in %s",
  async (_form, retryAfter) => {
    const tab = await openStill();
    site.answer = () => closed({ retryAfter: 60 });
    await tab.goto(`${site.origin}/`);
    // The clock of the server is an hour ahead of the visitor's.
    const date = new Date(NOW.getTime() + 3_600_000).toUTCString();
    site.answer = () => closed({}, { "retry-after": retryAfter, date });
    await passUntilRequest(tab);
    await pass(tab, 1_190);
    expect(site.requests.length).toBe(2);
    expect(await passUntilRequest(tab)).toBeLessThanOrEqual(75);
  },
);

test("the page does not ask at once when it has to wait for months", async () => {
  site.answer = () => closed({ retryAfter: 40 * 86_400 }, { "retry-after": "3456000" });
  const tab = await openStill();
  await tab.goto(`${site.origin}/`);
  await tab.clock.fastForward(39 * 86_400_000);
  await pass(tab, 60);
  expect(site.requests).toEqual(["GET /"]);
  await tab.clock.fastForward(2 * 86_400_000);
  await pass(tab, 1);
  expect(site.requests).toEqual(["GET /", "HEAD /"]);
});

test("the page does not ask while it is hidden, and asks when it is seen again if its time has come", async () => {
  site.answer = () => closed();
  const tab = await openStill();
  await tab.goto(`${site.origin}/`);
  await hide(tab, true);
  await pass(tab, 7_200);
  expect(site.requests).toEqual(["GET /"]);
  await hide(tab, false);
  await pass(tab, 0);
  await pass(tab, 1);
  expect(site.requests).toEqual(["GET /", "HEAD /"]);
  await hide(tab, true);
  await hide(tab, false);
  await pass(tab, 1);
  expect(site.requests.length).toBe(2);
});

test.each([
  ["a page of a proxy", { status: 502 }],
  ["too many requests", { status: 429 }],
  ["the status of a site that load balancers must not take out", {
    status: 200,
    headers: { "maintenance-mode": "on" },
  }],
  ["no answer", undefined],
])("the page stays after %s", async (_what, answer) => {
  site.answer = () => closed({ retryAfter: undefined });
  const tab = await openStill();
  await tab.goto(`${site.origin}/`);
  site.answer = () => answer;
  await passUntilRequest(tab);
  await passUntilRequest(tab);
  // Chromium asks again by itself when a connection breaks.
  expect(new Set(site.requests)).toEqual(new Set(["GET /", "HEAD /"]));
  expect(site.requests.filter((request) => request === "GET /").length).toBe(1);
});

test.each([
  ["a redirect", { status: 302, headers: { location: "/login" } }],
  ["a page behind a login", { status: 401 }],
  ["a page that is gone", { status: 404 }],
  ["an app that does not know HEAD", { status: 405 }],
  ["an app that does not implement HEAD", { status: 501 }],
])("the page loads again after %s", async (_what, answer) => {
  site.answer = () => closed();
  const tab = await openStill();
  await tab.goto(`${site.origin}/`);
  site.answer = ({ method }) => method === "HEAD" ? answer : APP;
  await pass(tab, 600);
  await passUntilRequest(tab);
  await untilTitle(tab, "app");
  expect(site.requests).toEqual(["GET /", "HEAD /", "GET /"]);
});

test("the button of the page loads again at once", async () => {
  site.answer = () => closed();
  const tab = await openStill();
  await tab.goto(site.origin + URL_PATH);
  site.answer = () => APP;
  await tab.getByRole("button", { name: "Try again" }).click();
  await untilTitle(tab, "app");
  expect(tab.url()).toBe(site.origin + URL_PATH);
});

const FORM = {
  status: 200,
  body: `<!doctype html><title>form</title><form method=post action="/order?now=1"><button>Send</button></form>`,
};

async function sendForm(tab: Tab, content: Partial<PageContent> = {}): Promise<void> {
  site.answer = ({ method }) => method === "POST" ? closed({ isForm: true, ...content }) : FORM;
  await tab.goto(`${site.origin}/form`);
  await tab.getByRole("button").click();
  await untilTitle(tab, `${content.mode === "read-only" ? "Read-only" : "Down"} for maintenance · Example`);
}

test("the page never sends a form again: it says when the site is back, and leads back to the form", async () => {
  const tab = await openStill();
  await sendForm(tab);
  expect(await tab.textContent("main")).toContain("What you sent was not saved.");
  site.answer = () => closed();
  await pass(tab, 600);
  await passUntilRequest(tab);
  expect(await tab.textContent("[role=status]")).toBe("");
  site.answer = () => FORM;
  await passUntilRequest(tab);
  await until(async () => await tab.textContent("[role=status]") === "The site is available again.");
  const asked = site.requests.length;
  await pass(tab, 7_200);
  expect(site.requests.length).toBe(asked);
  await tab.getByRole("button", { name: "Go back to the form" }).click();
  await untilTitle(tab, "form");
  expect(site.requests.filter((request) => request.startsWith("POST"))).toEqual(["POST /order?now=1"]);
  expect(new Set(site.requests.slice(2, asked))).toEqual(new Set(["HEAD /order?now=1"]));
});

test("the page returns where the site can be read again, and says of a form that it cannot be sent yet", async () => {
  const readOnly = { ...APP, headers: { "maintenance-mode": "read-only" } };
  site.answer = () => closed();
  const tab = await openStill();
  await tab.goto(site.origin + URL_PATH);
  site.answer = () => readOnly;
  await pass(tab, 599);
  await passUntilRequest(tab);
  await untilTitle(tab, "app");
  expect(tab.url()).toBe(site.origin + URL_PATH);

  await sendForm(tab, { isForm: true });
  const status = () => tab.textContent("[role=status]");
  site.answer = () => readOnly;
  await pass(tab, 599);
  await passUntilRequest(tab);
  expect(await status()).toBe("");
  site.answer = () => APP;
  await passUntilRequest(tab);
  await until(async () => await status() !== "", "the page says that the site is available");
});

test("the page asks for nothing while the site may be read", async () => {
  const tab = await openStill();
  await sendForm(tab, { mode: "read-only" });
  await pass(tab, 7_200);
  expect(site.requests).toEqual(["GET /form", "POST /order?now=1"]);
  expect(await tab.getByRole("button", { name: "Go back to the form" }).isVisible()).toBe(true);
});

test("a page that was saved for every request does not send a form again either", async () => {
  const tab = await openStill();
  await sendForm(tab, { isForm: false });
  site.answer = () => APP;
  await pass(tab, 600);
  await passUntilRequest(tab);
  await untilTitle(tab, "app");
  expect(site.requests).toEqual(["GET /form", "POST /order?now=1", "HEAD /order?now=1", "GET /order?now=1"]);
});

test("the page offers no way back where there is none", async () => {
  site.answer = () => closed({ isForm: true });
  const tab = await openStill();
  await tab.addInitScript(() => Object.defineProperty(History.prototype, "length", { get: () => 1 }));
  await tab.goto(`${site.origin}/`);
  expect(await tab.textContent("button")).toBe("Go back to the form");
  expect(await tab.isVisible("button")).toBe(false);
});

test("the page writes the time in the visitor's own zone and how long it is until then", async () => {
  // It asks for nothing then, so that it looks at the clock once a minute.
  site.answer = () => closed({ mode: "read-only" });
  const tab = await openStill({ timezoneId: "Asia/Tokyo", locale: "de-DE" });
  await tab.goto(`${site.origin}/`);
  const text = (selector: string) => tab.textContent(selector).then((text) => text?.replaceAll("\u202f", " "));
  expect(await text("time")).toBe("November 22, 2026 at 12:00 PM GMT+9");
  expect(await text("#left")).toBe("in 60 minutes");
  await pass(tab, 1_800);
  expect(await text("#left")).toBe("in 30 minutes");
  await pass(tab, 1_860);
  expect(await text("#left")).toBe("");
});

test("the page does not stumble over a browser that lacks Intl and fetch", async () => {
  site.answer = () => closed({ retryAfter: undefined });
  const tab = await openStill();
  await tab.addInitScript("delete globalThis.Intl; delete globalThis.fetch; delete globalThis.AbortController;");
  await tab.goto(`${site.origin}/`);
  await tab.clock.runFor(120_000);
  expect(await tab.textContent("time")).toContain("November 22, 2026");
  expect(await tab.getByRole("button").isVisible()).toBe(true);
});

test("the page loads again by itself in a browser without scripts", async () => {
  site.answer = () => closed({ retryAfter: 1 });
  const { tab } = await open({ javaScriptEnabled: false });
  // Chromium takes a refresh of a URL with a fragment for a jump within the page.
  await tab.goto(`${site.origin}/shop?item=1`);
  expect(await tab.getByRole("button").count()).toBe(0);
  site.answer = () => APP;
  await untilTitle(tab, "app");
  expect(site.requests).toEqual(["GET /shop?item=1", "GET /shop?item=1"]);
});
