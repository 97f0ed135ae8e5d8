/** What importing the built package costs a fresh process: `import.ts --runtime <name>`. Run `npm run build` first. */
import { existsSync } from "node:fs";
import process from "node:process";
import { fail, report, type Row, SMOKE, type Table, tabulate, type Target } from "./_harness.ts";
import { collect, type Runtime, start } from "./_runtimes.ts";

const PROCESSES = SMOKE ? 1 : 25;

/** An entry, and how many milliseconds more than an empty module it may take in Node. */
const ENTRIES: readonly (readonly [name: string, budget?: number])[] = [
  ["index", 5],
  ["node", 30],
  ["connect", 5],
  ["state"],
  ["service-worker"],
];

const runtime = process.argv[process.argv.indexOf("--runtime") + 1] as Runtime;

async function timesOf(): Promise<Table[]> {
  const measured: { name: string; role: Row["role"]; specifier: string; samples: number[]; target?: Target }[] = [
    { name: "an empty module", role: "limit", specifier: "data:text/javascript,", samples: [] },
    ...ENTRIES.map(([name]) => ({
      name: `dist/${name}.js`,
      role: "gate" as const,
      specifier: urlOf(name),
      samples: [],
    })),
  ];
  for (let round = 0; round < PROCESSES; round++) {
    for (const { specifier, samples } of round % 2 === 0 ? measured : measured.toReversed()) {
      const child = start(runtime, "./_import.ts", [specifier], ["ignore", "pipe", "inherit"]);
      samples.push(Number(await collect(child, `import of ${specifier}`)));
    }
  }
  const [empty, ...entries] = measured;
  const over = entries.map(({ name, role, samples }, index) => {
    const budget = runtime === "node" ? ENTRIES[index]![1] : undefined;
    const more = samples.map((sample, round) => sample - empty!.samples[round]!);
    return { name, role, samples: more, ...(budget !== undefined && { target: { below: budget } }) };
  });
  return [
    tabulate("import in a fresh process", "ms", measured),
    tabulate("the same, over an empty module", "ms", over),
  ];
}

function urlOf(name: string): string {
  return new URL(`../../dist/${name}.js`, import.meta.url).href;
}

if (ENTRIES.some(([name]) => !existsSync(new URL(urlOf(name))))) fail("dist is not complete: run npm run build");
report(await timesOf(), [
  "importing is timed inside the process, from its first line on, with the files in the system's cache; " +
  "npm run size tells the sizes",
]);
