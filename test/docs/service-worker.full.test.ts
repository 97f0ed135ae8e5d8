import { afterAll, expect, test } from "vitest";
import { html, launchVisitor, reply, startSite } from "../hosts/_site.ts";
import { until } from "../_until.ts";
import { page } from "./_pages.ts";
import { bundle, cleanUp } from "./_scratch.ts";

afterAll(cleanUp);

test(
  "A Service Worker answers for a server that is stopped, until it is removed",
  async ({ skip }) => {
    const written = page("service-worker.md");
    const build = (heading: string) =>
      bundle(`${heading}.ts`, written.codeUnder(heading), "iife", ["browser", "worker"]);
    const answering = await build("When the origin cannot be reached");
    const removing = await build("Removing it");
    const [registration] = written.blocksUnder("When the origin cannot be reached", "html");
    const browser = await launchVisitor();
    if (browser === undefined) return skip("Chromium does not start here");
    const site = await startSite(browser, answering);
    try {
      site.routes.set("/", html("Welcome", `<link rel=icon href=data:,>${registration!.text}`));
      const tab = await site.context.newPage();
      await tab.goto(site.origin);
      await until(() => tab.evaluate(() => navigator.serviceWorker.controller !== null), "the worker is in charge");
      await site.stop();
      const answer = await tab.goto(`${site.origin}/shop`);
      expect(answer!.status()).toBe(503);
      expect(answer!.headers()["retry-after"]).toBe("60");

      await site.start();
      site.routes.set("/", html("Without the registration"));
      site.routes.set("/sw.js", reply(200, "text/javascript", removing));
      await tab.goto(site.origin);
      const count = () => tab.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
      await until(async () => await count() === 0, "the worker is removed");
      await site.stop();
      await expect(tab.goto(site.origin)).rejects.toThrow("ERR_CONNECTION_REFUSED");
    } finally {
      await site.close();
      await browser.close();
    }
  },
);

test("A Service Worker with languages answers in that of the visitor", async ({ skip }) => {
  const written = page("service-worker.md");
  const script = await bundle("languages.ts", written.codeUnder("A page of your own"), "iife", ["browser", "worker"]);
  const [registration] = written.blocksUnder("When the origin cannot be reached", "html");
  const browser = await launchVisitor();
  if (browser === undefined) return skip("Chromium does not start here");
  const site = await startSite(browser, script);
  try {
    site.routes.set("/", html("Welcome", `<link rel=icon href=data:,>${registration!.text}`));
    const tab = await site.context.newPage();
    await tab.goto(site.origin);
    await until(() => tab.evaluate(() => navigator.serviceWorker.controller !== null), "the worker is in charge");
    await site.stop();
    const text = await tab.evaluate(async () => {
      const headers = { "accept": "text/plain", "accept-language": "de" };
      return await (await fetch("/shop", { headers })).text();
    });
    expect(text).toMatch(/^Wartungsarbeiten\n/);
  } finally {
    await site.close();
    await browser.close();
  }
});
