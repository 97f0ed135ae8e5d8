/**
 * One server of the HTTP topic: `_server.ts <name>`, the names are in `http.ts`.
 *
 * It prints its port, and for each line that it reads the CPU time it has spent, in microseconds.
 */
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createServerAdapter } from "@whatwg-node/server";
import { Hono } from "hono";
import { maintenanceMode } from "../../src/index.ts";
import { BROWSERS } from "./_browsers.ts";
import { RUNTIME } from "./_harness.ts";

type Handler = (request: Request) => Response | Promise<Response>;

// Of the request everything is needed: the client's address, the URL and Accept.
const ignoreUrls = ["/health", "/status/*", "/hooks/:name", "/static/*", "/api/v1/ping", "/api/v2/ping", "/robots.txt"];
const internalIps = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "203.0.113.0/24", "2001:db8::/32", "fd00::/8"];
const maintenance = maintenanceMode({ enabled: true, retryAfter: 3600, ignoreUrls, internalIps });
const off = maintenanceMode({ enabled: () => false, retryAfter: 3600, ignoreUrls, internalIps });

const app: Handler = () => new Response("the site");

const example = maintenance(new Request("http://localhost/", { headers: BROWSERS[0]! }), { clientIp: "127.0.0.1" })!;
const status = example.status;
const headers = Object.fromEntries(example.headers);
const body = await example.text();
const bytes = new TextEncoder().encode(body);
const init = { status, headers: new Headers(headers) };

/** Takes what a bare handler has read, so that reading it cannot be left out. */
let needed = 0;
function need(ip: string | undefined, url: string | undefined, accept: string | null | undefined): void {
  needed += (ip?.length ?? 0) + (url?.length ?? 0) + (accept?.length ?? 0);
}

function honoApp(): Handler {
  const hono = new Hono()
    .use(async (c, next) => {
      if (!maintenance.active) return await next();
      const accept = c.req.header("accept") ?? "";
      if (c.req.path === "/health") return await next();
      return accept.includes("text/html") ? c.body(body, 503, headers) : c.json({ status: 503 }, 503);
    })
    .get("*", (c) => c.text("the site"));
  return (request) => hono.fetch(request);
}

async function listenNode(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function nodeServers(): Promise<Record<string, () => Promise<number>>> {
  const { middleware, withMaintenance } = await import("../../src/hosts/node.ts");
  const answerSite = (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "text/plain" }).end("the site");
  const listen = (handler: Handler) => listenNode(createServerAdapter(handler) as RequestListener);
  return {
    "bare": () =>
      listenNode((request, response) => {
        need(request.socket.remoteAddress, request.url, request.headers.accept);
        response.writeHead(status, headers).end(body);
      }),
    "middleware": () => {
      const gate = middleware(maintenance);
      return listenNode((request, response) => void gate(request, response, () => answerSite(response)));
    },
    "bare-adapter": () => {
      // The third argument has the Response that the adapter itself is fastest with.
      const adapter = createServerAdapter<{ req: { socket: { remoteAddress?: string } } }>(
        (request, { req }, fetchAPI) => {
          need(req.socket.remoteAddress, request.url, request.headers.get("accept"));
          return new (fetchAPI as { Response: typeof Response }).Response(body, { status, headers });
        },
      );
      return listenNode(adapter as RequestListener);
    },
    "gate": () => listenNode(withMaintenance(maintenance, app) as RequestListener),
    "hono": () => listen(honoApp()),
    "app": () => listen(app),
    "gate-off": () => listenNode(withMaintenance(off, app) as RequestListener),
  };
}

/** What is used of the `Deno` global. */
interface DenoServe {
  serve(
    options: { port: number; hostname: string; onListen: () => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Response | Promise<Response>,
  ): { addr: { port: number } };
}

async function denoServers(): Promise<Record<string, () => number>> {
  const { withMaintenance } = await import("../../src/hosts/deno.ts");
  const { Deno } = globalThis as unknown as { Deno: DenoServe };
  const listen = (handler: Parameters<DenoServe["serve"]>[1]) =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler).addr.port;
  const template = new Response(bytes, init);
  return {
    "bare": () =>
      listen((request, info) => {
        need(info.remoteAddr.hostname, request.url, request.headers.get("accept"));
        return template.clone();
      }),
    "bare-new": () =>
      listen((request, info) => {
        need(info.remoteAddr.hostname, request.url, request.headers.get("accept"));
        return new Response(body, init);
      }),
    "gate": () => listen(withMaintenance(maintenance, app) as Handler),
    "hono": () => listen(honoApp()),
    "app": () => listen(app),
    "gate-off": () => listen(withMaintenance(off, app) as Handler),
  };
}

/** What is used of the `Bun` global. */
interface BunServe {
  serve(options: {
    port: number;
    hostname: string;
    fetch: (
      request: Request,
      server: { requestIP(request: Request): { address: string } | null },
    ) => Response | Promise<Response>;
  }): { port: number };
}

async function bunServers(): Promise<Record<string, () => number>> {
  const { withMaintenance } = await import("../../src/hosts/bun.ts");
  const { Bun } = globalThis as unknown as { Bun: BunServe };
  const listen = (fetch: Parameters<BunServe["serve"]>[0]["fetch"]) =>
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch }).port;
  const template = new Response(body, init);
  return {
    "bare": () =>
      listen((request, server) => {
        need(server.requestIP(request)?.address, request.url, request.headers.get("accept"));
        return new Response(body, template);
      }),
    "gate": () => listen(withMaintenance(maintenance, app) as Handler),
    "hono": () => listen(honoApp()),
    "app": () => listen(app),
    "gate-off": () => listen(withMaintenance(off, app) as Handler),
  };
}

const servers: Record<string, () => number | Promise<number>> = await {
  node: nodeServers,
  deno: denoServers,
  bun: bunServers,
}
  [RUNTIME]();
const port = await servers[process.argv[2]!]!();
process.stdout.write(`${port}\n`);
process.stdin.on("data", () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`${user + system}\n`);
});
// The parent is gone.
process.stdin.on("end", () => process.exit(needed < 0 ? 1 : 0));
