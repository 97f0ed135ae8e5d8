// The migration of a night: `migration.ts <ledger> <milliseconds> [streams]`. It fails if any request or job is in flight when
// it begins, and if an app or a worker writes anything down while it runs, except that streams and sockets end. With
// `streams`, none may be open. It goes on for as long as there is a file of the name of the ledger with `.hold` behind it.
import { existsSync } from "node:fs";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { machineNow, openLedger, openRequests, readLedger } from "./_ledger.ts";

const [path, duration, streams] = process.argv.slice(2) as [string, string, string?];
const ledger = openLedger(path);
ledger.write("from", "migration", "-", String(machineNow()));

const { entries, size } = readLedger(path);
const troubles = openRequests(entries, streams !== undefined).map(({ instance, detail }) =>
  `in flight in ${instance}: ${detail}`
);

const end = performance.now() + Number(duration);
while (performance.now() < end || existsSync(`${path}.hold`)) await setTimeout(10);

ledger.write("to", "migration", "-", String(machineNow()));
for (const { mark, instance, request, detail } of readLedger(path, size).entries) {
  if (instance === "migration" || mark === "killed" || (mark === "close" && streams === undefined)) continue;
  troubles.push(`${mark} of ${request} in ${instance}: ${detail}`);
}
ledger.close();

if (troubles.length > 0) {
  console.error(`The migration has failed:\n${troubles.slice(0, 20).map((line) => `  ${line}`).join("\n")}`);
  process.exit(1);
}
