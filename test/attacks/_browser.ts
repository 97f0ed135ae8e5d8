/** Chromium for the tests of a file, and servers to visit with it. */
import type { RequestListener } from "node:http";
import type { Page as Tab } from "playwright-core";
import { afterEach } from "vitest";
import type { Maintenance } from "../../src/index.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import type { Opened } from "../answer/page/_browser.ts";
import { startTabs } from "../answer/page/_tabs.ts";
import { htmlOf, serve, type Server } from "./_servers.ts";

/** The secret of a bypass. */
export const SECRET = "correct-horse-battery";

// What the policy stops is told on the console, too.
const tabs = await startTabs({ mayComplain: true });
/** A test that needs Chromium. */
export const test = tabs.test;
const servers: Server[] = [];

afterEach(() => servers.splice(0).forEach((server) => server.close()));

/** Starts a server for one test. */
export async function start(listener: RequestListener): Promise<Server> {
  const server = await serve(listener);
  servers.push(server);
  return server;
}

/** A site behind a gate, whose app answers everything with "app", which may be kept. */
export function startSite(maintenance: Maintenance): Promise<Server> {
  return start(withMaintenance(maintenance, () => {
    const headers = { "content-type": "text/html; charset=utf-8", "cache-control": "max-age=60" };
    return new Response(htmlOf("<h1>app</h1>"), { headers });
  }));
}

/** Somebody else's site. */
export function startOther(body = ""): Promise<Server> {
  return start((_request, response) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(htmlOf(body));
  });
}

interface Watched {
  flag?: unknown;
  violations: string[];
}

/** Opens a tab that notes what its policy has stopped. */
export async function open(options?: Parameters<typeof tabs.open>[0]): Promise<Opened> {
  const it = await tabs.open(options);
  await it.context.addInitScript(() => {
    const watched = globalThis as unknown as Watched;
    watched.violations = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      watched.violations.push(`${effectiveDirective} ${blockedURI}`);
    });
  });
  return it;
}

/** What the policy of the page has stopped. */
export const violationsIn = (tab: Tab) => tab.evaluate(() => (globalThis as unknown as Watched).violations);
/** What a script that should not have run has left behind. */
export const flagIn = (tab: Tab) => tab.evaluate(() => String((globalThis as unknown as Watched).flag));
