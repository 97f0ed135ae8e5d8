// What `run --name` runs in a night with windows: `work.ts <ledger> <place> <who> <milliseconds>`.
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { openLedger } from "./_ledger.ts";

const [path, place, by, ms] = process.argv.slice(2) as [string, string, string, string];
const ledger = openLedger(path);
ledger.write("from", place, by, String(Date.now()));
await setTimeout(Number(ms));
ledger.write("to", place, by, String(Date.now()));
ledger.close();
