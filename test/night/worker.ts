// A process without a server: `worker.ts <kind> <name> <ledger> <store>` in Node, Deno or Bun. A `worker` does one job after
// the other, three at a time; a `watcher` only looks at the state.
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { liveState } from "../../src/state.ts";
import { openLedger } from "./_ledger.ts";
import { endInOrder, openStore } from "./_store.ts";

const [kind, name, ledgerPath, storeUrl] = process.argv.slice(2) as [string, string, string, string];
const ledger = openLedger(ledgerPath);
const counts = kind === "worker" ? "work" : "nothing";
const state = liveState(await openStore(storeUrl), { startTimeoutMs: 20_000, counts });
const ending = new AbortController();
let jobs = 0;

async function job(): Promise<void> {
  const number = ++jobs;
  ledger.write("begin", name, number, "work mail");
  for (let part = 0; part < 4; part++) {
    ledger.write("write", name, number, `part ${part}`);
    await setTimeout(Math.random() * 400);
  }
  ledger.write("end", name, number);
}

async function work(): Promise<void> {
  while (!ending.signal.aborted) {
    try {
      await state.whenOpen({ signal: ending.signal });
    } catch {
      return;
    }
    await state.track(job, { name: "mail" });
    await setTimeout(Math.random() * 100);
  }
}

const work3 = kind === "worker" ? [work(), work(), work()] : [];
const hold = setInterval(() => state.current, 1_000);
await state.ready;
process.stdout.write("listening\n");
endInOrder(state, () => {
  ending.abort();
  clearInterval(hold);
  return Promise.all(work3);
});
