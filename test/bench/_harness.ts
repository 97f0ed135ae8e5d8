/**
 * Times contenders that do the same work, in one process, and prints the result as JSON for `run.ts`.
 *
 * Contenders take turns round by round, in reversed order every other round. What they work on is made fresh, and not
 * timed: text that was hashed or looked up before is answered from caches that a server does not have.
 */
import { Buffer } from "node:buffer";
import process from "node:process";
import { setImmediate } from "node:timers/promises";

/** `true` for a run that only shows that everything works: a handful of operations, no figures worth reading. */
export const SMOKE: boolean = process.argv.includes("--smoke");

/** The runtime this process runs in. */
export const RUNTIME: "node" | "deno" | "bun" = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";

const ROUNDS = SMOKE ? 1 : 13;
/** For how long a contender is timed in each round. */
const SAMPLE_MS = SMOKE ? 0 : 5;
const WARM_UP_MS = SMOKE ? 0 : 60;

/** One of those that do the same work. */
export interface Contender<Input> {
  readonly name: string;
  /** The limit is what the others are held against, of several the cheapest; the target is the gate's. */
  readonly role: "limit" | "gate" | "peer";
  /** The work. What it returns is counted by truthiness, so that no part of it can be left out. */
  readonly run: (input: Input) => unknown;
  /** Whether the result is awaited; one contender that is awaited says nothing about one that is not. */
  readonly awaited?: boolean;
}

/** What the gate is meant to reach: at most or at least a multiple of the limit, or a number in the unit of the table. */
export type Target = { readonly ratio: number; readonly plusNs?: number } | { readonly atLeast: number } | {
  readonly below: number;
};

export interface Contest<Input> {
  readonly title: string;
  readonly contenders: readonly Contender<Input>[];
  /** Makes that many fresh inputs. */
  readonly inputs: (count: number) => Input[];
  readonly target?: Target;
  /** How many operations are done in one turn of the event loop, at most. */
  readonly perTurn?: number;
}

/** One line of a table. */
export interface Row {
  readonly name: string;
  readonly role: "limit" | "gate" | "peer";
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many times the limit. */
  readonly ratio?: number;
  /** The target as text. */
  readonly target?: string;
  readonly reached?: boolean;
}

