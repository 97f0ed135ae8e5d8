/**
 * Servers behind a proxy: `proxy-hint.fixture.ts <kind>`, a key of `servers` below. A gate for each case gets its requests over
 * a socket. Prints as JSON what they got, and what was printed on the console.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { withMaintenance as bunWithMaintenance } from "../../src/hosts/bun.ts";
import { maintenanceMiddleware } from "../../src/hosts/connect.ts";
import { withMaintenance as denoWithMaintenance } from "../../src/hosts/deno.ts";
import { withMaintenance } from "../../src/hosts/node.ts";
import { type Maintenance, maintenanceMode, type MaintenanceState } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";

/** A gate, the options of its host, and the header fields of each request. */
export interface Case {
  readonly state: MaintenanceState;
  readonly internalIps?: string[];
  readonly host?: { trustProxy?: string[]; forwardedHeader?: string };
  readonly requests: Record<string, string>[];
}

/** The statuses that the requests got, and the lines on the console. */
export type Outcome = readonly [statuses: number[], lines: string[]];

interface Globals {
  readonly Bun: { serve(options: object): { readonly port: number } };
  readonly Deno: {
    serve(options: object, handler: (request: Request, info: never) => unknown): { addr: { port: number } };
  };
}
const { Bun, Deno } = globalThis as unknown as Globals;
const hostname = "127.0.0.1";
const app = () => new Response("the site");

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, hostname, resolve));
  return (server.address() as AddressInfo).port;
}

type Start = (maintenance: Maintenance, options: NonNullable<Case["host"]>) => number | Promise<number>;

const servers: Record<string, Start> = {
  deno: (maintenance, options) =>
    Deno.serve({ port: 0, hostname, onListen() {} }, denoWithMaintenance(maintenance, app, options)).addr.port,
  bun: (maintenance, options) =>
    Bun.serve({ port: 0, hostname, fetch: bunWithMaintenance(maintenance, app, options) }).port,
  node: (maintenance, options) =>
    listen(createServer(withMaintenance(maintenance, app, options) as (req: object, res: object) => void)),
  connect: (maintenance, options) => {
    const gate = maintenanceMiddleware(maintenance, options);
    return listen(createServer((req, res) => gate(req, res, () => res.end("the site"))));
  },
};

const lines: string[] = [];
console.warn = console.error = (line) => lines.push(line);

const outcomes: Outcome[] = [];
for (const { state, internalIps = [], host = {}, requests } of JSON.parse(process.argv[3]!) as Case[]) {
  const live = await liveState(memoryStore(), { initial: state, counts: "nothing" }).ready;
  await live.set(state);
  const port = await servers[process.argv[2]!]!(maintenanceMode({ state: live, internalIps }), host);
  const statuses: number[] = [];
  for (const headers of requests) statuses.push((await fetch(`http://127.0.0.1:${port}/`, { headers })).status);
  outcomes.push([statuses, lines.splice(0)]);
}
console.log(JSON.stringify(outcomes));
process.exit();
