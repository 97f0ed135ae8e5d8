/** What several maintenances at once cost: a request that passes, and a change of one of a thousand. */
import process from "node:process";
import { maintenanceMode } from "../../src/index.ts";
import { liveState } from "../../src/state.ts";
import { memoryStore } from "../../src/stores/memory.ts";
import type { MaintenanceState, MaintenanceWindow } from "../../src/types/maintenance-state.ts";
import { BROWSERS, freshRequests } from "./_browsers.ts";
import { assertAgreement, type Contender, report, run, SMOKE, tabulate } from "./_harness.ts";

const COUNT = 1_000;

/** A window that closes one host. */
const windowOf = (index: number): MaintenanceWindow => ({
  mode: index % 2 === 0 ? "on" : "read-only",
  hosts: [`tenant-${index}.example.com`],
  reason: "Moving house",
});

function stateOf(count: number): MaintenanceState {
  return {
    mode: "off",
    windows: Object.fromEntries(Array.from({ length: count }, (_, i) => [`tenant-${i}`, windowOf(i)])),
  };
}

async function gateOver(state: MaintenanceState) {
  return maintenanceMode({ state: await liveState(memoryStore(JSON.stringify(state))).ready });
}

const one = await gateOver({ mode: "off", windows: { "tenant-0": windowOf(0) } });
const many = await gateOver(stateOf(COUNT));

// A Request is much dearer than the work: 64 of them take turns.
const sameHost = freshRequests(BROWSERS)(64);
const otherHosts = sameHost.map((request, index) => new Request(`https://open-${index}.example.com/`, request));

function inputsFrom(requests: readonly Request[]): (count: number) => Request[] {
  let next = 0;
  return (count) => Array.from({ length: count }, () => requests[next++ % requests.length]!);
}

const contenders: Contender<Request>[] = [
  { name: "one window for one host", role: "limit", run: (request) => one(request) },
  { name: `${COUNT} windows for ${COUNT} hosts`, role: "gate", run: (request) => many(request) },
];
assertAgreement("windows", contenders, [...sameHost, ...otherHosts], ({ url }) => url);

const target = { ratio: 1.5 };
const tables = [
  await run({ title: "a request that passes, all for one host", contenders, inputs: inputsFrom(sameHost), target }),
  await run({
    title: "a request that passes, each for another host",
    contenders,
    inputs: inputsFrom(otherHosts),
    target,
  }),
];

/** From the call to the moment at which the change is in force, in milliseconds. */
async function timeChanges(count: number): Promise<number[]> {
  const state = await liveState(memoryStore(JSON.stringify(stateOf(count)))).ready;
  const times: number[] = [];
  for (let round = 0; round < (SMOKE ? 2 : 50); round++) {
    const since = performance.now();
    await state.windows.set(`tenant-${round % count}`, { ...windowOf(round % count), reason: `Round ${round}` });
    times.push(performance.now() - since);
  }
  await state.close();
  return times;
}

tables.push(tabulate("a change of one window, until it is in force in the process", "ms", [
  { name: "of one", role: "limit", samples: await timeChanges(1) },
  { name: `of ${COUNT}`, role: "gate", samples: await timeChanges(COUNT) },
], { below: 20 }));
report(tables);
process.exit();
