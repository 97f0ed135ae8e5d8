/** The demo as a child process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** A demo that was started. */
export interface Demo {
  /** Where it says it is. */
  origin: string;
  /** What it has printed. */
  output(): string;
  /** Writes to its terminal. */
  type(keys: string): void;
  /** Sends the process itself a signal. */
  signal(name: NodeJS.Signals): void;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

const file = fileURLToPath(new URL("server.ts", import.meta.url));
const running = new Map<number, Promise<unknown>>();

process.on("exit", kill);

/** Ends the demos that are still there. */
export async function killAll(): Promise<void> {
  kill();
  await Promise.all(running.values());
}

function kill(): void {
  for (const pid of running.keys()) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}

function watch(child: ChildProcess): { output(): string; ended: Promise<number | null> } {
  let output = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.setEncoding("utf8").on("data", (text) => output += text);
  const ended = once(child, "close").then(([code]) => code as number | null);
  keep(child.pid!, ended);
  return { output: () => output, ended };
}

function keep(pid: number, ended: Promise<unknown>): void {
  running.set(pid, ended.then(() => running.delete(pid)));
}

/** Runs the demo to its end. */
export async function runDemo(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [file], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const { output, ended } = watch(child);
  return { code: await ended, output: output() };
}

/** Starts the demo without a terminal. */
export async function startDemo(env: Record<string, string> = {}): Promise<Demo> {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, PORT: "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { output, ended } = watch(child);
  return {
    origin: await originIn(output, ended),
    output,
    type: () => {
      throw new Error("There is no terminal");
    },
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** Starts the demo in a terminal of its own, made by `script` of util-linux. */
export async function startDemoInTerminal(): Promise<Demo> {
  const quoted = [process.execPath, file].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // With "exec" the one child of script is the demo; with -e its exit code is passed on.
  const child = spawn("script", ["-qfec", `exec ${quoted}`, "/dev/null"], {
    env: { ...process.env, PORT: "", SHELL: "/bin/sh" },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { output, ended } = watch(child);
  const origin = await originIn(output, ended);
  const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8"));
  keep(pid, ended);
  return {
    origin,
    output,
    type: (keys) => void child.stdin.write(keys),
    signal: (name) => void process.kill(pid, name),
    ended,
  };
}

/** The status that the demo answers with. */
export async function statusOf(demo: Demo, path: string, init: RequestInit = {}): Promise<number> {
  return (await fetch(`${demo.origin}${path}`, init)).status;
}

/** Waits until the demo has said all that it has to say at the start. */
async function originIn(output: () => string, ended: Promise<unknown>): Promise<string> {
  let isRunning = true;
  void ended.then(() => isRunning = false);
  for (const end = Date.now() + 60_000; isRunning && Date.now() < end;) {
    const origin = /front of it: (http:\/\/127\.0\.0\.1:\d+)\/.*Maintenance is off/s.exec(output())?.[1];
    if (origin !== undefined) return origin;
    await new Promise((done) => setTimeout(done, 10));
  }
  await killAll();
  throw new Error(`The demo did not start: ${output()}`);
}
