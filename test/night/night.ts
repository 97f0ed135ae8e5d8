/**
 * A night of migrations: processes of a site behind a real nginx, workers beside them, visitors who never stop, and again and
 * again `maintenancemode run -- <migration>`, whose migration fails if anything is going on beside it.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { readFleet } from "../../src/state/fleet.ts";
import { freePort } from "../_free-port.ts";
import { createRandom } from "../bench/_harness.ts";
import { startRedis, until } from "../stores/_redis.ts";
import { proveDetection } from "./_detection.ts";
import { type Hardship, inflict } from "./_faults.ts";
import { planFleet, skewed, type Slot } from "./_fleet.ts";
import { machineNow, openLedger, openRequests, readLedger } from "./_ledger.ts";
import { startLoad, type Visit, visit } from "./_load.ts";
import { startNginx } from "./_nginx.ts";
import { commandOf, endWithThisProcess, type Runtime, startProcess } from "./_processes.ts";
import { openStore } from "./_store.ts";
import { countVisits, createTally, describe, judge, ms } from "./_tally.ts";

export interface NightOptions {
  /** Where the state is. */
  readonly store: "redis" | "file";
  readonly rounds: number;
  /** The rounds, from 1, before which a process is killed: its record has to expire, which takes 15 seconds. */
  readonly kills: readonly number[];
  /** What happens to a process while the command waits. The fleet is a small one then. */
  readonly hard?: Hardship | undefined;
  /** Whether a process calls its gate by hand: then it is never safe. */
  readonly isByHand?: boolean;
  readonly seed: number;
  readonly visitors: number;
  readonly log: (line: string) => void;
}

export interface NightReport {
  /** What went wrong; empty after a good night. */
  readonly failures: readonly string[];
  readonly lines: readonly string[];
}

/** How long anything of the harness's own may take. */
const PATIENCE_MS = 120_000;

