/**
 * What the gate costs in the frameworks, over HTTP: `frameworks.ts --runtime node`.
 *
 * This process makes the load, each server is a process of its own: this file with `--serve <framework> <gate>`.
 */
import process from "node:process";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { FRAMEWORKS } from "./_frameworks.ts";
import { fail, report, type Table, tabulate } from "./_harness.ts";
import { announce, CONNECTIONS, type Contestant, race } from "./_load.ts";

const requestOf = (path: string, accept: string) =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: ${accept}\r\n\r\n`;
const HIT = requestOf("/shop/item-1", "application/json");

/** The app answers alike in each of them. */
const PASSING: readonly Contestant[] = [
  { name: "the app alone", role: "limit", args: ["none"], request: HIT },
  {
    name: "the gate off, in a fleet: requests are counted",
    role: "gate",
    args: ["off"],
    request: HIT,
    target: { ratio: 1.03 },
  },
  { name: "the app alone once more: what chance makes of it", role: "peer", args: ["none"], request: HIT },
  { name: "the gate without a state, enabled: false", role: "peer", args: ["stateless"], request: HIT },
];

const ASKED = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const BLOCKED: readonly Contestant[] = [
  { name: "the app's own 404, alone", role: "limit", args: ["none"], request: requestOf("/nothing-here", ASKED) },
  { name: "the 503 as JSON", role: "gate", args: ["on"], request: HIT, target: { ratio: 1 } },
  {
    name: "the 503 as a page",
    role: "gate",
    args: ["on"],
    request: requestOf("/shop/item-1", ASKED),
    target: { ratio: 1 },
  },
  {
    name: "the app's own 404 once more",
    role: "peer",
    args: ["none"],
    request: requestOf("/nothing-here", ASKED),
  },
];

async function serve(name: string, gate: string): Promise<void> {
  // Express and others look at more than they need to while somebody develops.
  process.env["NODE_ENV"] = "production";
  announce(await FRAMEWORKS[name]!.listen(await gateOf(gate)));
}

async function gateOf(kind: string): Promise<ReturnType<typeof maintenanceMode> | undefined> {
  if (kind === "none") return undefined;
  if (kind === "stateless") return maintenanceMode({ enabled: false });
  const state = liveState(memoryStore(JSON.stringify({ mode: kind })));
  await state.ready;
  return maintenanceMode({ state });
}

async function measure(): Promise<void> {
  const tables: Table[] = [];
  for (const [name, { title }] of Object.entries(FRAMEWORKS)) {
    const enter = (contestants: readonly Contestant[]) =>
      race("node", "./frameworks.ts", contestants.map((each) => ({ ...each, args: [name, ...each.args] })));
    const passing = await enter(PASSING);
    if (passing.some(({ length }) => length !== passing[0]!.length)) fail(`${title}: the answers differ`);
    const blocked = await enter(BLOCKED);
    for (const [what, entries] of [["a request that passes", passing], ["a blocked request", blocked]] as const) {
      const rows = entries.map((entry) => ({ ...entry, samples: entry.cpu }));
      tables.push(tabulate(`${title}, ${what}: µs of CPU per request`, "µs of CPU per request", rows));
    }
  }
  report(tables, [`${CONNECTIONS} connections, one request at a time on each, over loopback`]);
}

const served = process.argv.indexOf("--serve");
const runtime = process.argv[process.argv.indexOf("--runtime") + 1];
if (served > 0) await serve(process.argv[served + 1]!, process.argv[served + 2]!);
else if (runtime === "node") await measure();
else report([], ["The frameworks are measured in Node alone"]);
