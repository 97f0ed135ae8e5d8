import type { Page } from "playwright-core";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { optionError } from "../../_errors.ts";
import { offlineFallback, type OfflineFallbackOptions, unregister } from "../../../src/hosts/service-worker.ts";
import { until } from "../../_until.ts";
import { chromium, fetchIn, importing, type Init, open, siteWith } from "../_chromium.ts";
import { bundleWorker, html, reply, type Site, startSite } from "../_site.ts";

const appPage = { status: 200, heading: "Welcome" };

describe.skipIf(chromium === undefined)("in Chromium", () => {
  describe("offlineFallback()", () => {
    let site: Site;
    let page: Page;
    beforeAll(async () => {
      site = await startSite(chromium!, await bundleWorker(importing("offlineFallback();")));
      page = await site.visit();
      return () => site.close();
    });
    afterEach(async () => {
      await site.stop();
      await site.start();
    });

    test("answers a navigation with the page while the server is stopped, and steps aside when it is back", async () => {
      await site.stop();
      const url = `${site.origin}/some/page?a=b`;
      const { status, headers, heading } = await open(page, url);
      expect({ status, heading, url: page.url() }).toEqual({ status: 503, heading: "Down for maintenance", url });
      expect(headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "content-language": "en",
        "cache-control": "no-store",
      });

      await site.start();
      expect(await open(page, `${site.origin}/`)).toMatchObject(appPage);
    });

    test("keeps nothing", async () => {
      await site.stop();
      await open(page, `${site.origin}/`);
      expect(await page.evaluate(() => caches.keys())).toEqual([]);
    });

    test.each([
      [undefined, "application/problem+json"],
      ["application/json", "application/json"],
      ["application/json, application/problem+json", "application/problem+json"],
      ["image/*", "application/problem+json"],
      ["text/html, application/xhtml+xml", "text/html; charset=utf-8"],
      ["text/plain", "text/plain; charset=utf-8"],
    ])("answers a script that accepts %s with %s while the server is stopped", async (accept, type) => {
      await open(page, `${site.origin}/`);
      await site.stop();
      const answer = await fetchIn(page, "/api", accept === undefined ? {} : { headers: { accept } });
      expect(answer).toMatchObject({ status: 503, headers: { "content-type": type } });
      const pushed = await fetchIn(page, "/api", { headers: { "hx-request": "true" } });
      expect(pushed).toMatchObject({ status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
      if (type.endsWith("json")) {
        expect(JSON.parse(answer.body!)).toMatchObject({ title: "Service Unavailable", status: 503 });
      }
    });

    test("answers HEAD without a body while the server is stopped", async () => {
      await open(page, `${site.origin}/`);
      await site.stop();
      expect(await fetchIn(page, "/api", { method: "HEAD" })).toMatchObject({ status: 503, body: "" });
    });

    test("leaves images, other origins and the HTTP cache alone while the server is stopped", async () => {
      await open(page, `${site.origin}/`);
      await site.stop();
      const seen: boolean[] = [];
      page.on("response", (response) => seen.push(response.fromServiceWorker()));
      const image = await page.evaluate(() =>
        new Promise((done) => {
          const image = Object.assign(new Image(), { onload: () => done("loaded"), onerror: () => done("failed") });
          image.src = "/image.png";
        })
      );
      expect(image).toBe("failed");
      const other = site.origin.replace("127.0.0.1", "localhost");
      expect(await fetchIn(page, `${other}/api`)).toEqual({ error: "TypeError" });
      const init: Init = { cache: "only-if-cached", mode: "same-origin" };
      expect(await fetchIn(page, "/api", init)).toEqual({ error: "TypeError" });
      expect(seen).not.toContain(true);
    });

    test("lets an event stream connect again by itself", async () => {
      site.routes.set(
        "/events",
        (_req, res) =>
          void res.writeHead(200, { "content-type": "text/event-stream" }).write("retry: 50\ndata: hello\n\n"),
      );
      await open(page, `${site.origin}/`);
      await page.evaluate(() => {
        const counts = { messages: 0, errors: 0 };
        const events = new EventSource("/events");
        events.onmessage = () => counts.messages++;
        events.onerror = () => counts.errors++;
        Object.assign(globalThis, { counts });
      });
      const count = (name: string) =>
        page.evaluate((name) => (globalThis as unknown as { counts: Record<string, number> }).counts[name]!, name);
      await until(async () => await count("messages") === 1, "the stream is open");
      await site.stop();
      await until(async () => await count("errors") > 2, "it has tried again");
      await site.start();
      await until(async () => await count("messages") === 2, "it is open again");
    });

    test.each([502, 503, 504])("takes the place of a bare %i, with its status", async (status) => {
      const gateway = reply(status, "text/html", "<h1>nginx</h1>", { "retry-after": "7" });
      site.routes.set("/bare", gateway);
      expect(await open(page, `${site.origin}/bare`)).toMatchObject({
        status,
        heading: "Down for maintenance",
        headers: { "retry-after": "7" },
      });
      // The policy of the fallback page lets nothing be fetched.
      await open(page, `${site.origin}/`);
      const answer = await fetchIn(page, "/bare");
      expect(answer).toMatchObject({
        status,
        headers: { "content-type": "application/problem+json", "retry-after": "7" },
      });
      expect(JSON.parse(answer.body!)).toMatchObject({ status });
    });

    test.each([[503, { "maintenance-mode": "on" }], [503, { "maintenance-mode": "read-only" }], [404, {}], [500, {}]])(
      "lets the origin's own %i with %j through as it is",
      async (status, headers) => {
        site.routes.set("/own", reply(status, "text/html", "<h1>Mine</h1>", { ...headers, "x-mine": "yes" }));
        expect(await open(page, `${site.origin}/own`)).toMatchObject({
          status,
          heading: "Mine",
          headers: { "x-mine": "yes" },
        });
        expect(await fetchIn(page, "/own")).toMatchObject({ status, body: "<h1>Mine</h1>" });
      },
    );

    test("lets a redirect through", async () => {
      site.routes.set("/old", (_req, res) => void res.writeHead(302, { location: "/" }).end());
      expect(await open(page, `${site.origin}/old`)).toMatchObject(appPage);
      expect(page.url()).toBe(`${site.origin}/`);
    });

    test("lets an answer through while it is still being sent", async () => {
      let finish = () => {};
      site.routes.set("/slow", (_req, res) => {
        res.writeHead(200, { "content-type": "text/plain" }).write("first");
        finish = () => res.end("last");
      });
      await open(page, `${site.origin}/`);
      const first = await page.evaluateHandle(async () => {
        const reader = (await fetch("/slow")).body!.pipeThrough(new TextDecoderStream()).getReader();
        return { reader, text: (await reader.read()).value };
      });
      expect(await first.evaluate(({ text }) => text)).toBe("first");
      finish();
      expect(await first.evaluate(async ({ reader }) => (await reader.read()).value)).toBe("last");
    });

    test("leaves what was aborted aborted", async () => {
      site.routes.set("/hanging", () => {});
      await open(page, `${site.origin}/`);
      const outcome = page.evaluate(() => {
        const controller = new AbortController();
        Object.assign(globalThis, { controller });
        return fetch("/hanging", { signal: controller.signal }).then(({ status }) => status, (error) => error.name);
      });
      await until(() => site.requests.includes("GET /hanging"), "the request has arrived");
      await page.evaluate(() => (globalThis as unknown as { controller: AbortController }).controller.abort());
      expect(await outcome).toBe("AbortError");
    });

    test("says nothing of another origin that a redirect leads to", async () => {
      const cors = { "access-control-allow-origin": "*" };
      const other = site.origin.replace("127.0.0.1", "localhost");
      site.routes.set("/away", (_req, res) => void res.writeHead(302, { location: `${other}/theirs` }).end());
      site.routes.set("/theirs", reply(503, "text/plain", "theirs", cors));
      await open(page, `${site.origin}/`);
      expect(await fetchIn(page, "/away")).toMatchObject({ status: 503, body: "theirs" });
    });

    test("sends a form that failed never again by itself", async () => {
      site.routes.set("/form", html("Form"));
      site.routes.set("/send", html("Sent"));
      await open(page, `${site.origin}/form`);
      await page.evaluate(() => {
        document.body.innerHTML =
          '<form method="post" action="/send"><input name="a" value="b"><button>Send</button></form>';
      });
      await site.stop();
      const answered = page.waitForResponse((response) => response.request().method() === "POST");
      await page.getByRole("button").click();
      expect((await answered).status()).toBe(503);
      await page.getByRole("heading", { name: "Down for maintenance" }).waitFor();
      expect(page.url()).toBe(`${site.origin}/send`);

      await site.start();
      expect(await open(page, `${site.origin}/`)).toMatchObject(appPage);
      expect(site.requests).not.toContain("POST /send");

      await open(page, `${site.origin}/form`);
      await page.evaluate(() => {
        document.body.innerHTML = '<form method="post" action="/send"><button>Send</button></form>';
      });
      await page.getByRole("button").click();
      await page.getByRole("heading", { name: "Sent" }).waitFor();
      expect(site.requests.filter((request) => request === "POST /send")).toHaveLength(1);
    });
  });

  test("offlineFallback() gives the gate the request as the server would have got it", async () => {
    const site = await siteWith(importing(`offlineFallback({
      answers: {
        handler503: ({ method, url, headers }, { status }) =>
          Response.json({ method, url, headers: Object.fromEntries(headers), languages: navigator.languages }, { status }),
      },
    });`));
    const page = await site.visit();
    await site.stop();
    const answer = await fetchIn(page, "/api?a=b", {
      method: "PUT",
      headers: { "x-requested-with": "app", "content-type": "application/json" },
      body: "{}",
    });
    const { languages, ...sent } = JSON.parse(answer.body!);
    expect(languages.length).toBeGreaterThan(0);
    expect(sent).toEqual({
      method: "PUT",
      url: `${site.origin}/api?a=b`,
      headers: {
        accept: "application/problem+json",
        "accept-language": languages.join(","),
        "content-type": "application/json",
        "x-requested-with": "app",
      },
    });
    const own = await fetchIn(page, "/api", { headers: { "accept-language": "nl" } });
    expect(JSON.parse(own.body!).headers["accept-language"]).toBe("nl");
    await page.goto(`${site.origin}/page`);
    expect(JSON.parse((await page.locator("body").textContent())!)).toMatchObject({
      method: "GET",
      headers: { accept: "text/html", "accept-language": languages.join(",") },
    });
  });

  test("offlineFallback() leaves what an earlier listener answers to it", async () => {
    const site = await siteWith(`
      import { maintenanceMode } from "maintenancemode";
      import { offlineFallback, withMaintenance } from "maintenancemode/service-worker";
      const page = "<h1>The gate</h1>";
      addEventListener("fetch", withMaintenance(maintenanceMode({ enabled: true, ignoreUrls: ["/open"], page })));
      offlineFallback();
    `);
    const page = await site.visit();
    site.routes.set("/open", html("Open"));
    expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503, heading: "The gate" });
    expect(await open(page, `${site.origin}/open`)).toMatchObject({ status: 200, heading: "Open" });
    await site.stop();
    expect(await open(page, `${site.origin}/`)).toMatchObject({ status: 503, heading: "The gate" });
    expect(await open(page, `${site.origin}/open`)).toMatchObject({ status: 503, heading: "Down for maintenance" });
  });

  test("offlineFallback() takes what navigation preload has fetched, and asks no second time", async () => {
    const site = await siteWith(importing(`
      addEventListener("activate", (event) => event.waitUntil(registration.navigationPreload.enable()));
      offlineFallback();
    `));
    const page = await site.visit();
    site.routes.set("/shop", (req, res) => html(String(req.headers["service-worker-navigation-preload"]))(req, res));
    expect(await open(page, `${site.origin}/shop`)).toMatchObject({ status: 200, heading: "true" });
    expect(site.requests.filter((request) => request === "GET /shop")).toHaveLength(1);
    site.routes.set("/shop", reply(502, "text/html", "<h1>nginx</h1>"));
    expect(await open(page, `${site.origin}/shop`)).toMatchObject({ status: 502, heading: "Down for maintenance" });
    await site.stop();
    expect(await open(page, `${site.origin}/shop`)).toMatchObject({ status: 503, heading: "Down for maintenance" });
  });

  test("offlineFallback() hands on what the network said where it fails itself", async () => {
    const site = await siteWith(importing(`
      Object.defineProperty(navigator, "languages", { get: () => { throw new Error("no languages"); } });
      offlineFallback({ answers: { onError: (error) => { throw error; } } });
    `));
    const page = await site.visit();
    site.routes.set("/bare", reply(502, "text/html", "<h1>nginx</h1>"));
    expect(await open(page, `${site.origin}/bare`)).toMatchObject({ status: 502, heading: "nginx" });
    await site.stop();
    await expect(page.goto(`${site.origin}/`)).rejects.toThrow("net::ERR_FAILED");
  });

  test.each(["https://other.test/503.html", "//other.test/503.html", "http://[", "data:text/html,"])(
    "offlineFallback() refuses pageUrl %s",
    async (pageUrl) => {
      const site = await siteWith(importing(`
        let message = "nothing was thrown";
        try {
          offlineFallback(${JSON.stringify({ pageUrl })});
        } catch (error) {
          message = String(error);
        }
        addEventListener("fetch", (event) => event.respondWith(new Response(message)));
        addEventListener("activate", (event) => event.waitUntil(clients.claim()));
      `));
      const page = await site.visit();
      expect(await fetchIn(page, "/")).toMatchObject({
        body:
          'OptionError: Cannot stand in for the origin: "pageUrl" must be a URL of this origin such as "/503.html", ' +
          `received ${JSON.stringify(pageUrl)}`,
      });
    },
  );
});

