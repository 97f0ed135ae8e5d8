/** The benchmark: `npm run bench`. Starts each topic in each runtime as a fresh process and prints what it measured. */
import os from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import type { Report, Row, Table } from "./_harness.ts";
import { collect, output, type Runtime, RUNTIMES, start } from "./_runtimes.ts";

/** Each topic, its file, and whether that file runs in the runtime itself or in Node and starts the runtime. */
const TOPICS: Record<string, { readonly file: string; readonly inside: boolean; readonly what: string }> = {
  off: { file: "./off.ts", inside: true, what: "a request while maintenance is off" },
  blocked: { file: "./blocked.ts", inside: true, what: "making the 503" },
  page: { file: "./page.ts", inside: true, what: "the page of a new state, and the memory that answers take" },
  ips: { file: "./ips.ts", inside: true, what: "internalIps with 10 to 100 000 ranges" },
  urls: { file: "./urls.ts", inside: true, what: "ignoreUrls with 10 to 10 000 patterns, and hostile paths" },
  accept: { file: "./accept.ts", inside: true, what: "choosing by Accept" },
  http: { file: "./http.ts", inside: false, what: "CPU and requests per second over HTTP" },
  "in-flight": {
    file: "./in-flight.ts",
    inside: false,
    what: "counting requests until they are finished, over HTTP",
  },
  frameworks: { file: "./frameworks.ts", inside: false, what: "the gate in Express and others, over HTTP" },
  live: { file: "./live.ts", inside: true, what: "a request while a live state is followed, and its memory" },
  windows: { file: "./windows.ts", inside: true, what: "a thousand maintenances at once" },
  metrics: { file: "./metrics.ts", inside: true, what: "a request while OpenTelemetry reads what the gate does" },
  flip: { file: "./flip.ts", inside: false, what: "from the write of a state to the last answer of 30 processes" },
  import: { file: "./import.ts", inside: false, what: "importing the built package (npm run build first)" },
};

const HELP = `Usage: npm run bench -- [options]

Measures what a user of the gate pays, next to its peers and to the cheapest way known to do the same.
It takes about six minutes; close everything else. Contenders have to give equal answers before they are timed:
if they do not, the exit code is 1. It never depends on a time.

  --only <topics>      comma-separated: ${Object.keys(TOPICS).join(", ")}
  --runtime <names>    comma-separated: ${Object.keys(RUNTIMES).join(", ")}
  --smoke              equal answers and a few operations of everything, in seconds; the figures mean nothing
  --help               this text

${Object.entries(TOPICS).map(([name, { what }]) => `  ${name.padEnd(11)}${what}`).join("\n")}
`;

const FOOTER = `How to read this
- Each line is the median over rounds, then the smallest and largest round. Contenders of a table take turns in one
  process, in reversed order every other round. "x limit" is the median of the rounds' own ratios to the limit, which
  is the cheapest way known; targets are the gate's.
- Figures drift with the machine and its neighbours: compare lines of one table, not tables of different runs, and
  trust nothing where the largest round is far from the median.
- What is not shown: the host's own work per request (all but http), TLS, real networks, memory (all but
  live), cold starts (all but import), code that other code in the same process has made slow, and processors other than this one.
`;

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    runtime: { type: "string" },
    smoke: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const topics = choose(values.only, TOPICS, "topic");
const runtimes = choose(values.runtime, RUNTIMES, "runtime") as Runtime[];

function choose(text: string | undefined, known: object, what: string): string[] {
  const names = text?.split(",") ?? Object.keys(known);
  const stranger = names.find((name) => !Object.hasOwn(known, name));
  if (stranger === undefined) return names;
  console.error(`Unknown ${what} "${stranger}", known are ${Object.keys(known).join(", ")}: run with --help`);
  process.exit(2);
}

function format(value: number): string {
  return value >= 1_000
    ? Math.round(value).toLocaleString("en-US")
    : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function cells(row: Row): string[] {
  return [
    row.role === "gate" ? `> ${row.name}` : `  ${row.name}`,
    format(row.median),
    format(row.min),
    format(row.max),
    row.role === "limit" ? "limit" : row.ratio === undefined ? "" : format(row.ratio),
    row.target ?? "",
    row.reached === undefined ? "" : row.reached ? "yes" : "no",
  ];
}

function print({ title, unit, rows }: Table): void {
  const lines = [[title, unit, "min", "max", "x limit", "target", "reached"], ...rows.map(cells)];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.slice(1).map((line) => line[column]!.length), 7));
  console.log(`\n${title}`);
  lines[0]![0] = "";
  for (const line of lines) {
    const text = line.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!));
    console.log(text.join("  ").trimEnd());
  }
}

const versions = await Promise.all(runtimes.map(async (name) => {
  const version = (await output(name, ["--version"])).split("\n")[0]!.replace(/^(?:deno |v)/, "");
  return `${name} ${version.split(" ")[0]}`;
}));
console.log(
  `${os.cpus()[0]?.model.trim()} (${os.cpus().length} cores), ${os.type()} ${os.release()}, ${versions.join(", ")}`,
);
if (values.smoke) console.log("Smoke run: everything is done a few times, nothing is measured.");

const began = performance.now();
for (const runtime of runtimes) {
  for (const topic of topics) {
    const { file, inside } = TOPICS[topic]!;
    const args = [...(values.smoke ? ["--smoke"] : []), ...(inside ? [] : ["--runtime", runtime])];
    const child = start(inside ? runtime : "node", file, args, ["ignore", "pipe", "inherit"]);
    console.log(`\n=== ${runtime}: ${topic} ===`);
    try {
      const printed = await collect(child, `${topic} in ${runtime}`);
      const { tables, notes } = JSON.parse(printed.trimEnd().split("\n").at(-1)!) as Report;
      for (const table of tables) values.smoke ? console.log(`ran: ${table.title}`) : print(table);
      for (const note of notes) console.log(`${values.smoke ? "" : "\n"}Note: ${note}`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      process.exitCode = 1;
    }
  }
}
console.log(`\n${FOOTER}\n${Math.round((performance.now() - began) / 1_000)} s`);
