/**
 * A server that calls the helper of another host: `wrong-host.fixture.ts <kind>`, a key of `servers` below. It prints what the
 * client gets, and what the gate has reported.
 */
import { serve as serveHono } from "@hono/node-server";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { serve as serveSrvx } from "srvx";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as cloudflareWithMaintenance } from "../../src/hosts/cloudflare.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { withMaintenance as nodeWithMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";

const reported: unknown[] = [];
const maintenance = maintenanceMode({ enabled: process.argv[3] === "on", onError: (error) => reported.push(error) });
const app = () => new Response("the site");
const forNode = nodeWithMaintenance(maintenance, app) as never;

const { Bun, Deno } = globalThis as unknown as {
  Bun: { serve(options: object): { port: number } };
  Deno: { serve(options: object, handler: unknown): { addr: { port: number } } };
};

/** Listens with a helper that throws, as it would end a process that does not catch it. */
async function listen(listener: unknown): Promise<number> {
  const server: Server = createServer((req, res) => {
    try {
      (listener as RequestListener)(req, res);
    } catch (error) {
      reported.push(error);
      res.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const hostname = "127.0.0.1";
const servers: Record<string, () => number | Promise<number>> = {
  "Deno.serve": () => Deno.serve({ port: 0, hostname, onListen() {}, onError: () => failed() }, forNode).addr.port,
  "Bun.serve": () => Bun.serve({ port: 0, hostname, fetch: forNode, error: () => failed() }).port,
  srvx: async () => {
    const server = serveSrvx({ port: 0, hostname, fetch: forNode, silent: true, error: () => failed() });
    await server.ready();
    return Number(new URL(server.url!).port);
  },
  "@hono/node-server": () =>
    new Promise((resolve) => serveHono({ port: 0, hostname, fetch: forNode }, ({ port }) => resolve(port))),
  "http with /deno": () => listen(denoWithMaintenance(maintenance, app)),
  "http with /bun": () => listen(bunWithMaintenance(maintenance, app)),
  "http with /cloudflare": () => listen(cloudflareWithMaintenance(maintenance, app)),
};

function failed(): Response {
  return new Response(null, { status: 500 });
}

const port = await servers[process.argv[2]!]!();
const { status } = await fetch(`http://127.0.0.1:${port}/`);
const errors = reported.map((error) => [error instanceof TypeError, (error as Error).message]);
console.log(JSON.stringify({ status, errors }));
process.exit();
