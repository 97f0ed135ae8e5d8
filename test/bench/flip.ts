/**
 * How long it takes from writing the state until the last of 30 processes on one Redis has followed, under load, and
 * whether anybody gets through after the command line has said that it is safe.
 */
import os from "node:os";
import { createInterface } from "node:readline";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createClient } from "redis";
import { formatState } from "../../src/state/parse.ts";
import { waitForFleet } from "../../src/state/fleet.ts";
import { writeStored } from "../../src/state/store-calls.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { machineNow } from "../night/_ledger.ts";
import { commandOf, endWithThisProcess, type Running, startProcess } from "../night/_processes.ts";
import { hasRedis, startRedis, until } from "../stores/_redis.ts";
import { fail, report, SMOKE, type Table, tabulate } from "./_harness.ts";

const PROCESSES = SMOKE ? 3 : 30;
const FLIPS = SMOKE ? 2 : 100;
const CLI_FLIPS = SMOKE ? 1 : 10;
/** For how long maintenance stays on once it was said to be safe, while nobody must get through, in milliseconds. */
const HOLD_MS = 100;

/** How the visitors behave: connections for each process, and the pause between two requests of each. */
const LOADS = [
  { name: "paced load", connections: 2, pauseMs: 25 },
  { name: "as much load as the machine can do", connections: 2, pauseMs: 0 },
];

/** What the visitors have to say. */
interface Seen {
  readonly passed: readonly [sentAt: number, receivedAt: number][];
  readonly answers: number;
  readonly others: readonly [what: string, count: number][];
}

/** A process of the site, with what it last said. */
interface Site {
  running?: Running;
  port: number;
  mode: string;
  changedAt: number;
}

async function startSite(url: string): Promise<Site> {
  const site: Site = { port: 0, mode: "off", changedAt: 0 };
  site.running = await startProcess(commandOf("node", "test/bench/_flip-server.ts", url), {
    onLine(line) {
      const [word, value] = line.split(" ");
      if (word === "port") site.port = Number(value);
      else if (word === "on" || word === "off") Object.assign(site, { mode: word, changedAt: Number(value) });
      else console.error(line);
    },
  });
  await until(() => site.port > 0, "a process listens", 60_000);
  return site;
}

/** Starts the visitors in a process of their own, so that they and this one do not wait for each other. */
function startVisitors(sites: readonly Site[], connections: number, pauseMs: number): {
  ask(line: "forget" | "tell"): Promise<Seen>;
  end(): void;
} {
  const file = fileURLToPath(new URL("./_flip-load.ts", import.meta.url));
  const args = [file, connections, pauseMs, ...sites.map(({ port }) => port)].map(String);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(line) {
      child.stdin.write(`${line}\n`);
      const { value } = await lines.next();
      return JSON.parse(value!) as Seen;
    },
    end: () => void child.kill("SIGKILL"),
  };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
}

async function measure(): Promise<void> {
  const [busyBefore] = os.loadavg();
  await using redis = await startRedis();
  endWithThisProcess(() => redis.pid);
  const sites: Site[] = [];
  // Not all at once: the machine has few processors.
  while (sites.length < PROCESSES) {
    const count = Math.min(5, PROCESSES - sites.length);
    sites.push(...await Promise.all(Array.from({ length: count }, () => startSite(redis.url))));
  }
  const client = await createClient({ url: redis.url }).connect();
  const store = redisStore(client);
  const tables: Table[] = [];
  const notes: string[] = [];
  let wrong = 0;
  let flips = 0;

  async function switchOff(): Promise<void> {
    await writeStored(store, formatState({ mode: "off" }));
    await until(() => sites.every(({ mode }) => mode === "off"), "maintenance is off everywhere");
  }

  for (const { name, connections, pauseMs } of LOADS) {
    const visitors = startVisitors(sites, connections, pauseMs);
    /** Holds maintenance on for a while, and counts who gets through. */
    const countWrong = async () => {
      const safeAt = machineNow();
      await setTimeout(HOLD_MS);
      const { passed } = await visitors.ask("tell");
      wrong += passed.filter(([sentAt]) => sentAt > safeAt).length;
      return passed;
    };
    await until(async () => (await visitors.ask("tell")).passed.length > 100, "visitors are there");
    const before = await visitors.ask("forget");
    await setTimeout(SMOKE ? 10 : 2_000);
    const rate = ((await visitors.ask("tell")).answers - before.answers) / (SMOKE ? 0.01 : 2);

    const taken: number[] = [];
    const lastAnswers: number[] = [];
    const waits: number[] = [];
    for (let flip = 0; flip < FLIPS; flip++, flips++) {
      await setTimeout(50 + Math.random() * 100);
      await visitors.ask("forget");
      const began = machineNow();
      const revision = await writeStored(store, formatState({ mode: "on", reason: `flip ${flip}` }));
      const { isReady } = await waitForFleet(store, { revision, drained: true });
      waits.push(machineNow() - began);
      if (!isReady) fail("flip: the fleet was not ready in a minute");
      const passed = await countWrong();
      await until(() => sites.every(({ mode }) => mode === "on"), "maintenance is on everywhere");
      taken.push(Math.max(...sites.map(({ changedAt }) => changedAt)) - began);
      lastAnswers.push(passed.reduce((last, [, at]) => Math.max(last, at), began) - began);
      await switchOff();
    }
    for (let flip = 0; flip < CLI_FLIPS; flip++, flips++) {
      await visitors.ask("forget");
      const args = ["on", "--store", redis.url, "--reason", `flip ${flip}`, "--wait", "60s"];
      const cli = await startProcess(commandOf("node", "src/cli/main.ts", ...args));
      const code = await cli.gone;
      if (code !== 0) fail(`flip: on --wait has ended with ${code}: ${cli.output()}`);
      await countWrong();
      await switchOff();
    }
    const { others } = await visitors.ask("tell");
    if (others.length > 0) fail(`flip: visitors have seen ${others.map(([what, count]) => `${count} x ${what}`)}`);
    visitors.end();

    tables.push(tabulate(`from the write of "on" on, ${PROCESSES} processes, ${name}`, "ms", [
      { name: "in force in the last process", role: "peer", samples: taken },
      { name: "last 200 that a visitor got", role: "gate", samples: lastAnswers, target: { below: 100 } },
      { name: "waiting for the fleet has returned", role: "peer", samples: waits },
    ]));
    notes.push(
      `${name}: ${Math.round(rate)} requests per second over ${
        sites.length * connections
      } connections; 95th percentile ` +
        `of the last 200: ${percentile(lastAnswers, 0.95).toFixed(1)} ms, of the last process: ` +
        `${percentile(taken, 0.95).toFixed(1)} ms`,
    );
  }
  notes.push(
    `${flips} flips, ${
      CLI_FLIPS * LOADS.length
    } of them by the command line: ${wrong} requests that were sent after the ` +
      "waiting had returned got through",
    `Processes, visitors and Redis share the ${os.cpus().length} processors of this machine, with others that wanted ` +
      `${busyBefore!.toFixed(1)} of them before: what takes long is waiting for one.`,
  );
  await store.close();
  client.destroy();
  await Promise.all(sites.map(({ running }) => running?.end("SIGKILL")));
  if (wrong > 0) fail(notes.join("\n"));
  report(tables, notes);
}

const runtime = process.argv[process.argv.indexOf("--runtime") + 1];
if (process.argv.includes("--runtime") && runtime !== "node") report([], ["measured with processes of Node alone"]);
else if (!hasRedis()) report([], ["redis-server is not installed"]);
else await measure();
process.exit();
