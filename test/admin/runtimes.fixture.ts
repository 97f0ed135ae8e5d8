/** A site with a panel at /ops, in Deno or Bun, or in Node: `runtimes.fixture.ts`. It prints its port, and ends with its input. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { adminHandler } from "../../src/admin.ts";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

const { Bun, Deno } = globalThis as unknown as {
  Bun?: { serve(options: { port: number; hostname: string; fetch: unknown }): { port: number } };
  Deno?: {
    serve(options: { port: number; hostname: string; onListen(): void }, handler: unknown): { addr: { port: number } };
  };
};

const state = liveState(memoryStore());
const maintenance = maintenanceMode({ state, ignoreUrls: ["/ops{/*}?"] });
const authorize = (request: Request) => request.headers.get("cookie") === "operator=ann" && { by: "ann" };
const admin = adminHandler({ state, path: "/ops", authorize });
const app = (request: Request) =>
  new URL(request.url).pathname.startsWith("/ops") ? admin(request) : new Response("Hello");

async function listen(): Promise<number> {
  const [port, hostname] = [0, "127.0.0.1"];
  if (Bun !== undefined) return Bun.serve({ port, hostname, fetch: bunWithMaintenance(maintenance, app) }).port;
  if (Deno !== undefined) {
    return Deno.serve({ port, hostname, onListen() {} }, denoWithMaintenance(maintenance, app)).addr.port;
  }
  const server = createServer(withMaintenance(maintenance, app));
  await new Promise<void>((done) => server.listen(0, hostname, done));
  return (server.address() as AddressInfo).port;
}

console.log(await listen());
process.stdin.on("end", () => process.exit()).resume();
