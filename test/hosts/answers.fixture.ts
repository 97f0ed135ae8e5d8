/**
 * A server that is closed for maintenance: `answers.fixture.ts <kind>`, a key of `servers` below. It prints its port.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";

const maintenance = maintenanceMode({ enabled: true, retryAfter: 600 });
const app = () => new Response("the site");

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Puts a response in front that ends later than it is told to, as one that compresses what it is given does. */
function endLater(listener: RequestListener): RequestListener {
  return (req, res) => {
    const end = res.end.bind(res) as (...args: unknown[]) => unknown;
    res.end = ((...args: unknown[]) => {
      setImmediate(() => end(...args));
      return res;
    }) as typeof res.end;
    listener(req, res);
  };
}

const { Bun, Deno } = globalThis as unknown as {
  Bun: { serve(options: { port: number; hostname: string; fetch: unknown }): { port: number } };
  Deno: {
    serve(options: { port: number; hostname: string; onListen(): void }, handler: unknown): { addr: { port: number } };
  };
};

const servers: Record<string, () => number | Promise<number>> = {
  deno: () =>
    Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, denoWithMaintenance(maintenance, app)).addr.port,
  bun: () => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: bunWithMaintenance(maintenance, app) }).port,
  node: () => listen(withMaintenance(maintenance, app) as RequestListener),
  "node-late": () => listen(endLater(withMaintenance(maintenance, app) as RequestListener)),
  middleware: () => {
    const gate = maintenanceMiddleware(maintenance);
    return listen((req, res) => gate(req, res, () => res.end("the site")));
  },
};

process.stdout.write(`${await servers[process.argv[2]!]!()}\n`);
// The parent is gone.
process.stdin.on("end", () => process.exit()).resume();
