/** A Service Worker in headless Chromium. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { launchChromium } from "../../_chromium.ts";
import type { CaseRequest, Reply } from "../suite.ts";
import { inTime, type Start } from "./target.ts";

/** Starts an entry as the Service Worker of a page. */
export function serviceWorker(entry: string): Start {
  return async (project) => {
    const script = await project.bundle(entry, "iife", ["browser", "worker"]);
    const browser = await inTime("Starting Chromium", launchChromium());
    if (browser === undefined) return { missing: "Chromium does not start here" };
    const network = createServer(async (req, res) => {
      const { method, url } = req;
      const path = url?.replace(/\?.*/, "");
      const [type, content] = path === "/sw.js"
        ? ["text/javascript", script]
        : path === "/"
        ? ["text/html", "<!doctype html><link rel=icon href=data:,><title>page</title>"]
        : ["application/json", JSON.stringify({ reached: "network", method, url, path, body: await text(req) })];
      res.writeHead(200, { "content-type": type, "x-reached": "network" }).end(content);
    });
    await new Promise<void>((done) => network.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${(network.address() as AddressInfo).port}`;
    const context = await browser.newContext();
    let output = "";
    context.on("serviceworker", (worker) => worker.on("console", (message) => output += `${message.text()}\n`));
    context.on("weberror", (error) => output += `${error.error().message}\n`);
    const page = await context.newPage();
    await page.goto(`${origin}/`);
    await inTime(
      "Starting the Service Worker",
      page.evaluate(async () => {
        const { serviceWorker } = navigator;
        const controlled = new Promise((done) => serviceWorker.addEventListener("controllerchange", done));
        await serviceWorker.register("/sw.js");
        if (!serviceWorker.controller) await controlled;
      }),
    );
    const tab = await context.newPage();
    return {
      version: browser.version(),
      send(request, gate) {
        const what = `${request.method ?? "GET"} ${request.target ?? "/"}`;
        return inTime(what, request.navigate ? navigate(tab, origin, request, gate) : fetchFrom(page, request, gate));
      },
      output: () => output,
      async close() {
        await browser.close();
        network.closeAllConnections();
        network.close();
      },
    };
  };
}

async function fetchFrom(page: Page, request: CaseRequest, gate: string): Promise<Reply> {
  const { method = "GET", target = "/", headers = {}, body } = request;
  const reply = await page.evaluate(async ({ target, init }) => {
    try {
      const response = await fetch(target, init);
      return { status: response.status, headers: [...response.headers], body: await response.text() };
    } catch {
      return { status: 0, headers: [], body: "" }; // A network error: the Service Worker gave no answer.
    }
  }, {
    target,
    init: {
      method,
      headers: { ...headers as Record<string, string>, "x-gate": gate },
      ...body === undefined ? {} : { body },
    },
  });
  return { ...reply, headers: new Map(reply.headers as [string, string][]) };
}

async function navigate(tab: Page, origin: string, request: CaseRequest, gate: string): Promise<Reply> {
  const { target = "/" } = request;
  const response = await tab.goto(`${origin}${target}${target.includes("?") ? "&" : "?"}gate=${gate}`);
  if (!response) return { status: 0, headers: new Map(), body: "" };
  return {
    status: response.status(),
    headers: new Map(Object.entries(await response.allHeaders())),
    body: await response.text(),
  };
}
