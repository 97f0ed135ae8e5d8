import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { until } from "../../_until.ts";
import { chromium, fetchIn, importing, open, siteWith } from "../_chromium.ts";
import { bundleWorker, html, reply, type Route, type Site } from "../_site.ts";

const withPage = importing('offlineFallback({ pageUrl: "/503.html" });');

describe.skipIf(chromium === undefined)("in Chromium", () => {
  test("offlineFallback() shows one's own page, keeps nothing else and asks for it anew when the script has changed", async () => {
    const site = await siteWith(withPage);
    site.routes.set("/503.html", (req, res) => html("Back at noon é")(req, res.setHeader("vary", "*")));
    const page = await site.visit();
    const kept = () =>
      page.evaluate(async () => {
        const names = await caches.keys();
        const caches_ = await Promise.all(names.map((name) => caches.open(name)));
        const requests = await Promise.all(caches_.map((cache) => cache.keys()));
        return { names, paths: requests.flat().map(({ url }) => new URL(url).pathname) };
      });
    await fetchIn(page, "/api");
    expect(await kept()).toEqual({ names: ["maintenancemode"], paths: ["/503.html"] });
    await site.stop();
    expect(await open(page, `${site.origin}/shop`)).toMatchObject({ status: 503, heading: "Back at noon é" });
    expect(await fetchIn(page, "/api")).toMatchObject({ headers: { "content-type": "application/problem+json" } });

    await site.start();
    site.routes.set("/503.html", html("Not there"));
    expect(await open(page, `${site.origin}/503.html`)).toMatchObject({ status: 200, heading: "Not there" });

    // What the browser's HTTP cache holds is not asked.
    site.routes.set("/later.html", reply(200, "text/html", "<h1>Back soon</h1>", { "cache-control": "max-age=3600" }));
    expect(await fetchIn(page, "/later.html")).toMatchObject({ body: "<h1>Back soon</h1>" });
    site.routes.set("/later.html", html("Back at one"));
    const script = await bundleWorker(withPage.replace("503", "later"));
    site.routes.set("/sw.js", reply(200, "text/javascript", script));
    await page.evaluate(async () => void await (await navigator.serviceWorker.ready).update());
    await until(async () => (await kept()).paths.join() === "/later.html", "the new worker has taken over");
    await site.stop();
    expect(await open(page, `${site.origin}/shop`)).toMatchObject({ status: 503, heading: "Back at one" });
  });

  test("offlineFallback() shows the built-in page where its own is gone", async () => {
    const site = await siteWith(withPage);
    site.routes.set("/503.html", html("Mine"));
    const page = await site.visit();
    await page.evaluate(() => caches.delete("maintenancemode"));
    await site.stop();
    expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503, heading: "Down for maintenance" });
  });

  test.each<[string, Route, string | RegExp]>([
    ["is missing", reply(404, "text/html", "<h1>No</h1>"), "the server must answer 200, it has answered 404"],
    ["is a part of it", reply(206, "text/html", "<h1>"), "the server must answer 200, it has answered 206"],
    ["is text", reply(200, "text/plain", "error"), "the server must send text/html, it has sent text/plain"],
    ["is JSON", reply(200, "application/json", "{}"), "the server must send text/html, it has sent application/json"],
    [
      "is of no type",
      (_req, res) => void res.end("page"),
      "the server must send text/html, it has sent no Content-Type",
    ],
    [
      "is a redirect to a login",
      (_req, res) => void res.writeHead(302, { location: "/login" }).end(),
      'the server has redirected to ORIGIN/login: give "pageUrl" the URL of a page that is there for everybody',
    ],
    ["does not come", (req) => void req.socket.destroy(), /./],
  ])(
    "offlineFallback() leaves the former worker in place where its new page %s, and tells of it",
    async (_, route, message) => {
      const site = await siteWith(withPage);
      site.routes.set("/503.html", html("Mine"));
      site.routes.set("/login", html("Log in"));
      const told: string[] = [];
      site.routes.set("/told", (req, res) => {
        told.push(new URL(req.url!, site.origin).searchParams.get("message")!);
        res.end();
      });
      const page = await site.visit();
      const onError = '(error) => void fetch("/told?" + new URLSearchParams({ message: error.message }))';
      const broken = importing(`offlineFallback({ pageUrl: "/new.html", answers: { onError: ${onError} } });`);
      site.routes.set("/sw.js", reply(200, "text/javascript", await bundleWorker(broken)));
      site.routes.set("/new.html", route);
      const state = await page.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        const found = new Promise<ServiceWorker>((done) => {
          registration.onupdatefound = () => done(registration.installing!);
        });
        await registration.update();
        const worker = await found;
        while (worker.state === "installing") {
          await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
        }
        return worker.state;
      });
      expect(state).toBe("redundant");
      await until(() => told.length > 0, "the worker has told of it");
      expect(told).toEqual([
        typeof message === "string"
          ? `Cannot keep the page ${site.origin}/new.html: ${message.replace("ORIGIN", site.origin)}`
          : expect.stringMatching(message),
      ]);
      await site.stop();
      expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503, heading: "Mine" });
    },
  );

  test("offlineFallback() keeps a page that nobody else may keep", async () => {
    const site = await siteWith(withPage);
    site.routes.set("/503.html", reply(200, "Text/HTML", "<h1>Mine</h1>", { "cache-control": "private, no-store" }));
    const page = await site.visit();
    await site.stop();
    expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503, heading: "Mine" });
  });

  /** Expects that the worker is gone, and that the browser is on its own. */
  async function expectRetired(site: Site, page: Page): Promise<void> {
    await until(
      () => page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length === 0),
      "the registration is gone",
    );
    await until(() => page.evaluate(async () => (await caches.keys()).length === 0), "the cache is gone");
    await site.stop();
    expect(await fetchIn(page, "/api")).toEqual({ error: "TypeError" });
    await expect(page.goto(`${site.origin}/`)).rejects.toThrow("net::ERR_CONNECTION_REFUSED");
  }

  test("unregister() follows a message, and nothing is left", async () => {
    const site = await siteWith(withPage);
    site.routes.set("/503.html", html("Mine"));
    const page = await site.visit();
    await page.evaluate(() => navigator.serviceWorker.controller!.postMessage({ type: "maintenancemode-unregister" }));
    await expectRetired(site, page);
  });

  test("unregister() is not asked for by other messages", async () => {
    const site = await siteWith(importing("offlineFallback();"));
    const page = await site.visit();
    await page.evaluate(() => {
      for (const data of [null, "maintenancemode-unregister", { type: "retire" }, []]) {
        navigator.serviceWorker.controller!.postMessage(data);
      }
    });
    await site.stop();
    expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503 });
  });

  test("unregister() in a new script takes the former worker away", async () => {
    const site = await siteWith(withPage);
    site.routes.set("/503.html", html("Mine"));
    const page = await site.visit();
    const script = await bundleWorker(importing(`
      addEventListener("install", () => skipWaiting());
      addEventListener("activate", (event) => event.waitUntil(unregister()));
    `));
    site.routes.set("/sw.js", reply(200, "text/javascript", script));
    await page.evaluate(async () => void await (await navigator.serviceWorker.ready).update());
    await expectRetired(site, page);
  });
});