test.each<[unknown, string]>([
  [{ page: "/503.html" }, 'unknown name "page" in options: did you mean "pageUrl"?'],
  [[], "options must be an object, received an array"],
  [{ pageUrl: 503 }, '"pageUrl" must be a URL of this origin such as "/503.html", received 503'],
  [{ pageUrl: "" }, '"pageUrl" must be a URL of this origin such as "/503.html", received ""'],
  [{ answers: "no" }, '"answers" must be options of maintenanceMode(), received "no"'],
  [{ answers: { enabled: false } }, '"answers" must not hold "enabled": everybody gets the answer'],
  [{ answers: { allow: () => true } }, '"answers" must not hold "allow": everybody gets the answer'],
  [
    { answers: { statusCode: 200 } },
    '"answers" must not hold "statusCode": the status is what the network said, and 503 where it said nothing',
  ],
  [
    { answers: { redirectUrl: "/sorry" } },
    '"answers" must not hold "redirectUrl": what cannot be reached cannot be redirected to',
  ],
  [
    { answers: { site: { name: "Example" } } },
    '"answers" must not hold "site": a page with name, logo and colours is yours to make, with "page" or "pageUrl"',
  ],
  [
    { answers: { messages: {} } },
    '"answers" must not hold "messages": words of your own are yours to write, with "page" or "pageUrl"',
  ],
  [{ answers: { cors: false } }, '"answers" must not hold "cors": the worker answers requests of its own origin alone'],
  [
    { answers: { retryJitter: 60 } },
    '"answers" must not hold "retryJitter": visitors who are offline ask the origin again by themselves',
  ],
  [
    { pageUrl: "/503.html", answers: { page: "<p>" } },
    '"answers" must not hold "page" beside "pageUrl", received "<p>": either of them is the page',
  ],
])("offlineFallback() refuses %j", (options, message) => {
  expect(() => offlineFallback(options as OfflineFallbackOptions)).toThrow(
    optionError(`Cannot stand in for the origin: ${message}`),
  );
});

test("offlineFallback() refuses what maintenanceMode() refuses", () => {
  expect(() => offlineFallback({ answers: { onErorr: () => {} } as object })).toThrow(
    'Cannot create maintenance mode: unknown name "onErorr" in "answers": did you mean "onError"?',
  );
  expect(() => offlineFallback({ answers: { onError: 1 as never } })).toThrow(
    'Cannot create maintenance mode: "onError" must be a function, received 1',
  );
  expect(() => offlineFallback({ answers: { retryAfter: -1 } })).toThrow(
    'Cannot create maintenance mode: "retryAfter" must be a whole number of seconds from 0 or a Date, received -1',
  );
});

test("offlineFallback() and unregister() say that they belong into a Service Worker", async () => {
  const message = (name: string) =>
    expect.objectContaining({
      name: "MaintenanceError",
      code: "ERR_RUNTIME",
      message:
        `Cannot stand in for the origin: skipWaiting() is missing: call ${name} in the script of a Service Worker`,
    });
  expect(() => offlineFallback()).toThrow(message("offlineFallback()"));
  await expect(unregister()).rejects.toThrow(message("unregister()"));
});
