/**
 * A server whose responses may be kept by every cache: `caching.fixture.ts <kind>`, a key of `servers` below.
 *
 * It prints its port, and takes each line that it reads for the state to be set. It believes X-Forwarded-For, and 10.0.0.1 is
 * internal. The path says in which way the app sends its fields.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const state = liveState(memoryStore());
const maintenance = maintenanceMode({ state, internalIps: ["10.0.0.1"] });
const options = { trustProxy: ["loopback"] };

const PUBLIC: Readonly<Record<string, string>> = {
  "Cache-Control": "public, max-age=300",
  "CDN-Cache-Control": "max-age=600",
  "Example-CDN-Cache-Control": "max-age=600",
  "Surrogate-Control": "max-age=600",
  "X-Accel-Expires": "600",
  "Expires": "Thu, 01 Jan 2099 00:00:00 GMT",
  "ETag": '"1"',
};
const FLAT = [...Object.entries(PUBLIC).flat(), "Set-Cookie", "a=1", "Set-Cookie", "b=2"];
// One for all requests.
const SHARED = new Response(null, { status: 204, headers: PUBLIC });
const SHARED_FIELDS = new Headers(PUBLIC);

/** The app as a fetch handler. */
async function respond(request: Request): Promise<Response> {
  switch (new URL(request.url).pathname) {
    case "/shared":
      return SHARED;
    case "/not-modified":
      return new Response(null, { status: 304, headers: PUBLIC });
    case "/part":
      return new Response("te", { status: 206, headers: { ...PUBLIC, "content-range": "bytes 0-1/4" } });
    case "/failure":
      return new Response("failure", { status: 500, headers: PUBLIC });
    case "/stream":
      return new Response(Readable.toWeb(Readable.from([new TextEncoder().encode("text")])) as ReadableStream, {
        headers: PUBLIC,
      });
    case "/redirect":
      return Response.redirect("http://site.test/", 301);
    case "/fetched":
      return await fetch("data:text/plain,fetched");
    default:
      return new Response("text", { headers: SHARED_FIELDS });
  }
}

function setPublic(res: ServerResponse): void {
  for (const [name, value] of Object.entries(PUBLIC)) res.setHeader(name, value);
}

/** The same for Node. */
function serve(req: IncomingMessage, res: ServerResponse): void {
  switch (req.url) {
    case "/shared":
      return void res.writeHead(204, PUBLIC).end();
    case "/message":
      return void res.writeHead(200, "Fine", PUBLIC).end("text");
    case "/former-name":
      // Of HTTP/1 in Node alone.
      setPublic(res);
      return void ((res as { writeHeader?: (status: number) => ServerResponse }).writeHeader?.(200) ?? res).end("text");
    case "/flat":
      return void res.writeHead(200, FLAT).end("text");
    case "/mixed":
      res.setHeader("Expires", PUBLIC["Expires"]!);
      return void res.writeHead(200, { "cache-control": PUBLIC["Cache-Control"]! }).end("text");
    case "/not-modified":
      setPublic(res);
      res.statusCode = 304;
      return void res.end();
    case "/part":
      return void res.writeHead(206, { ...PUBLIC, "content-range": "bytes 0-1/4" }).end("te");
    case "/failure":
      return void res.writeHead(500, PUBLIC).end("failure");
    case "/stream":
      setPublic(res);
      return void Readable.from(["te", "xt"]).pipe(res);
    case "/flushed":
      setPublic(res);
      res.flushHeaders();
      return void res.end("text");
    case "/hints":
      res.writeEarlyHints?.({ link: "</style.css>; rel=preload; as=style" });
      setPublic(res);
      return void res.end("text");
    case "/redirect":
      return void res.writeHead(301, { location: "http://site.test/" }).end();
    case "/fetched":
      res.setHeader("content-type", "text/plain");
      return void res.end("fetched");
    default:
      setPublic(res);
      return void res.end("text");
  }
}

interface Globals {
  readonly Bun: { serve(options: object): { readonly port: number } };
  readonly Deno: {
    serve(options: object, handler: (request: Request, info: never) => unknown): { addr: { port: number } };
  };
}
const { Bun, Deno } = globalThis as unknown as Globals;

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const gate = maintenanceMiddleware(maintenance, options);

const servers: Record<string, () => number | Promise<number>> = {
  deno: () => {
    const handler = denoWithMaintenance(maintenance, respond, options);
    return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler).addr.port;
  },
  bun: () =>
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: bunWithMaintenance(maintenance, respond, options) }).port,
  node: () =>
    listen(createServer(withMaintenance(maintenance, respond, options) as (req: object, res: object) => void)),
  middleware: () => listen(createServer((req, res) => gate(req, res, () => serve(req, res)))),
  http2: () => listen(createHttp2Server((req, res) => gate(req, res, () => serve(req as never, res as never)))),
};

await state.ready;
console.log(await servers[process.argv[2]!]!());
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    await state.set(JSON.parse(line));
    console.log("set");
  })
  // The parent is gone.
  .on("close", () => process.exit());
