/** A site with a Service Worker, in headless Chromium, whose server can be stopped and started again. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launchChromium, recommended } from "../_chromium.ts";
import { freePort } from "../_free-port.ts";

/** Answers a request of a path. */
export type Route = (req: IncomingMessage, res: ServerResponse) => void;

/** A site and its one visitor. */
export interface Site {
  origin: string;
  /** What is answered, by path. */
  routes: Map<string, Route>;
  /** The requests that have reached the server, such as `"GET /"`. */
  requests: string[];
  /** The visitor's browser, with nothing kept from others. */
  context: BrowserContext;
  /** Starts the server again, at the same address. */
  start(): Promise<void>;
  /** Stops the server: nobody listens any more. */
  stop(): Promise<void>;
  /** Opens the front page and waits until its Service Worker is in charge of it. */
  visit(): Promise<Page>;
  close(): Promise<void>;
}

const source = (name: string) => fileURLToPath(new URL(`../../src/${name}`, import.meta.url));

/** Starts Chromium as visitors have it, if it starts here. */
export function launchVisitor(): Promise<Browser | undefined> {
  // In a single process, a context that is closed takes the others with it; and visitors have web security.
  const unlikeVisitors = ["--single-process", "--disable-web-security"];
  return launchChromium(recommended.filter((arg) => !unlikeVisitors.includes(arg)));
}

/** The script of a Service Worker, of code that imports `maintenancemode` as users do. */
export async function bundleWorker(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: "ts", resolveDir: import.meta.dirname },
    alias: {
      "maintenancemode/service-worker": source("hosts/service-worker.ts"),
      maintenancemode: source("index.ts"),
    },
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

/** An answer that is text. */
export function reply(status: number, type: string, body: string, headers: Record<string, string> = {}): Route {
  return (_req, res) => void res.writeHead(status, { "content-type": type, ...headers }).end(body);
}

/** A page of the app. */
export function html(title: string, head = "<link rel=icon href=data:,>"): Route {
  return reply(200, "text/html; charset=utf-8", `<!doctype html>${head}<title>${title}</title><h1>${title}</h1>`);
}

/** Starts a site whose front page says "Welcome", and whose Service Worker is the script. */
export async function startSite(browser: Browser, script: string): Promise<Site> {
  const requests: string[] = [];
  const routes = new Map([["/", html("Welcome")], ["/sw.js", reply(200, "text/javascript", script)]]);
  const serve = () =>
    createServer((req, res) => {
      const path = req.url!.replace(/\?.*/, "");
      requests.push(`${req.method} ${path}`);
      (routes.get(path) ?? reply(404, "text/html; charset=utf-8", "<h1>No such page</h1>"))(req, res);
    });

  const port = await freePort();
  let server = await listen(serve(), port);
  const origin = `http://127.0.0.1:${port}`;
  const context = await browser.newContext();

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server.close(), "close");
    server.closeAllConnections();
    await closed;
  }

  return {
    origin,
    routes,
    requests,
    context,
    stop,
    async start() {
      server = await listen(serve(), port);
    },
    async visit() {
      const page = await context.newPage();
      await page.goto(`${origin}/`);
      await page.evaluate(register);
      return page;
    },
    async close() {
      await context.close();
      await stop();
    },
  };
}

async function listen(server: Server, port: number): Promise<Server> {
  await once(server.listen(port, "127.0.0.1"), "listening");
  return server;
}

async function register(): Promise<void> {
  const { serviceWorker } = navigator;
  const controlled = new Promise((done) => serviceWorker.addEventListener("controllerchange", done));
  await serviceWorker.register("/sw.js");
  if (!serviceWorker.controller) await controlled;
}
