/**
 * Servers that take turns under load, each in a process of its own, which this one makes the load for.
 *
 * A server calls {@link announce} with its port.
 */
import type { ChildProcess } from "node:child_process";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fail, type Row, SMOKE, type Target } from "./_harness.ts";
import { type Runtime, start } from "./_runtimes.ts";

/** How many connections are kept busy, with one request at a time on each. */
export const CONNECTIONS: number = SMOKE ? 4 : 64;
const ROUNDS = SMOKE ? 1 : 11;
const ROUND_MS = SMOKE ? 50 : 500;
const WARM_UP_MS = SMOKE ? 50 : 1_500;

/** A server that takes turns with others. */
export interface Contestant {
  readonly name: string;
  readonly role: Row["role"];
  /** Whatever its file needs to know to serve it. */
  readonly args: readonly string[];
  readonly request: string;
  readonly target?: Target;
}

/** What was measured of one server, a sample for each round. */
export interface Measured extends Contestant {
  /** The length of its answer in bytes. */
  readonly length: number;
  /** CPU time in microseconds for each request. */
  readonly cpu: number[];
  readonly rps: number[];
}

/** Tells the process that makes the load about a server, and whenever asked how much CPU time it has spent. */
export function announce(port: number): void {
  console.log(port);
  process.stdin.on("data", () => {
    const { user, system } = process.cpuUsage();
    console.log(user + system);
  });
  // The parent is gone.
  process.stdin.on("end", () => process.exit());
}

/** Lets servers take turns under load, in reversed order every other round. */
export async function race(runtime: Runtime, file: string, contestants: readonly Contestant[]): Promise<Measured[]> {
  const entries = await Promise.all(contestants.map((contestant) => enter(runtime, file, contestant)));
  for (const entry of entries) await load(entry, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      const [before, began] = [await entry.cpuTime(), performance.now()];
      const answers = await load(entry, ROUND_MS);
      const spent = performance.now() - began;
      entry.cpu.push((await entry.cpuTime() - before) / answers);
      entry.rps.push(answers / spent * 1_000);
    }
  }
  for (const { child } of entries) child.stdin!.end();
  return entries;
}

interface Entry extends Measured {
  readonly child: ChildProcess;
  readonly port: number;
  cpuTime(): Promise<number>;
}

async function enter(runtime: Runtime, file: string, contestant: Contestant): Promise<Entry> {
  const child = start(runtime, file, ["--serve", ...contestant.args], ["pipe", "pipe", "inherit"]);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const number = async () => Number((await lines.next()).value ?? fail("a server ended too early"));
  const port = await number();
  const cpuTime = () => {
    child.stdin!.write("\n");
    return number();
  };
  const length = await answerLength(port, contestant.request);
  return { ...contestant, child, port, cpuTime, length, cpu: [], rps: [] };
}

/** Keeps all connections busy, and returns the number of answers. */
async function load({ port, length, request }: Entry, ms: number): Promise<number> {
  let answers = 0;
  let isRunning = true;
  const sockets = Array.from({ length: CONNECTIONS }, (): Socket => {
    let missing = length;
    const onread = {
      buffer: new Uint8Array(65_536),
      callback: (received: number) => {
        missing -= received;
        if (missing > 0) return true;
        if (missing < 0) fail("an answer was longer than the first one");
        missing = length;
        answers++;
        if (isRunning) socket.write(request, "latin1");
        return true;
      },
    };
    const socket = connect({ port, host: "127.0.0.1", onread });
    socket.on("error", (error) => fail(`load: ${error.message}`)).setNoDelay().write(request, "latin1");
    return socket;
  });
  await setTimeout(ms);
  isRunning = false;
  const counted = answers;
  await setTimeout(20);
  for (const socket of sockets) socket.destroy();
  return counted;
}

/** The length of an answer on a connection that stays open. */
export async function answerLength(port: number, request: string): Promise<number> {
  let answer = "";
  const socket = connect(port, "127.0.0.1").setEncoding("latin1").on("data", (part: string) => answer += part);
  socket.write(request);
  const isWhole = () => {
    const end = answer.indexOf("\r\n\r\n") + 4;
    const length = /^content-length: *(\d+)/im.exec(answer)?.[1];
    return length === undefined ? answer.endsWith("0\r\n\r\n") : end > 3 && answer.length === end + Number(length);
  };
  while (!isWhole()) await setTimeout(5);
  socket.destroy();
  return answer.length;
}
