// The scripted night: `node test/night/run.ts --rounds 50`. Ends with 1 if a migration has failed, or a visitor has got
// what he should not have got.
import process from "node:process";
import { parseArgs } from "node:util";
import { spendNight } from "./night.ts";

const HELP = `Usage: node test/night/run.ts [options]

  --store <kind>    redis (10 processes of Node, the default) or file (2 each of Node, Deno and Bun)
  --rounds <n>      how many migrations, 50 if left out
  --kill <rounds>   before which of them a process is killed, comma-separated; 10,25,40 if left out, "none" for none
  --seed <n>        what visitors do depends on it; the time if left out
  --visitors <n>    how many visitors at once, 24 if left out
  --attached        end when standard input ends
`;

const { values } = parseArgs({
  options: {
    store: { type: "string", default: "redis" },
    rounds: { type: "string", default: "50" },
    kill: { type: "string", default: "10,25,40" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    visitors: { type: "string", default: "24" },
    attached: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help || !["redis", "file"].includes(values.store)) {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
if (values.attached) process.stdin.on("end", () => process.exit(1)).resume();

const began = performance.now();
console.log(`A night on ${values.store}, seed ${values.seed}`);
try {
  const { failures, lines } = await spendNight({
    store: values.store as "redis" | "file",
    rounds: Number(values.rounds),
    kills: values.kill === "none" ? [] : values.kill.split(",").map(Number),
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
