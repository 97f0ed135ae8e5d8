/** Pages of other origins against the panel, in a real browser with the operator's cookie. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page as Tab } from "playwright-core";
import { afterEach, expect } from "vitest";
import { startTabs } from "../answer/page/_tabs.ts";
import { COOKIE, type Site, startSite } from "./_site.ts";

const tabs = await startTabs({ mayComplain: true });
const { test } = tabs;
const closers: (() => unknown)[] = [];

afterEach(async () => void await Promise.all(closers.splice(0).map((close) => close())));

/** Opens a page of another port. The browser takes it for the same site, so it sends all cookies along. */
async function openEvil(host: string): Promise<{ site: Site; tab: Tab }> {
  const site = await startSite();
  closers.push(() => site.close());
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<!doctype html><title>Evil</title><body>");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { tab, context } = await tabs.open();
  const [name, value] = COOKIE.split("=");
  await context.addCookies([{ name: name!, value: value!, url: site.origin }]);
  await tab.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
  return { site, tab };
}

const HOSTS = ["127.0.0.1", "localhost"];

test.each(HOSTS)("a page at %s cannot switch anything by fetch or a beacon, and read nothing", async (host) => {
  const { site, tab } = await openEvil(host);
  const results = await tab.evaluate(async (panel) => {
    const json = { "content-type": "application/json" };
    const body = '{"mode":"on"}';
    const tries: [string, RequestInit][] = [
      ["window", { method: "PUT", headers: { ...json, "if-match": "*" }, body }],
      ["window", { method: "PUT", mode: "no-cors", body }],
      ["window", { method: "POST", mode: "no-cors", body }],
      ["window/bypass", { method: "POST", mode: "no-cors", body }],
      ["window", { method: "DELETE", headers: { "if-match": "*" } }],
      ["state", {}],
      ["state", { mode: "no-cors" }],
    ];
    navigator.sendBeacon(`${panel}/api/window/bypass`, new Blob([body], { type: "text/plain" }));
    return await Promise.all(
      tries.map(([path, init]) =>
        fetch(`${panel}/api/${path}`, { credentials: "include", ...init }).then(
          async (response) => response.type === "opaque" ? "opaque" : `read ${await response.text()}`,
          () => "refused",
        )
      ),
    );
  }, site.panel);
  expect(results.filter((result) => result.startsWith("read"))).toEqual([]);
  expect(site.state.current).toEqual({ mode: "off" });
});

test.each(HOSTS)("a page at %s cannot switch anything by a form", async (host) => {
  for (
    const [method, path, enctype] of [["post", "window", "text/plain"], [
      "post",
      "window/bypass",
      "application/x-www-form-urlencoded",
    ], ["get", "window", "multipart/form-data"]]
  ) {
    const { site, tab } = await openEvil(host);
    const answered = tab.waitForResponse((response) => response.url().includes("/api/"));
    await tab.evaluate(([panel, method, path, enctype]) => {
      const form = document.createElement("form");
      Object.assign(form, { method, enctype, action: `${panel}/api/${path}` });
      const input = document.createElement("input");
      Object.assign(input, { name: '{"mode":"on","note":"', value: '"}' });
      form.append(input);
      document.body.append(form);
      form.submit();
    }, [site.panel, method!, path!, enctype!] as const);
    expect((await answered).status()).toBeGreaterThanOrEqual(400);
    expect(site.state.current).toEqual({ mode: "off" });
  }
});

test.each(HOSTS)(
  "a page at %s can neither frame the panel nor load it as an image, a script or events",
  async (host) => {
    const { site, tab } = await openEvil(host);
    const results = await tab.evaluate((panel) => {
      const load = (tag: "img" | "script" | "link" | "iframe" | "object", src: string) =>
        new Promise<string>((resolve) => {
          const element = document.createElement(tag);
          Object.assign(
            element,
            tag === "link" ? { rel: "stylesheet", href: src } : tag === "object" ? { data: src } : { src },
          );
          element.addEventListener("load", () => {
            const frame = element as HTMLIFrameElement;
            resolve(tag === "iframe" ? `frame ${frame.contentDocument === null ? "closed" : "open"}` : "loaded");
          });
          element.addEventListener("error", () => resolve("error"));
          document.body.append(element);
        });
      const events = new Promise<string>((resolve) => {
        const source = new EventSource(`${panel}/api/events`, { withCredentials: true });
        source.onopen = () => resolve("loaded");
        source.onerror = () => resolve("error");
      });
      return Promise.all([
        load("img", `${panel}/api/state`),
        load("script", `${panel}/api/state`),
        load("link", `${panel}/api/state`),
        load("object", panel),
        events,
        load("iframe", panel),
      ]);
    }, site.panel);
    expect(results).toEqual(["error", "error", "error", "error", "error", "frame closed"]);
    expect(await tab.frameLocator("iframe").locator("#headline").count()).toBe(0);
    expect(site.state.current).toEqual({ mode: "off" });
  },
);

test("a frame of the panel's own origin does not show it either", async () => {
  const { site, tab } = await openEvil("127.0.0.1");
  await tab.goto(site.origin);
  await tab.evaluate((panel) =>
    new Promise((done) => {
      const frame = document.createElement("iframe");
      Object.assign(frame, { src: panel, onload: done });
      document.body.append(frame);
    }), site.panel);
  expect(await tab.frameLocator("iframe").locator("#headline").count()).toBe(0);
});
