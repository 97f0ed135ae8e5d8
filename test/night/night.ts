/**
 * A night of migrations: processes of a site behind a real nginx, visitors who never stop, and again and again
 * `maintenancemode run -- <migration>`, whose migration fails if anything is going on beside it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { freePort } from "../_free-port.ts";
import { createRandom } from "../bench/_harness.ts";
import { startRedis, until } from "../stores/_redis.ts";
import { type Entry, machineNow, openLedger, openRequests, readLedger } from "./_ledger.ts";
import { startLoad, type Visit, visit } from "./_load.ts";
import { startNginx } from "./_nginx.ts";
import { commandOf, endWithThisProcess, type Running, type Runtime, startProcess } from "./_processes.ts";

export interface NightOptions {
  /** Where the state is. */
  readonly store: "redis" | "file";
  readonly rounds: number;
  /** The rounds, from 1, before which a process is killed: its record has to expire, which takes 15 seconds. */
  readonly kills: readonly number[];
  readonly seed: number;
  readonly visitors: number;
  readonly log: (line: string) => void;
}

export interface NightReport {
  /** What went wrong; empty after a good night. */
  readonly failures: readonly string[];
  readonly lines: readonly string[];
}

/** One process of the site, as it is started again and again. */
interface Slot {
  readonly port: number;
  readonly runtime: Runtime;
  /** In front of the URL of a Redis. */
  readonly client: string;
  generation: number;
  running: Running | undefined;
}

const CLIENTS = ["redis", "ioredis"];
/** How long anything of the harness's own may take. */
const PATIENCE_MS = 30_000;

/** What the migrations of a night have seen. */
interface Tally {
  readonly waits: number[];
  readonly open: number[];
  answered: number;
  refused: number;
  health: number;
  newcomers: number;
  /** Answers that visitors should not have got. */
  wrong: number;
  kills: number;
  restarts: number;
  visits: Map<string, number>;
}

export async function spendNight(options: NightOptions): Promise<NightReport> {
  const directory = mkdtempSync(join(tmpdir(), "maintenancemode-night-"));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  // Interrupted, this process does nothing but end.
  process.on("exit", remove);
  const cleanUp: (() => unknown)[] = [remove];
  try {
    return await spend(options, directory, cleanUp);
  } finally {
    for (const undo of cleanUp.toReversed()) await undo();
  }
}

