// One process of a site with two tenants: `tenants.ts <name> <ledger> <store> <port> <control port>` in Node, Deno or Bun. On
// the second port, operators find the panel at `/ops`, and switch by code at `/do`.
import { createServer } from "node:http";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { createServerAdapter } from "@whatwg-node/server";
import { adminHandler } from "../../src/admin.ts";
import { maintenanceMode } from "../../src/index.ts";
import { liveState, type MaintenanceWindow } from "../../src/state.ts";
import { openLedger } from "./_ledger.ts";
import { endInOrder, openStore } from "./_store.ts";

const [name, ledgerPath, storeUrl, port, controlPort] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const ledger = openLedger(ledgerPath);
const state = liveState(await openStore(storeUrl), { startTimeoutMs: 20_000 });
const maintenance = maintenanceMode({ state, ignoreUrls: ["/seen"] });
let requests = 0;

async function app(request: Request): Promise<Response> {
  const { hostname, pathname, searchParams } = new URL(request.url);
  // The whole state, as this process knows it.
  if (pathname === "/seen") return Response.json(state.current);
  const number = ++requests;
  ledger.write("begin", name, number, `${request.method} ${hostname} ${pathname}`);
  try {
    await setTimeout(Number(searchParams.get("ms") ?? 0));
    return new Response("the site");
  } finally {
    ledger.write("end", name, number);
  }
}

const admin = adminHandler({
  state,
  path: "/ops",
  tokenSecret: "one for all processes",
  authorize: (request) => ({ by: request.headers.get("authorization") ?? "nobody" }),
});

/** A switching by code. */
export interface Order {
  readonly by: string;
  readonly what: "set" | "delete" | "during";
  readonly name?: string;
  readonly window: MaintenanceWindow;
  /** Whether nothing may have changed since this process has looked. */
  readonly isSure: boolean;
  readonly ms: number;
}

async function act({ by, what, name, window, isSure, ms }: Order): Promise<string> {
  const { windows: _, ...top } = state.current;
  const seen = name === undefined ? top : state.current.windows?.[name];
  if (what === "set") await state.windows.set(name, window, isSure ? { expected: seen } : {});
  else if (what === "delete") {
    if ((seen?.mode ?? "off") === "off") return "nothing";
    await state.windows.delete(name, { by, expected: seen });
  } else {
    const work = async () => {
      ledger.write("from", name ?? "top", by, String(Date.now()));
      await setTimeout(ms);
      ledger.write("to", name ?? "top", by, String(Date.now()));
    };
    await state.during({ ...window, ...(name !== undefined && { name }) }, work, { timeoutMs: 15_000 });
  }
  return "done";
}

async function control(request: Request): Promise<Response> {
  if (new URL(request.url).pathname !== "/do") return admin(request);
  const order = await request.json() as Order;
  return new Response(await act(order).catch((error: Error) => `${error.name}: ${error.message}`));
}

/** What is used of the globals of Deno and Bun. */
type Handler = (request: Request, info: never) => Response | Promise<Response>;
interface Runtimes {
  Deno?: { serve(options: object, handler: Handler): { shutdown(): Promise<void> } };
  Bun?: { serve(options: object): { stop(): Promise<void> } };
}

async function listen(): Promise<() => Promise<unknown>> {
  const { Deno, Bun } = globalThis as Runtimes;
  const [site, desk] = [port, controlPort].map((text) => ({ port: Number(text), hostname: "127.0.0.1" }));
  if (Deno !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/deno.ts");
    const server = Deno.serve({ ...site, onListen() {} }, withMaintenance(maintenance, app) as Handler);
    Deno.serve({ ...desk, onListen() {} }, control);
    return () => server.shutdown();
  }
  if (Bun !== undefined) {
    const { withMaintenance } = await import("../../src/hosts/bun.ts");
    const server = Bun.serve({ ...site, fetch: withMaintenance(maintenance, app) });
    // A switching may wait for long.
    Bun.serve({ ...desk, idleTimeout: 120, fetch: control });
    return () => server.stop();
  }
  const { withMaintenance } = await import("../../src/hosts/node.ts");
  const server = createServer(withMaintenance(maintenance, app));
  const others = createServer(createServerAdapter(control));
  await new Promise<void>((resolve) => server.listen(site!.port, site!.hostname, resolve));
  await new Promise<void>((resolve) => others.listen(desk!.port, desk!.hostname, resolve));
  return () => new Promise((resolve) => server.close(resolve));
}

const stop = await listen();
await state.ready;
process.stdout.write("listening\n");
endInOrder(state, stop);
