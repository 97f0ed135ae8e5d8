/** The page of a new state: what the first visitor of each language waits for, and the memory that answers take. */
import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { liveState } from "../../src/state.ts";
import { maintenanceMode } from "../../src/index.ts";
import { LANGUAGES } from "../../src/answer/page/languages.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import { randomRequests } from "./_browsers.ts";
import { createRandom, fail, report, RUNTIME, SMOKE, tabulate } from "./_harness.ts";

const CTX = { clientIp: "203.0.113.9" };
const ROUNDS = SMOKE ? 1 : 13;

const state = liveState(memoryStore());
const site = { name: "Example", contact: "help@example.com" };
const maintenance = maintenanceMode({ state, site });
const tags = Object.keys(LANGUAGES);

/** Asks for the page in each language after a change of the state, and times each first answer. */
async function firstAnswers(round: number): Promise<number[]> {
  await state.set({ mode: "on", reason: `Round ${round}`, end: new Date(Date.now() + 3_600_000).toISOString() });
  return tags.map((language) => {
    const request = new Request("https://example.com/", {
      headers: { accept: "text/html", "accept-language": language },
    });
    const start = performance.now();
    const answer = maintenance(request, CTX);
    const spent = performance.now() - start;
    if (answer?.headers.get("content-language") !== language) fail(`page: no answer in ${language}`);
    return spent * 1_000;
  });
}

const cold = await firstAnswers(0);
const rounds: number[][] = [];
for (let round = 1; round <= ROUNDS; round++) rounds.push(await firstAnswers(round));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How much the heap grows over many requests in which nothing is as before, in bytes. */
async function growth(count: number): Promise<number> {
  const next = randomRequests(createRandom(503));
  const used = () => {
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const ask = async (count: number) => {
    for (let done = 0; done < count; done += 1_000) {
      for (const request of next(Math.min(1_000, count))) maintenance(request, CTX);
      await new Promise((resolve) => setTimeout(resolve));
    }
  };
  await ask(count / 10);
  const before = used();
  await ask(count);
  return used() - before;
}

function collectGarbage(): void {
  const { Bun } = globalThis as { Bun?: { gc(sync: boolean): void } };
  if (Bun !== undefined) return Bun.gc(true);
  // Known only after it was asked for, and only in a new context.
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

const count = SMOKE ? 1_000 : Number(process.env["BENCH_REQUESTS"] ?? 100_000);
const grown = await growth(count);
await state.close();

report([
  tabulate(`the first answer in each of ${tags.length} languages after a change of the state, mean`, "µs", [
    { name: "the gate", role: "gate", samples: rounds.map(mean), target: { below: 1_000 } },
    { name: "the slowest language", role: "peer", samples: rounds.map((round) => Math.max(...round)) },
    { name: "in a process that is new", role: "peer", samples: [mean(cold)] },
  ]),
], [
  `${RUNTIME}: the heap grew by ${(grown / 1_024).toFixed(0)} KiB over ${
    count.toLocaleString("en-US")
  } requests in which ` +
  "Accept, Accept-Language, Origin and path are new each time (BENCH_REQUESTS sets how many)",
]);
