// A night with windows: `node test/night/windows.ts --rounds 50`. Processes of a site with two tenants follow one store.
// Operators switch the whole site, each tenant and the shops of both, several at the same time. Ends with 1 if a visitor has
// got an answer that no state of the time gives, or if the history does not tell what the operators have done.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type HistoryEntry, liveState } from "../../src/state.ts";
import { freePort } from "../_free-port.ts";
import { createRandom } from "../bench/_harness.ts";
import { startRedis, until } from "../stores/_redis.ts";
import { checkHistory, checkSafety, checkVisits, type Seen } from "./_accounts.ts";
import { openLedger, readLedger } from "./_ledger.ts";
import { ask, type Site, switchAtRandom, type Switching } from "./_operators.ts";
import { commandOf, endWithThisProcess, startProcess } from "./_processes.ts";
import { openStore } from "./_store.ts";

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "redis" },
    rounds: { type: "string", default: "50" },
    operators: { type: "string", default: "6" },
    visitors: { type: "string", default: "2" },
    sites: { type: "string", default: "node,deno,bun,node" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    attached: { type: "boolean", default: false },
  },
});
if (values.attached) process.stdin.on("end", () => process.exit(1)).resume();

/** How long anything of the harness's own may take. */
const PATIENCE_MS = 120_000;

const directory = mkdtempSync(join(tmpdir(), "maintenancemode-windows-"));
process.on("exit", () => rmSync(directory, { recursive: true, force: true }));
const random = createRandom(Number(values.seed));
const ledgerPath = join(directory, "ledger");
const ledger = openLedger(ledgerPath);
const began = performance.now();

const redis = values.store === "redis" ? await startRedis() : undefined;
if (redis !== undefined) endWithThisProcess(() => redis.pid);
const store = redis?.url ?? `file:${join(directory, "maintenance.json")}`;
const stores = redis === undefined ? [store, store] : [`redis+${store}`, `ioredis+${store}`];
const live = await liveState(await openStore(stores[1]!), { counts: "nothing" }).ready;
console.log(`A night with windows on ${values.store}, seed ${values.seed}`);

let isOver = false;
const sites: Site[] = [];
for (const [index, runtime] of (values.sites.split(",") as Site["runtime"][]).entries()) {
  sites.push({ name: `${index}.${runtime}`, runtime, port: await freePort(), controlPort: await freePort() });
}
const processes = await Promise.all(sites.map(async ({ name, runtime, port, controlPort }, index) => {
  const args = [name, ledgerPath, stores[index % 2]!, String(port), String(controlPort)];
  const running = await startProcess(commandOf(runtime, "test/night/tenants.ts", ...args));
  await until(() => running.output().includes("listening"), `${name} listens: ${running.output()}`, PATIENCE_MS);
  void running.gone.then((how) => {
    if (isOver) return;
    console.error(`FAILED: ${name} has ended by itself with ${how}: ${running.output()}`);
    process.exit(1);
  });
  return running;
}));

const seen: Seen[] = [];

/** Comes to a site again and again: to both tenants, to their shops, to read and to write. */
async function visit(site: Site): Promise<void> {
  while (!isOver) {
    const asked = {
      host: ["a.test", "b.test"][random(2)]!,
      path: ["/", "/shop/cart"][random(2)]!,
      method: random(3) === 0 ? "POST" : "GET",
    };
    const isLook = random(4) === 0;
    const path = isLook ? "/seen" : `${asked.path}?ms=${random(4) === 0 ? random(400) : 0}`;
    const sentAt = Date.now();
    const { status, body } = await ask(site.port, path, {
      method: isLook ? "GET" : asked.method,
      headers: { host: asked.host, accept: isLook ? "*/*" : "text/plain" },
    });
    const answeredAt = Date.now();
    if (isLook) seen.push({ site, sentAt, answeredAt, state: JSON.parse(body) });
    else seen.push({ site, sentAt, answeredAt, asked, status, by: /op-\d+-/.exec(body)?.[0] });
    await setTimeout(random(40));
  }
}

const visits = sites.flatMap((site) => Array.from({ length: Number(values.visitors) }, () => visit(site)));
const switchings: Switching[] = [];
const history = new Map<string, HistoryEntry>();
const desk = { store, ledgerPath, sites, random };

for (let round = 1; round <= Number(values.rounds); round++) {
  const acts = Array.from({ length: Number(values.operators) }, async (_, index) => {
    await setTimeout(random(600));
    const number = (round - 1) * Number(values.operators) + index + 1;
    ledger.write("write", "operator", `op-${number}-`);
    return await switchAtRandom(desk, number);
  });
  const made = await Promise.all(acts);
  switchings.push(...made);
  // The store keeps the last thousand.
  for (const entry of await live.history() ?? []) history.set(JSON.stringify(entry), entry);
  const all = made.map(({ way, what, place, outcome }) => `${way} ${what} ${place} ${outcome}`);
  console.log(`round ${round}: ${all.join(", ")}`);
}

isOver = true;
await Promise.all(visits);

const entries = [...history.values()];
const timeline = checkHistory(entries, switchings);
const { entries: lines } = readLedger(ledgerPath);
const visited = checkVisits(timeline.states, switchings, seen, lines);
const safety = checkSafety(timeline.states, switchings, lines);
const failures = [...timeline.failures, ...visited.failures, ...safety.failures];
failures.push(...switchings.filter(({ outcome }) => outcome === "failed").map(({ by, told }) => `${by} ${told}`));

const count = (outcome: string) => switchings.filter((made) => made.outcome === outcome).length;
console.log(
  [
    "",
    `${switchings.length} switchings: ${
      ["done", "lost", "nothing", "not safe"].map((it) => `${count(it)} ${it}`).join(", ")
    }`,
    `${entries.length} changes in the history, ${timeline.gaps} with others between that it does not tell`,
    `${seen.length} answers, ${seen.filter(({ by }) => by !== undefined).length} of them closed; ` +
    `the latest that knew an older state came ${visited.longestMs} ms after the next one`,
    `${safety.safe} times "safe", with ${safety.finished} requests from before finished`,
    `${Math.round((performance.now() - began) / 1_000)} s`,
  ].join("\n"),
);
for (const failure of failures.slice(0, 20)) console.error(`FAILED: ${failure}`);
await live.close();
await Promise.all(processes.map((running) => running.end("SIGKILL")));
await redis?.[Symbol.asyncDispose]();
process.exit(failures.length > 0 ? 1 : 0);
