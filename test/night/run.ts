// The scripted night: `node test/night/run.ts --rounds 50`. Ends with 1 if a migration has failed, or a visitor has got
// what he should not have got.
import process from "node:process";
import { parseArgs } from "node:util";
import type { Hardship } from "./_faults.ts";
import { FAKETIME } from "./_fleet.ts";
import { spendNight } from "./night.ts";

const HELP = `Usage: node test/night/run.ts [options]

  --store <kind>    redis (the default) or file
  --rounds <n>      how many migrations, 50 if left out
  --kill <rounds>   before which of them a process is killed, comma-separated; 10,25,40 if left out, "none" for none
  --hard <what>     what happens to a process during each wait: stop, kill or partition; skew: clocks are wrong all night
  --by-hand         one process calls its gate by hand, so that it is never safe
  --seed <n>        what visitors do depends on it; the time if left out
  --visitors <n>    how many visitors at once, 24 if left out
  --attached        end when standard input ends
`;

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "redis" },
    rounds: { type: "string", default: "50" },
    kill: { type: "string", default: "10,25,40" },
    hard: { type: "string" },
    "by-hand": { type: "boolean", default: false },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    visitors: { type: "string", default: "24" },
    attached: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const { hard } = values;
const isHardship = (word: string | undefined): word is Hardship | undefined =>
  [undefined, "stop", "kill", "partition", "skew"].includes(word);
if (values.help || !["redis", "file"].includes(values.store) || !isHardship(hard)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
if (values.attached) process.stdin.on("end", () => process.exit(1)).resume();

const began = performance.now();
if (hard === "partition" && values.store === "file") throw new Error("There is no network to a file");
if (hard === "skew" && FAKETIME === undefined) throw new Error('faketime is missing: "apt install faketime"');
console.log(`A ${hard ?? "plain"} night on ${values.store}, seed ${values.seed}`);
try {
  const { failures, lines } = await spendNight({
    store: values.store as "redis" | "file",
    rounds: Number(values.rounds),
    hard,
    isByHand: values["by-hand"],
    kills: values.kill === "none" || hard !== undefined || values["by-hand"] ? [] : values.kill.split(",").map(Number),
    seed: Number(values.seed),
    visitors: Number(values.visitors),
    log: (line) => console.log(line),
  });
  console.log(`\n${lines.join("\n")}\n${Math.round((performance.now() - began) / 1_000)} s`);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  process.exit(failures.length > 0 ? 1 : 0);
} catch (error) {
  console.error(error);
  process.exit(1);
}