/** In every so many rounds the command waits for streams and sockets as well. */
const STREAMS_EVERY = 4;

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
  const { rounds, kills, hard, isByHand = false, seed, log } = options;
  const random = createRandom(seed);
  const failures: string[] = [];
  let falseSafe = 0;
  const path = join(directory, "ledger");
  const ledger = openLedger(path);
  cleanUp.push(() => ledger.close());

  const redis = options.store === "redis" ? await startRedis() : undefined;
  if (redis !== undefined) {
    cleanUp.push(() => redis[Symbol.asyncDispose]());
    endWithThisProcess(() => redis.pid);
  }
  const store = redis?.url ?? `file:${join(directory, "maintenance.json")}`;
  const own = await openStore(redis === undefined ? store : `ioredis+${store}`);
  cleanUp.push(() => own.close?.());
  const fleet = await planFleet({
    store,
    isSmall: hard !== undefined || isByHand,
    isByHand,
    isCut: hard === "partition",
    isSkewed: hard === "skew",
    ledger,
    ledgerPath: path,
    onFailure: (text) => failures.push(text),
    log,
  });
  const { slots, spare, start, stop } = fleet;
  cleanUp.push(() => fleet.close());
  const sites = slots.filter(({ kind }) => kind === "web" || kind === "by-hand");

  const agent = new Agent({ keepAlive: false });
  const ask = (port: number, url = "/") => visit(agent, port, "newcomer", { path: url });

  /** Waits until each process lets visitors in, and has its record in the store. */
  async function isOpen(): Promise<void> {
    for (const slot of sites) {
      if (slot.running === undefined) continue;
      const what = `process ${slots.indexOf(slot)} on ${slot.runtime} answers 200`;
      await until(async () => (await ask(slot.port)).outcome === 200, what, PATIENCE_MS);
    }
    await until(
      async () => {
        const instances = await readFleet(own) ?? [];
        const open = instances.filter(({ mode }) => mode === "off").map(({ pid }) => pid);
        return slots.every(({ running }) => running === undefined || open.includes(running.pid));
      },
      "each process has reported that it is open",
      PATIENCE_MS,
    );
  }

  let clis = 0;
  const cliRuntimes: readonly Runtime[] = ["node", "deno", "bun"];

  /** Runs the command line, in each runtime in turn. */
  async function cli(args: readonly string[], onLine?: (line: string) => void): Promise<[code: unknown, text: string]> {
    const [command, ...rest] = args;
    const runtime = cliRuntimes[clis++ % cliRuntimes.length]!;
    const own = rest.indexOf("--") < 0 ? rest.length : rest.indexOf("--");
    const all = [command!, "--store", store, ...rest.slice(0, own), ...rest.slice(own)];
    const env = hard === "skew" ? skewed([0, 10, -10][random(3)]!) : {};
    const running = await startProcess(commandOf(runtime, "src/cli/main.ts", ...all), {
      env,
      ...(onLine && { onLine }),
    });
    return [await running.gone, `${runtime}: ${running.output()}`];
  }
  const migration = (ms: number, streams = false) =>
    commandOf("node", "test/night/migration.ts", path, String(ms), ...(streams ? ["streams"] : []));

  const front = await freePort();
  await Promise.all(slots.slice(0, -1).map(start));
  const nginx = await startNginx(join(directory, "nginx"), front, sites.map(({ port }) => port));
  cleanUp.push(() => nginx.end("SIGTERM"));
  await isOpen();
  await until(async () => (await ask(front)).outcome === 200, "nginx answers 200", PATIENCE_MS);
  log(`${slots.length - 1} processes on ${store.replace(/:[^@]*@/, ":***@")} behind nginx`);

  const load = startLoad(
    front,
    options.visitors,
    seed,
    () => sites.filter((slot) => slot.kind === "web" && slot !== spare && slot.running).map(({ port }) => port),
  );
  cleanUp.push(() => load.stop());
  await until(() => openRequests(readLedger(path).entries).length >= 3, "visitors are there", PATIENCE_MS);

  if (hard === undefined && !isByHand) {
    await proveDetection({ front, agent, path, failures, cli, migration, isOpen, log });
  }

  const tally = createTally();
  for (let round = 1; round <= rounds && failures.length === 0; round++) await spendRound(round);
  return { failures, lines: describe(tally, rounds, falseSafe) };

  async function spendRound(round: number): Promise<void> {
    const isKill = kills.includes(round);
    const comes = spare.running === undefined;
    countVisits(tally, load.take());
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
      }).finally(release);
    };
    const release = () => {
      if (!isFaulty) rmSync(`${path}.hold`, { force: true });
    };
    const isComing = comes && round % 3 === 1;
    const comesLate = isComing && round % 2 === 1 && hard === undefined;
    // The migration waits for it, so that it answers meanwhile.
    if (comesLate) writeFileSync(`${path}.hold`, "");
    if (isComing && !comesLate) come();

    // A fault begins before the state is written, or after: the migration goes on until it is over, and a bit longer.
    let isFaulty = hard !== undefined && hard !== "skew";
    if (isFaulty) writeFileSync(`${path}.hold`, "");
    const beginsEarly = random(3) === 0;
    const victim = slots[random(slots.length - 1)]!;
    const restartMs = random(1_000);
    const fault = () => {
      if (!isFaulty || tally.faults >= round) return;
      tally.faults++;
      const over = pause(random(beginsEarly ? 1_500 : 600)).then(() => inflict(hard!, fleet, victim, restartMs));
      background = Promise.all([background, over.then(() => pause(1_000))]).finally(() => {
        isFaulty = false;
        release();
      });
    };
    if (beginsEarly) fault();

    const streams = round % STREAMS_EVERY === 0;
    const knows = isKill || (hard === "kill" && random(2) === 0);
    const patience = hard === "kill" ? "25s" : isFaulty && random(2) === 0 ? "12s" : "120s";
    const terms = ["--wait", patience, ...(streams ? ["--streams"] : []), ...(knows ? ["--allow-lost"] : [])];
    const windowMs = 200 + random(800);
    const began = machineNow();
    let hasCome = false;
    const [code, text] = await cli(["run", ...terms, "--", ...migration(windowMs, streams)], (line) => {
      fault();
      if (!comesLate || hasCome || !line.startsWith("Running:")) return;
      hasCome = true;
      come();
    });
    if (code !== 0) rmSync(`${path}.hold`, { force: true });
    await background;
    const what = hard === undefined || hard === "skew" ? "" : `, ${hard} of ${nameOf(victim)}`;
    if (code === 5 && (hard !== undefined || isByHand)) {
      tally.notSafe++;
      const why = text.trim().split("\n").slice(1).find((line) => line.includes("(pid ")) ?? text;
      log(`round ${round}: not safe${what}: ${why.trim()}`);
      if (/^SAFE TO MIGRATE/m.test(text)) failures.push(`Round ${round}: both safe and not safe: ${text}`);
      const [offCode, offText] = await cli(["off", "--wait", "120s"]);
      if (offCode !== 0) failures.push(`Round ${round}: off --wait has ended with ${offCode}: ${offText}`);
      countVisits(tally, load.take());
      return await isOpen();
    }
    if (code !== 0 || isByHand) {
      // Maintenance stays on then.
      if (isByHand || text.includes("The migration has failed")) falseSafe++;
      return void failures.push(`Round ${round}: run has ended with ${code}${what}: ${text}`);
    }
    await isOpen();

    const times = readLedger(path).entries.filter(({ instance }) => instance === "migration");
    const timeOf = (mark: string) => Number(times.findLast((entry) => entry.mark === mark)?.detail ?? NaN);
    const [from, to] = [timeOf("from"), timeOf("to")];
    tally.waits.push(from - began);
    tally.open.push(open);
    const visits = [...load.take(), ...await Promise.all(answers)];
    countVisits(tally, visits);
    const { refused, wrong } = judge(tally, visits, from, to, hard !== undefined);
    if (wrong.length > 0) falseSafe++;
    failures.push(...wrong.map((line) => `Round ${round}${what}: ${line}`));
    log(
      `round ${round}: waited ${ms(from - began)} with ${open} requests and jobs at work, ran for ${ms(to - from)}, ` +
        `${refused} answered with 503 meanwhile${isKill ? ", one process killed" : ""}${isComing ? ", one new" : ""}` +
        `${streams ? ", streams as well" : ""}${what}`,
    );
  }

  function nameOf(slot: Slot): string {
    return `process ${slots.indexOf(slot)} (${slot.kind}, ${slot.runtime})`;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
