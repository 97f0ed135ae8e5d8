/**
 * One server of the HTTP topic: `_server.ts <name> <answer>`, the names and answers are in `http.ts`.
 *
 * It prints its port, and for each line that it reads the CPU time it has spent, in microseconds.
 */
import { Buffer } from "node:buffer";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createServerAdapter } from "@whatwg-node/server";
import { Hono } from "hono";
import { maintenanceMode } from "../../src/index.ts";
import { BROWSERS, PATH } from "./_browsers.ts";
import { RUNTIME } from "./_harness.ts";

type Handler = (request: Request) => Response | Promise<Response>;

// Of the request everything is needed: the client's address, method, URL, Accept and Accept-Language.
const ignoreUrls = ["/health", "/status/*", "/hooks/:name", "/static/*", "/api/v1/ping", "/api/v2/ping", "/robots.txt"];
const internalIps = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "203.0.113.0/24", "2001:db8::/32", "fd00::/8"];
const maintenance = maintenanceMode({ enabled: true, retryAfter: 3600, ignoreUrls, internalIps });
const off = maintenanceMode({ enabled: () => false, retryAfter: 3600, ignoreUrls, internalIps });

const app: Handler = () => new Response("the site");

const asked: Record<string, string> = process.argv[3] === "json"
  ? { accept: "application/json", "accept-language": "en" }
  : { accept: BROWSERS[0]!["accept"]!, "accept-language": process.argv[3] ?? "en" };
const example = maintenance(new Request(`http://localhost${PATH}`, { headers: asked }), { clientIp: "127.0.0.1" })!;
const status = example.status;
const fields = Object.fromEntries(example.headers);
const body = await example.text();
const bytes = new TextEncoder().encode(body);
const headers: Record<string, string> = { ...fields, "content-length": String(bytes.length) };
const init = { status, headers: new Headers(fields) };

/** Takes what a bare handler has read, so that reading it cannot be left out. */
let needed = 0;
function need(...texts: (string | null | undefined)[]): void {
  for (const text of texts) needed += text?.length ?? 0;
}

/** The same of a Request, which makes each of these when it is asked for. */
function needRequest(ip: string | undefined, { method, url, headers }: Request): void {
  need(ip, method, url, headers.get("accept"), headers.get("accept-language"));
}

function honoApp(): Handler {
  const hono = new Hono()
    .use(async (c, next) => {
      if (!maintenance.active) return await next();
      const accept = c.req.header("accept") ?? "";
      if (c.req.path === "/health") return await next();
      return accept.includes("text/html") ? c.body(body, 503, fields) : c.json({ status: 503 }, 503);
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
  const { maintenanceMiddleware } = await import("../../src/hosts/connect.ts");
  const { withMaintenance } = await import("../../src/hosts/node.ts");
  const answerSite = (response: ServerResponse) =>
    response.writeHead(200, { "content-type": "text/plain" }).end("the site");
  const listen = (handler: Handler) => listenNode(createServerAdapter(handler) as RequestListener);
  // Text is sent as fast as bytes where it is ASCII, and several times slower elsewhere.
  const sendable = bytes.length === body.length ? body : Buffer.from(bytes);
  return {
    "bare": () =>
      listenNode((request, response) => {
        const { method, url, headers: { accept, "accept-language": language } } = request;
        need(request.socket.remoteAddress, method, url, accept, language);
        response.writeHead(status, headers).end(sendable);
      }),
    "middleware": () => {
      const gate = maintenanceMiddleware(maintenance);
      return listenNode((request, response) => void gate(request, response, () => answerSite(response)));
    },
    "bare-adapter": () => {
      // The third argument has the Response that the adapter itself is fastest with.
      const adapter = createServerAdapter<{ req: { socket: { remoteAddress?: string } } }>(
        (request, { req }, fetchAPI) => {
          needRequest(req.socket.remoteAddress, request);
          return new (fetchAPI as { Response: typeof Response }).Response(sendable, { status, headers });
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
        needRequest(info.remoteAddr.hostname, request);
        return template.clone();
      }),
    "bare-new": () =>
      listen((request, info) => {
        needRequest(info.remoteAddr.hostname, request);
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
        needRequest(server.requestIP(request)?.address, request);
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
