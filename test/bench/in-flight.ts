/**
 * What it costs to count the requests that are let in, over HTTP: `in-flight.ts --runtime <name>`.
 *
 * This process makes the load, each server is a process of its own: this file with `--serve <name>`.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { fail, report, type Row, RUNTIME, type Table, tabulate } from "./_harness.ts";
import { announce, CONNECTIONS, type Measured, race } from "./_load.ts";
import type { Runtime } from "./_runtimes.ts";

const REQUEST = "GET /shop/item-1?from=mail HTTP/1.1\r\nhost: localhost\r\naccept: text/html\r\n\r\n";

/** The servers of each runtime by what they serve with. What is behind the last dash says what the gate is made of. */
const APPS: Record<Runtime, Record<string, string>> = {
  node: {
    middleware: "maintenanceMiddleware()",
    adapter: "withMaintenance()",
    async: "withMaintenance(), async handler",
  },
  deno: { sync: "withMaintenance()", async: "withMaintenance(), async handler" },
  bun: { sync: "withMaintenance()", async: "withMaintenance(), async handler" },
};
const GATES: readonly (readonly [gate: string, name: string, role: Row["role"]])[] = [
  ["uncounted", "a live state nobody else wants to know of", "limit"],
  ["counted", "a live state in a fleet: requests are counted", "gate"],
  ["again", "the first one once more: what chance makes of it", "peer"],
  ["stateless", "no state, enabled: false", "peer"],
];

async function serve(name: string): Promise<void> {
  const [app = "", gate] = name.split("-");
  const { instances, ...alone } = memoryStore();
  const state = gate === "stateless" ? undefined : liveState(gate === "counted" ? { ...alone, instances } : alone);
  await state?.ready;
  const maintenance = maintenanceMode(state ? { state } : { enabled: false });
  const respond = app === "async"
    ? () => Promise.resolve().then(() => new Response("the site"))
    : () => new Response("the site");
  announce(await listenIn(RUNTIME)(maintenance, app, respond));
}

type Gate = ReturnType<typeof maintenanceMode>;
type Handler = () => Response | Promise<Response>;
type Listen = (maintenance: Gate, app: string, respond: Handler) => Promise<number>;

/** What is used of the globals of Deno and Bun. */
interface Globals {
  Deno: { serve(options: object, handler: unknown): { addr: { port: number } } };
  Bun: { serve(options: object): { port: number } };
}

const { Deno, Bun } = globalThis as unknown as Globals;

function listenIn(runtime: Runtime): Listen {
  if (runtime === "deno") {
    return async (maintenance, _app, respond) => {
      const { withMaintenance } = await import("../../src/hosts/deno.ts");
      const handler = withMaintenance(maintenance, respond);
      return Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler).addr.port;
    };
  }
  if (runtime === "bun") {
    return async (maintenance, _app, respond) => {
      const { withMaintenance } = await import("../../src/hosts/bun.ts");
      return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: withMaintenance(maintenance, respond) }).port;
    };
  }
  return async (maintenance, app, respond) => {
    const { maintenanceMiddleware } = await import("../../src/hosts/connect.ts");
    const { withMaintenance } = await import("../../src/hosts/node.ts");
    const gate = maintenanceMiddleware(maintenance);
    const listener = app === "middleware"
      ? (req: IncomingMessage, res: ServerResponse) => gate(req, res, () => void res.end("the site"))
      : withMaintenance(maintenance, respond) as RequestListener;
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
}

async function measure(runtime: Runtime): Promise<void> {
  const tables: Table[] = [];
  for (const [app, title] of Object.entries(APPS[runtime])) {
    const contestants = GATES.map(([gate, name, role]) => ({ name, role, args: [`${app}-${gate}`], request: REQUEST }));
    const entries = await race(runtime, "./in-flight.ts", contestants);
    if (entries.some(({ length }) => length !== entries[0]!.length)) fail(`${title}: the answers differ`);
    const rows = (pick: (entry: Measured) => number[]) =>
      entries.map((entry) => ({ name: entry.name, role: entry.role, samples: pick(entry) }));
    tables.push(
      tabulate(`${title}: µs of CPU per request`, "µs of CPU per request", rows(({ cpu }) => cpu), { ratio: 1.03 }),
      tabulate(`${title}: requests per second`, "requests per second", rows(({ rps }) => rps), { atLeast: 0.97 }),
    );
  }
  report(tables, [`${CONNECTIONS} connections, one request at a time on each, over loopback, maintenance is off`]);
}

const served = process.argv.indexOf("--serve");
if (served > 0) await serve(process.argv[served + 1]!);
else await measure(process.argv[process.argv.indexOf("--runtime") + 1] as Runtime);