async function spend(options: NightOptions, directory: string, cleanUp: (() => unknown)[]): Promise<NightReport> {
  const { rounds, kills, seed, log } = options;
  const random = createRandom(seed);
  const failures: string[] = [];
  const path = join(directory, "ledger");
  const ledger = openLedger(path);
  cleanUp.push(() => ledger.close());

  const redis = options.store === "redis" ? await startRedis() : undefined;
  if (redis !== undefined) {
    cleanUp.push(() => redis[Symbol.asyncDispose]());
    endWithThisProcess(() => redis.pid);
  }
  const store = redis?.url ?? `file:${join(directory, "maintenance.json")}`;
  const slots = await planSlots(options.store);
  // The last one comes and goes.
  const spare = slots.at(-1)!;
  cleanUp.push(() => Promise.all(slots.map((slot) => stop(slot, "SIGKILL"))));

  async function start(slot: Slot): Promise<void> {
    const name = `${slots.indexOf(slot)}.${++slot.generation}`;
    const url = redis === undefined ? store : `${slot.client}+${store}`;
    const running = await startProcess(
      commandOf(slot.runtime, "test/night/app.ts", String(slot.port), name, path, url),
    );
    slot.running = running;
    void running.gone.then((how) => {
      ledger.write("killed", name);
      if (slot.running !== running) return;
      slot.running = undefined;
      failures.push(`Process ${name} (${slot.runtime}) has ended by itself with ${how}: ${running.output()}`);
    });
  }

  async function stop(slot: Slot, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const { running } = slot;
    slot.running = undefined;
    await running?.end(signal);
    const said = running?.output().replace(/^listening\n/, "").trim();
    if (said) log(`  a process said: ${said}`);
  }

  const agent = new Agent({ keepAlive: false });
  const ask = (port: number, url = "/") => visit(agent, port, "newcomer", { path: url });

  /** Waits until each process lets visitors in. */
  async function isOpen(): Promise<void> {
    for (const slot of slots) {
      if (slot.running === undefined) continue;
      const what = `process ${slots.indexOf(slot)} on ${slot.runtime} answers 200`;
      await until(async () => (await ask(slot.port)).outcome === 200, what, PATIENCE_MS);
    }
  }

  let clis = 0;
  const cliRuntimes: readonly Runtime[] = ["node", "deno", "bun"];

  /** Runs the command line, in each runtime in turn. */
  async function cli(args: readonly string[], onLine?: (line: string) => void): Promise<[code: unknown, text: string]> {
    const [command, ...rest] = args;
    const runtime = cliRuntimes[clis++ % cliRuntimes.length]!;
    const own = rest.indexOf("--") < 0 ? rest.length : rest.indexOf("--");
    const all = [command!, "--store", store, ...rest.slice(0, own), ...rest.slice(own)];
    const running = await startProcess(commandOf(runtime, "src/cli/main.ts", ...all), onLine ? { onLine } : {});
    return [await running.gone, `${runtime}: ${running.output()}`];
  }
  const migration = (ms: number) => commandOf("node", "test/night/migration.ts", path, String(ms));

  const front = await freePort();
  await Promise.all(slots.slice(0, -1).map(start));
  const nginx = await startNginx(join(directory, "nginx"), front, slots.map(({ port }) => port));
  cleanUp.push(() => nginx.end("SIGTERM"));
  await isOpen();
  await until(async () => (await ask(front)).outcome === 200, "nginx answers 200", PATIENCE_MS);
  log(`${slots.length - 1} processes on ${store.replace(/:[^@]*@/, ":***@")} behind nginx`);

  const load = startLoad(front, options.visitors, seed);
  cleanUp.push(() => load.stop());
  await until(() => openRequests(readLedger(path).entries).length >= 3, "visitors are there", PATIENCE_MS);

  await proveDetection();

  const tally: Tally = {
    waits: [],
    open: [],
    answered: 0,
    refused: 0,
    health: 0,
    newcomers: 0,
    wrong: 0,
    kills: 0,
    restarts: 0,
    visits: new Map(),
  };
  for (let round = 1; round <= rounds && failures.length === 0; round++) await spendRound(round);
  return { failures, lines: describe(tally, rounds) };

  /** Shows that the migration fails when it has to, and that `--wait` and `run` see why. */
  async function proveDetection(): Promise<void> {
    const [code, text] = await runToEnd(migration(300));
    if (code !== 1) failures.push(`The migration does not notice that the site is open: ${code} ${text}`);

    const held = hold(front, agent);
    const isHeld = ({ mark, detail }: Entry) => mark === "begin" && detail === "POST /upload/held";
    await until(() => readLedger(path).entries.some(isHeld), "a request is held", PATIENCE_MS);
    const [onCode, onText] = await cli(["on", "--reason", "without waiting"]);
    if (onCode !== 0) failures.push(`on has ended with ${onCode}: ${onText}`);
    const [badCode, badText] = await runToEnd(migration(0));
    if (badCode !== 1 || !/in flight in .*: POST \/upload\/held/.test(badText)) {
      failures.push(`The migration does not notice a request that is in flight: ${badCode} ${badText}`);
    }
    const [waitCode, waitText] = await cli(["run", "--wait", "2s", "--", ...migration(0)]);
    if (waitCode !== 5 || !waitText.includes("POST /upload/held")) {
      failures.push(`run does not wait for a request that is in flight: ${waitCode} ${waitText}`);
    }
    held.release();
    const outcome = await held.outcome;
    if (outcome !== 200) failures.push(`A request that was let in before maintenance got ${outcome}`);
    const [offCode, offText] = await cli(["off", "--wait", "20s"]);
    if (offCode !== 0) failures.push(`off --wait has ended with ${offCode}: ${offText}`);
    await isOpen();
    if (failures.length === 0) log("the migration fails while the site is open, and while one request is in flight");
  }

  async function spendRound(round: number): Promise<void> {
    const isKill = kills.includes(round);
    const comes = spare.running === undefined;
    load.take();
    if (!comes && round % 3 === 0) {
      await stop(spare, "SIGTERM");
      tally.restarts++;
    }
    await pause(random(300));

    let background: Promise<unknown> = Promise.resolve();
    if (isKill) {
      const victim = slots[random(slots.length - 1)]!;
      await stop(victim, "SIGKILL");
      tally.kills++;
      background = pause(random(1_000)).then(() => start(victim));
    }
    const open = openRequests(readLedger(path).entries).length;
    const answers: Promise<Visit>[] = [];
    // One that starts while the others are waited for, or while the migration runs.
    const come = () => {
      background = background.then(() => start(spare)).then(async () => {
        // Its first answer counts, to a request that may come before it knows what the state is.
        await until(
          async () => {
            const asked = ask(spare.port);
            if ((await asked).outcome === "ECONNREFUSED") return false;
            answers.push(asked);
            return true;
          },
          "the new process answers",
          PATIENCE_MS,
        );
      }).finally(() => rmSync(`${path}.hold`, { force: true }));
    };
    const isComing = comes && round % 3 === 1;
    const comesLate = isComing && round % 2 === 1;
    // The migration waits for it, so that it answers meanwhile.
    if (comesLate) writeFileSync(`${path}.hold`, "");
    if (isComing && !comesLate) come();

    const windowMs = 200 + random(800);
    const began = machineNow();
    let hasCome = false;
    const [code, text] = await cli(["run", "--wait", "60s", "--", ...migration(windowMs)], (line) => {
      if (!comesLate || hasCome || !line.startsWith("Running:")) return;
      hasCome = true;
      come();
    });
    await background;
    // Maintenance stays on then.
    if (code !== 0) return void failures.push(`Round ${round}: run has ended with ${code}: ${text}`);
    await isOpen();

    const times = readLedger(path).entries.filter(({ instance }) => instance === "migration");
    const timeOf = (mark: string) => Number(times.findLast((entry) => entry.mark === mark)?.detail ?? NaN);
    const [from, to] = [timeOf("from"), timeOf("to")];
    tally.waits.push(from - began);
    tally.open.push(open);
    const visits = [...load.take(), ...await Promise.all(answers)];
    const refused = judge(round, visits, from, to);
    log(
      `round ${round}: waited ${ms(from - began)} with ${open} requests in flight, ran for ${ms(to - from)}, ` +
        `${refused} answered with 503 meanwhile${isKill ? ", one process killed" : ""}${isComing ? ", one new" : ""}`,
    );
  }

  /** Holds what visitors got against what they were to get while a migration ran, and counts. */
  function judge(round: number, visits: readonly Visit[], from: number, to: number): number {
    let refused = 0;
    for (const { kind, sentAt, answeredAt, outcome } of visits) {
      const name = `${kind === "health" ? "health " : ""}${outcome}`;
      tally.visits.set(name, (tally.visits.get(name) ?? 0) + 1);
      if (outcome === 200) tally.answered++;
      if (!(sentAt >= from && answeredAt <= to) || outcome === "left") continue;
      if (kind === "newcomer") tally.newcomers++;
      if (outcome === (kind === "health" ? 200 : 503)) {
        if (kind === "health") tally.health++;
        else refused++;
        continue;
      }
      tally.wrong++;
      failures.push(`Round ${round}: a visitor (${kind}) got ${outcome} ${ms(sentAt - from)} after it was safe`);
    }
    tally.refused += refused;
    return refused;
  }
}

