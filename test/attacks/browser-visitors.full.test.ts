import type { Page as Tab } from "playwright-core";
import { expect } from "vitest";
import { maintenanceMode } from "../../src/index.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { open, SECRET, startOther, startSite, test } from "./_browser.ts";
import type { Server } from "./_servers.ts";

/** What a script of a tab gets to see of an answer. */
interface Fetched {
  status?: number;
  type?: string | null;
  language?: string | null;
  retryAfter?: string | null;
  body?: string;
  error?: string;
}

/** What is said to `fetch`, as far as it is data. */
type Init = Pick<RequestInit, "cache" | "credentials" | "method" | "mode" | "referrerPolicy"> & {
  headers?: Record<string, string>;
  body?: string;
};

function fetchIn(tab: Tab, url: string, init: Init = {}): Promise<Fetched> {
  return tab.evaluate(async ([url, init]): Promise<Fetched> => {
    try {
      const response = await fetch(url, init);
      const [type, language, retryAfter] = ["content-type", "content-language", "retry-after"].map((name) =>
        response.headers.get(name)
      );
      return {
        status: response.status,
        type: type!,
        language: language!,
        retryAfter: retryAfter!,
        body: await response.text(),
      };
    } catch (error) {
      return { error: (error as Error).name };
    }
  }, [url, init] as const);
}

test("the answer to one visitor reaches no other at the same URL, whatever browsers keep", async () => {
  const maintenance = maintenanceMode({ enabled: true, retryAfter: 600, bypassSecret: SECRET });
  const site = await startSite(maintenance);
  const url = `${site.origin}/shop?a=1`;
  const [german, arab, insider] = await Promise.all(["de", "ar", "de"].map((locale) => open({ locale })));
  await insider!.tab.goto(`${url}&maintenance-bypass=${SECRET}`);
  // Each twice, and in between the others.
  for (let times = 0; times < 2; times++) {
    for (const [{ tab }, heading] of [[german!, LANGUAGES.de], [arab!, LANGUAGES.ar]] as const) {
      expect((await tab.goto(url))!.headers()["content-type"]).toMatch(/^text\/html/);
      expect(await tab.locator("h1").textContent()).toBe(heading!.title);
    }
    for (
      const [accept, type] of [["application/json", "application/json"], ["text/plain", "plain"], ["text/html", "html"]]
    ) {
      for (const [{ tab }, language] of [[german!, "de"], [arab!, "ar"]] as const) {
        const { status, ...fetched } = await fetchIn(tab, url, { headers: { accept: accept! } });
        expect([status, fetched.language]).toEqual([503, language]);
        expect(fetched.type).toContain(type);
      }
    }
    await insider!.tab.goto(url);
    expect(await insider!.tab.locator("h1").textContent()).toBe("app");
  }
  // Nothing is kept of what only those get who are let in, whatever the app allows.
  const before = site.requests.length;
  expect(await fetchIn(insider!.tab, url)).toMatchObject({ status: 200 });
  expect(site.requests.length).toBe(before + 1);
});

const PUT = { method: "PUT", headers: { "x-custom": "1", accept: "application/json" }, body: "{}" };

/** Fetches from a page of another origin of the same site, whose visitor has a cookie of the site. */
async function fetchFromOther(other: Server, site: Server, init: Init): Promise<Fetched> {
  const { tab, context } = await open();
  await context.addCookies([{ name: "session", value: "1", url: site.origin }]);
  await tab.goto(other.origin);
  return fetchIn(tab, `${site.origin}/api`, init);
}

const methodsOf = ({ requests }: Server) => requests.map(({ method, headers: { cookie } }) => [method, cookie]);

test("a script of another origin reads the 503, after a preflight and without cookies", async () => {
  const [site, other] = [await startSite(maintenanceMode({ enabled: true, retryAfter: 600 })), await startOther()];
  const { body, ...fetched } = await fetchFromOther(other, site, PUT);
  expect(fetched).toEqual({ status: 503, type: "application/json", language: "en", retryAfter: "600" });
  expect(JSON.parse(body!)).toMatchObject({ status: 503, retryAfter: 600, instance: "/api" });
  expect(methodsOf(site)).toEqual([["OPTIONS", undefined], ["PUT", undefined]]);
});