export interface Table {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

/** What the processes of one topic print as their last line. */
export interface Report {
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

/** Hands the tables to `run.ts`. */
export function report(tables: readonly Table[], notes: readonly string[] = []): void {
  console.log(JSON.stringify({ tables, notes } satisfies Report));
}

/** Ends the process unless the contenders agree about every input. */
export function assertAgreement<Input>(
  title: string,
  contenders: readonly Contender<Input>[],
  inputs: readonly Input[],
  show: (input: Input) => string = String,
): void {
  const answers = contenders.map(({ run }) => inputs.map((input) => Boolean(run(input))));
  const [first = []] = answers;
  for (let input = 0; input < inputs.length; input++) {
    const dissenter = answers.findIndex((answer) => answer[input] !== first[input]);
    if (dissenter < 0) continue;
    fail(
      `${title}: "${contenders[dissenter]!.name}" says ${answers[dissenter]![input]} and "${contenders[0]!.name}" ` +
        `says ${first[input]} to ${show(inputs[input]!)}`,
    );
  }
}

/** Ends the process with a message and an exit code that says so. */
export function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

let loops = 0;

// Made from source, so that each contender has a loop of its own and can be inlined into it, as into a server's code.
// The name makes each source another one: engines share what they learn between functions of the same source.
function makeLoop<Input>(
  { name, run, awaited }: Contender<Input>,
): (inputs: readonly Input[]) => number | Promise<number> {
  const source = `/* ${loops++} ${name.replaceAll("*/", "")} */ return ${awaited ? "async " : ""}function loop(inputs) {
    let count = 0;
    for (let i = 0; i < inputs.length; i++) if (${awaited ? "await " : ""}run(inputs[i])) count++;
    return count;
  }`;
  return new Function("run", source)(run);
}

let consumed = 0;

/** Times one batch; `consumed` takes the results so that they are needed. */
async function timeBatch<Input>(loop: ReturnType<typeof makeLoop<Input>>, inputs: readonly Input[]): Promise<number> {
  const start = performance.now();
  const count = loop(inputs);
  consumed += typeof count === "number" ? count : await count;
  const spent = performance.now() - start;
  await setImmediate();
  return spent;
}

/** Times a contest. */
export async function run<Input>(contest: Contest<Input>): Promise<Table> {
  const limit = SMOKE ? 2 : contest.perTurn ?? 1_000;
  const entries = contest.contenders.map((contender) => ({
    contender,
    loop: makeLoop(contender),
    batch: 1,
    samples: [] as number[],
  }));

  for (const entry of entries) {
    for (let spent = 0; spent < WARM_UP_MS;) {
      const time = await timeBatch(entry.loop, contest.inputs(entry.batch));
      spent += Math.max(time, 0.05);
      if (time < SAMPLE_MS / 2) entry.batch = Math.min(limit, entry.batch * 2);
    }
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      let operations = 0;
      let spent = 0;
      do {
        spent += await timeBatch(entry.loop, contest.inputs(entry.batch));
        operations += entry.batch;
      } while (spent < SAMPLE_MS);
      entry.samples.push(spent * 1e6 / operations);
    }
  }
  return tabulate(
    contest.title,
    "ns",
    entries.map(({ contender, samples }) => ({ ...contender, samples })),
    contest.target,
  );
}

/**
 * Makes a table of samples, one for each round.
 *
 * The ratio is the median of the rounds' own ratios: what slows the machine down for a while slows both.
 */
export function tabulate(
  title: string,
  unit: string,
  measured: readonly { name: string; role: Row["role"]; samples: readonly number[]; target?: Target }[],
  shared?: Target,
): Table {
  const [limit] = measured.filter(({ role }) => role === "limit").toSorted((a, b) =>
    median(a.samples) - median(b.samples)
  );
  const rows = measured.map((entry) => {
    const { name, samples, target = entry.role === "gate" ? shared : undefined } = entry;
    const role = entry.role === "limit" && entry !== limit ? "peer" : entry.role;
    const middle = median(samples);
    const ratio = limit && median(samples.map((sample, round) => sample / limit.samples[round]!));
    return {
      name,
      role,
      median: middle,
      min: Math.min(...samples),
      max: Math.max(...samples),
      ...(ratio !== undefined && { ratio }),
      ...(target && judge(target, middle, ratio ?? NaN, unit)),
    };
  });
  return { title, unit, rows };
}

function judge(target: Target, value: number, ratio: number, unit: string): { target: string; reached: boolean } {
  if ("below" in target) return { target: `< ${target.below} ${unit}`, reached: value < target.below };
  if ("atLeast" in target) return { target: `>= ${target.atLeast} x`, reached: ratio >= target.atLeast };
  // What is more than the limit times the ratio, in the unit of the table.
  const plus = target.plusNs ?? 0;
  return {
    target: plus === 0 ? `<= ${target.ratio} x` : `<= ${target.ratio} x + ${plus} ${unit}`,
    reached: ratio <= target.ratio + plus * ratio / value,
  };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Rotates over texts and hands out each as a server gets it: cut from a buffer, with no hash computed yet.
 *
 * The texts have to be ASCII.
 */
export function freshTexts(texts: readonly string[]): (count: number) => string[] {
  const bytes = Buffer.from(texts.join(""), "latin1");
  const ends: number[] = [];
  for (const text of texts) ends.push((ends.at(-1) ?? 0) + text.length);
  let next = 0;
  return (count) =>
    Array.from({ length: count }, () => {
      const index = next++ % texts.length;
      return bytes.toString("latin1", ends[index - 1] ?? 0, ends[index]);
    });
}

/** A repeatable source of random integers below `end` (mulberry32). */
export function createRandom(seed: number): (end: number) => number {
  return (end) => {
    seed = (seed + 0x6D2B79F5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor(((t ^ (t >>> 14)) >>> 0) / 2 ** 32 * end);
  };
}

/** Shuffles in place. */
export function shuffle<T>(list: T[], random: (end: number) => number): T[] {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random(i + 1);
    [list[i], list[j]] = [list[j]!, list[i]!];
  }
  return list;
}