async function planSlots(store: NightOptions["store"]): Promise<Slot[]> {
  const runtimes: Runtime[] = store === "redis"
    ? Array.from({ length: 11 }, () => "node" as const)
    : ["node", "deno", "bun", "node", "deno", "bun", "deno"];
  const ports = await Promise.all(runtimes.map(() => freePort()));
  return runtimes.map((runtime, index) => ({
    port: ports[index]!,
    runtime,
    client: CLIENTS[index % 2]!,
    generation: 0,
    running: undefined,
  }));
}

async function runToEnd(command: readonly string[]): Promise<[code: unknown, text: string]> {
  const running = await startProcess(command);
  return [await running.gone, running.output()];
}

/** Sends a request that goes on until it is released. */
function hold(port: number, agent: Agent): { release(): void; outcome: Promise<number | string> } {
  const headers = { "transfer-encoding": "chunked" };
  const sent = request({ host: "127.0.0.1", port, path: "/upload/held", method: "POST", agent, headers });
  sent.write("the first part");
  return {
    release: () => void sent.end("the last part"),
    outcome: new Promise((resolve) => {
      sent.on("error", (error) => resolve(error.message));
      sent.on("response", (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
    }),
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function ms(value: number): string {
  return value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;
}

function describe(tally: Tally, rounds: number): string[] {
  const sorted = tally.waits.toSorted((a, b) => a - b);
  const at = (part: number) => ms(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN);
  const visits = [...tally.visits].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} x ${name}`);
  return [
    `${tally.waits.length} of ${rounds} migrations; from the command line to the migration: median ${at(0.5)}, ` +
    `slowest ${at(1)} (a killed process counts for 15 s)`,
    `requests in flight when it was asked for: ${Math.min(...tally.open)} to ${Math.max(...tally.open)}`,
    `while migrations ran: ${tally.refused} requests answered with 503, ${tally.health} health checks with 200, ` +
    `${tally.newcomers} first answers of new processes, ${tally.wrong} others`,
    `${tally.kills} processes killed, ${tally.restarts} ended in good order`,
    `all answers: ${visits.join(", ")}`,
  ];
}
