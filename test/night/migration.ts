// The migration of a night: `migration.ts <ledger> <milliseconds>`. It fails if any request is in flight when it begins,
// and if anything at all is written down by an app, a request, a write or an end, while it runs. It goes on for as long as
// there is a file of the name of the ledger with `.hold` behind it.
import { existsSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { machineNow, openLedger, openRequests, readLedger } from "./_ledger.ts";

const [path, duration] = process.argv.slice(2) as [string, string];
const ledger = openLedger(path);
ledger.write("from", "migration", "-", String(machineNow()));

const { entries, size } = readLedger(path);
const troubles = openRequests(entries).map(({ instance, detail }) => `in flight in ${instance}: ${detail}`);

const end = performance.now() + Number(duration);
while (performance.now() < end || existsSync(`${path}.hold`)) await setTimeout(10);

ledger.write("to", "migration", "-", String(machineNow()));
for (const { mark, instance, request, detail } of readLedger(path, size).entries) {
  if (instance !== "migration" && mark !== "killed") troubles.push(`${mark} of ${request} in ${instance}: ${detail}`);
}
ledger.close();

if (troubles.length > 0) {
  console.error(`The migration has failed:\n${troubles.slice(0, 20).map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
