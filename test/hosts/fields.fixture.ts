/**
 * A server whose responses get more header fields: `fields.fixture.ts <kind>`, a key of `servers` below.
 *
 * It prints its port, takes each line that it reads for the state to be set, and prints how many requests are not finished
 * then. It believes X-Forwarded-For. What is in the path says what is answered.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { LIVE, type LiveInternals } from "../../src/gate/live.ts";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const state = liveState(memoryStore());
const { tracker } = (state as unknown as { [LIVE]: LiveInternals })[LIVE];
const maintenance = maintenanceMode({ state, bypassDomain: "site.test", announce: { header: "Maintenance" } });
const options = { trustProxy: ["loopback"] };

// One for all requests, which is allowed where there is no body.
const SHARED = new Response(null, { status: 204, headers: { "x-app": "shared" } });

let sendRest = () => {};
/** A body whose second half is sent when somebody asks for "/rest": whoever has read all of it before would wait. */
function halves(): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      controller.enqueue(encoder.encode("first "));
      sendRest = () => {
        controller.enqueue(encoder.encode("second"));
        controller.close();
      };
    },
  });
}

/** The app as a fetch handler. */
function respond(request: Request): Response | Promise<Response> {
  switch (new URL(request.url).pathname) {
    case "/shared":
      return SHARED;
    case "/redirect":
      return Response.redirect("http://site.test/");
    case "/fetched":
      return fetch("data:text/plain,fetched");
    case "/cookies":
      return new Response("text", {
        headers: [["set-cookie", "a=1"], ["set-cookie", "b=2"]],
      });
    case "/stream":
      return new Response(halves(), { status: 201, statusText: "Made", headers: { "x-app": "stream" } });
    case "/rest":
      sendRest();
      return new Response("sent");
    case "/later":
      return Promise.resolve().then(() => new Response("text"));
    default:
      return new Response("text");
  }
}

/** The same for Node. */
function serve(req: IncomingMessage, res: ServerResponse): void {
  switch (req.url) {
    case "/shared":
      return void res.writeHead(204, { "x-app": "shared" }).end();
    case "/redirect":
      return void res.writeHead(302, { location: "http://site.test/" }).end();
    case "/fetched":
      return void res.setHeader("content-type", "text/plain").end("fetched");
    case "/cookies":
      res.appendHeader("set-cookie", ["a=1", "b=2"]);
      return void res.end("text");
    case "/stream":
      res.writeHead(201, "Made", { "x-app": "stream" }).write("first ");
      return void (sendRest = () => void res.end("second"));
    case "/rest":
      sendRest();
      return void res.end("sent");
    default:
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

const servers: Record<string, () => number | Promise<number>> = {
  deno: () => {
    const handler = denoWithMaintenance(maintenance, respond, options);
    return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler).addr.port;
  },
  bun: () =>
    Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: bunWithMaintenance(maintenance, respond, options) }).port,
  node: () =>
    listen(createServer(withMaintenance(maintenance, respond, options) as (req: object, res: object) => void)),
  middleware: () => {
    const gate = maintenanceMiddleware(maintenance, options);
    return listen(createServer((req, res) => gate(req, res, () => serve(req, res))));
  },
};

await state.ready;
console.log(await servers[process.argv[2]!]!());
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    await state.set(JSON.parse(line));
    console.log(tracker!.count().inFlight);
  })
  // The parent is gone.
  .on("close", () => process.exit());
