/**
 * What it costs to count the requests that are let in, over HTTP: `in-flight.ts --runtime <name>`.
 *
 * This process makes the load, each server is a process of its own: this file with `--serve <name>`.
 */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { fail, report, type Row, RUNTIME, SMOKE, type Table, tabulate } from "./_harness.ts";
import { type Runtime, start } from "./_runtimes.ts";

const CONNECTIONS = SMOKE ? 4 : 64;
const ROUNDS = SMOKE ? 1 : 11;
const ROUND_MS = SMOKE ? 50 : 500;
const WARM_UP_MS = SMOKE ? 50 : 1_500;
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
  console.log(await listenIn(RUNTIME)(maintenance, app, respond));
  process.stdin.on("data", () => {
    const { user, system } = process.cpuUsage();
    console.log(user + system);
  });
  // The parent is gone.
  process.stdin.on("end", () => process.exit());
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

/** Keeps all connections busy, one request at a time on each, and returns the number of answers. */
async function load(port: number, length: number, ms: number): Promise<number> {
  let answers = 0;
  let isRunning = true;
  const sockets = Array.from({ length: CONNECTIONS }, (): Socket => {
    let missing = length;
    const onread = {
      buffer: new Uint8Array(65_536),
      callback: (received: number) => {
        missing -= received;
        if (missing > 0) return true;
        if (missing < 0) fail("an answer was longer than the first one");
        missing = length;
        answers++;
        if (isRunning) socket.write(REQUEST, "latin1");
        return true;
      },
    };
    const socket = connect({ port, host: "127.0.0.1", onread });
    socket.on("error", (error) => fail(`load: ${error.message}`)).setNoDelay().write(REQUEST, "latin1");
    return socket;
  });
  await setTimeout(ms);
  isRunning = false;
  const counted = answers;
  await setTimeout(20);
  for (const socket of sockets) socket.destroy();
  return counted;
}

/** The length of an answer on a connection that stays open. */
async function answerLength(port: number): Promise<number> {
  let answer = "";
  const socket = connect(port, "127.0.0.1").setEncoding("latin1").on("data", (part: string) => answer += part);
  socket.write(REQUEST);
  const isWhole = () => {
    const end = answer.indexOf("\r\n\r\n") + 4;
    const length = /^content-length: *(\d+)/im.exec(answer)?.[1];
    return length === undefined ? answer.endsWith("0\r\n\r\n") : end > 3 && answer.length === end + Number(length);
  };
  while (!isWhole()) await setTimeout(5);
  socket.destroy();
  return answer.length;
}

async function measure(runtime: Runtime): Promise<void> {
  const tables: Table[] = [];
  for (const [app, title] of Object.entries(APPS[runtime])) {
    const entries = await Promise.all(GATES.map(async ([gate, name, role]) => {
      const child = start(runtime, "./in-flight.ts", ["--serve", `${app}-${gate}`], ["pipe", "pipe", "inherit"]);
      const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
      const number = async () => Number((await lines.next()).value ?? fail("a server ended too early"));
      const port = await number();
      const cpuTime = () => {
        child.stdin!.write("\n");
        return number();
      };
      return {
        name,
        role,
        child,
        port,
        cpuTime,
        length: await answerLength(port),
        cpu: [] as number[],
        rps: [] as number[],
      };
    }));
    if (entries.some(({ length }) => length !== entries[0]!.length)) fail(`${title}: the answers differ`);
    for (const { port, length } of entries) await load(port, length, WARM_UP_MS);
    for (let round = 0; round < ROUNDS; round++) {
      for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
        const [before, began] = [await entry.cpuTime(), performance.now()];
        const answers = await load(entry.port, entry.length, ROUND_MS);
        const spent = performance.now() - began;
        entry.cpu.push((await entry.cpuTime() - before) / answers);
        entry.rps.push(answers / spent * 1_000);
      }
    }
    for (const { child } of entries) child.stdin!.end();
    const rows = (pick: (entry: typeof entries[number]) => number[]) =>
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