test("a script of another origin cannot send cookies along unless it is named", async () => {
  const [site, other] = [await startSite(maintenanceMode({ enabled: true })), await startOther()];
  expect(await fetchFromOther(other, site, { ...PUT, credentials: "include" })).toEqual({ error: "TypeError" });
  expect(methodsOf(site)).toEqual([["OPTIONS", undefined]]);
});

test("a script of another origin reads nothing with cors: false", async () => {
  const [site, other] = [await startSite(maintenanceMode({ enabled: true, cors: false })), await startOther()];
  expect(await fetchFromOther(other, site, PUT)).toEqual({ error: "TypeError" });
  expect(await fetchFromOther(other, site, {})).toEqual({ error: "TypeError" });
  expect(methodsOf(site)).toEqual([["OPTIONS", undefined], ["GET", undefined]]);
});

test("a script of an origin that is named reads the 503 with credentials, and that of none other does", async () => {
  const [named, second, stranger] = [await startOther(), await startOther(), await startOther()];
  const cors = { origins: [named.origin, second.origin], credentials: true };
  const site = await startSite(maintenanceMode({ enabled: true, cors }));
  const init = { ...PUT, credentials: "include" } as const;
  // The same answer for each, but for the origin.
  for (let times = 0; times < 2; times++) {
    for (const other of [named, second]) expect(await fetchFromOther(other, site, init)).toMatchObject({ status: 503 });
    expect(await fetchFromOther(stranger, site, init)).toEqual({ error: "TypeError" });
  }
  const [preflight, sent] = [["OPTIONS", undefined], ["PUT", "session=1"]];
  const once = [preflight, sent, preflight, sent, preflight];
  expect(methodsOf(site)).toEqual([...once, ...once]);
});

test("a bypass link that is clicked on another site lets in, and its secret goes nowhere else", async () => {
  const site = await startSite(maintenanceMode({ enabled: true, bypassSecret: SECRET }));
  const { otherOrigin, requests } = await startOther(
    `<a href="${site.origin}/shop?a=1&maintenance-bypass=${SECRET}&b=2#end">in</a>`,
  );
  const { tab, context } = await open();
  await tab.goto(otherOrigin);
  await Promise.all([tab.waitForURL(`${site.origin}/**`), tab.getByText("in").click()]);
  expect(tab.url()).toBe(`${site.origin}/shop?a=1&b=2#end`);
  expect(await tab.locator("h1").textContent()).toBe("app");
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ name: "maintenance-bypass", httpOnly: true, sameSite: "Lax", path: "/" });
  expect(cookie!.value).not.toContain(SECRET);
  expect(await tab.evaluate(() => document.cookie + document.referrer)).not.toContain("bypass");
  // The app's own links, to itself and to others.
  await tab.goto(`${site.origin}/other`);
  expect(await tab.locator("h1").textContent()).toBe("app");
  await fetchIn(tab, otherOrigin, { mode: "no-cors", referrerPolicy: "unsafe-url" });
  const headers = [...site.requests, ...requests].map(({ headers }) => JSON.stringify(headers));
  expect(headers.filter((text) => text.includes(SECRET))).toEqual([]);
  expect(requests.at(-1)!.headers.referer).toBe(`${site.origin}/other`);
});

test("the page at a bypass link that does not fit tells nobody where it is", async () => {
  const other = await startOther();
  const site = await startSite(maintenanceMode({
    enabled: true,
    retryAfter: 600,
    bypassSecret: SECRET,
    site: { contact: `${other.otherOrigin}/help`, name: "Home", url: "/home" },
  }));
  const { tab } = await open();
  for (const link of ["footer a", "header a"]) {
    await tab.goto(`${site.origin}/?maintenance-bypass=${SECRET}.`);
    const to = await tab.locator(link).getAttribute("href");
    await Promise.all([tab.waitForURL(`**${new URL(to!, site.origin).pathname}`), tab.locator(link).click()]);
  }
  const referers = [...site.requests, ...other.requests].map(({ headers }) => headers.referer);
  expect(referers).toEqual([undefined, undefined, undefined, undefined]);
});
