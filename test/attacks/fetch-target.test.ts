/** Adapters that somebody makes of `/fetch` by hand, on servers that put the URL together from what the client has sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { createServerAdapter } from "@whatwg-node/server";
import { Hono } from "hono";
import Koa from "koa";
import { serve as serveSrvx } from "srvx";
import { describe, expect, test } from "vitest";
import { createGuard, withMaintenance } from "../../src/hosts/fetch.ts";
import { type Maintenance, maintenanceMode } from "../../src/index.ts";
import { MADE_UP, send, type Target } from "../frameworks/targets.ts";
import { cleanUp, listen } from "../hosts/_upgrade.ts";

/** What an app that routes by the target serves: "/health", and "/facts" with all below. */
function pageOf(target: string): string {
  const path = target.split(/[?#]/, 1)[0]!;
  if (path === "/health") return "healthy";
  return path === "/facts" || path.startsWith("/facts/") ? "Hello from the app" : "none";
}

const respond = (target: string) => new Response(pageOf(target));

/** The URL of a request as such servers make it. */
function urlOf({ url = "/", headers }: IncomingMessage): string {
  return url.startsWith("/") ? `http://${headers.host}${url}` : url;
}

type Answer = (request: Request, req: IncomingMessage, res: ServerResponse) => Response | Promise<Response>;

/** A server that makes a `Request` of each request. */
function serverOf(answer: Answer): Promise<number> {
  return listen(createServer(async (req, res) => {
    let request: Request;
    try {
      request = new Request(urlOf(req), { headers: req.headers as Record<string, string> });
    } catch {
      return void res.writeHead(400).end();
    }
    const response = await answer(request, req, res);
    res.writeHead(response.status).end(await response.text());
  }));
}

const servers: Record<string, (gate: Maintenance) => Promise<number>> = {
  "a server that passes on the request of Node": (gate) =>
    serverOf(withMaintenance(gate, (_request: Request, req: IncomingMessage) => respond(req.url!))),
  "a server that passes on the request and the response of Node": (gate) => {
    const guard = createGuard(gate);
    return serverOf((request, req, res) => guard(request, { next: () => respond(req.url!), host: { req, res } }));
  },
  "a framework with the request of Node in its own": (gate) => {
    const guard = createGuard(gate);
    return serverOf((request, raw) => guard(request, { next: () => respond(raw.url!), host: { request: { raw } } }));
  },
  "Koa": (gate) => {
    const guard = createGuard(gate);
    const app = new Koa();
    app.use(async (ctx, next) => {
      const headers = ctx.headers as Record<string, string>;
      const answer = await guard(new Request(urlOf(ctx.req), { headers }), { next, host: ctx });
      if (!(answer instanceof Response)) return;
      ctx.status = answer.status;
      ctx.body = await answer.text();
    });
    app.use((ctx) => void (ctx.body = pageOf(ctx.url)));
    app.silent = true;
    return listen(createServer(app.callback()));
  },
  "Hono": (gate) => {
    const guard = createGuard(gate);
    const app = new Hono<{ Bindings: { incoming: IncomingMessage } }>();
    app.use(async (c) => await guard(c.req.raw, { next: () => respond(c.env.incoming.url!), host: c }));
    return new Promise((resolve) => {
      const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
      cleanUp(() => server.close());
    });
  },
  "@whatwg-node/server": (gate) => {
    const handler = withMaintenance(gate, (_request, { req }: { req: IncomingMessage }) => respond(req.url!));
    return listen(createServer(createServerAdapter<{ req: IncomingMessage }>(handler)));
  },
  "srvx": async (gate) => {
    const handler = withMaintenance(
      gate,
      (request) =>
        respond((request as unknown as { runtime: { node: { req: IncomingMessage } } }).runtime.node.req.url!),
    );
    const server = serveSrvx({ fetch: handler, port: 0, hostname: "127.0.0.1", silent: true });
    cleanUp(() => server.close(true));
    await server.ready();
    return (server.node!.server!.address() as AddressInfo).port;
  },
};

/** Targets that a `Request` writes in another way. */
const MOVED: readonly Target[] = [
  ["site.test", "/facts/../health"],
  ["site.test", "/facts/%2e%2e/health"],
  ["site.test", "/facts\\..\\health"],
  ["site.test", "/facts/..\\..\\health"],
];

const gateOf = () => maintenanceMode({ enabled: true, ignoreUrls: ["/health"], onError() {} });

/** The requests that got to the app's pages. */
async function letIn(port: number, targets: readonly Target[]): Promise<Target[]> {
  const answers = await Promise.all(targets.map((target) => send(port, target)));
  return targets.filter((_, i) => answers[i]!.includes("Hello from the app"));
}

describe.each(Object.entries(servers))("an adapter of /fetch for %s", (_name, start) => {
  test("lets nobody in whose host or target hides the path", async () => {
    const port = await start(gateOf());
    expect(await send(port, ["site.test", "/facts"])).toMatch(/^HTTP\/1\.1 503/);
    expect(await letIn(port, [...MADE_UP, ...MOVED])).toEqual([]);
  });

  test.each<Target>([
    ["site.test", "/health"],
    ["SITE.test:80", "/health?a=/facts"],
    ["[::1]:80", "/health"],
  ])("keeps open what ignoreUrls name: %s %s", async (...target) => {
    expect(await send(await start(gateOf()), target)).toContain("healthy");
  });
});

test("an adapter of /fetch that passes on nothing of Node lets nobody in whose Host field is no host", async () => {
  const guard = createGuard(gateOf());
  const port = await serverOf((request, { url }) => guard(request, { next: () => respond(url!) }));
  expect(await letIn(port, MADE_UP)).toEqual([]);
  expect(await send(port, ["site.test:8080", "/health"])).toContain("healthy");
});
