/** A site under test: the process of an app, its store, and what is asked of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../_free-port.ts";
import { until } from "../_until.ts";
import { installed } from "./project.ts";

/** How the process of an app is started. */
export interface Start {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** Its port, for a test that asks it before it is ready. */
  readonly port?: number;
}

/** What came of a command. */
export interface Result {
  readonly code: number | null;
  readonly text: string;
}

/** A running site. */
export interface Site {
  readonly url: string;
  readonly port: number;
  /** What the process has printed so far, on both streams. */
  readonly output: string;
  /** Asks the app. Follows no redirect. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Stores a state without waiting, and returns when the site follows it. */
  switch(state: Readonly<Record<string, unknown>>): Promise<void>;
  /** Runs the command line with `--store`, to its end. */
  cli(...args: string[]): Promise<Result>;
  /** Waits until this many requests are held by the app. */
  held(count: number): Promise<void>;
  /** Lets all that the app holds go on. */
  release(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the process of an app and waits until it answers its health check. */
export async function startSite(folder: string, { command, env, port: wanted }: Start): Promise<Site> {
  const port = wanted ?? await freePort();
  const store = join(folder, "maintenance.json");
  rmSync(store, { force: true });
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...process.env, NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), STORE: store, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // With what it starts itself, it can be ended as one.
    detached: true,
  });
  let output = "";
  child.stdout.on("data", (data) => output += data);
  child.stderr.on("data", (data) => output += data);
  const url = `http://127.0.0.1:${port}`;
  const stop = () => end(child);
  running.add(child);
  const health = async (query = "") => (await fetch(`${url}/health${query}`)).text();
  const site: Site = {
    url,
    port,
    get output() {
      return output;
    },
    ask: (path, init) => fetch(url + path, { redirect: "manual", signal: AbortSignal.timeout(120_000), ...init }),
    async switch(state) {
      writeFileSync(store, JSON.stringify(state));
      await until(async () => {
        const status = await site.cli("status", "--json");
        if (status.code !== 0) throw new Error(status.text);
        return status.text.includes('"follows":true');
      }, "the site follows");
    },
    cli: (...args) => runCli(store, args),
    held: (count) => until(async () => await health("?held") === `${count}\n`, `${count} requests are held`),
    release: async () => void await health("?release"),
    stop,
  };
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error("it has ended");
      return await health().catch(() => "") === "ok\n";
    }, "it answers its health check");
  } catch (error) {
    await stop();
    throw new Error(`${command.join(" ")} did not start: ${(error as Error).message}\n${output}`);
  }
  return site;
}

/** The processes of apps that have not been ended. */
const running: Set<ChildProcess> = new Set();

process.on("exit", () => running.forEach(kill));

async function end(child: ChildProcess): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const isClosed = once(child, "close");
  kill(child);
  await isClosed;
}

/** Kills a process with all that it has started. */
function kill({ pid }: ChildProcess): void {
  try {
    process.kill(-pid!, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}

async function runCli(store: string, args: readonly string[]): Promise<Result> {
  const { MAINTENANCE_STORE: _, ...env } = process.env;
  const child = spawn(process.execPath, [join(installed, "dist/cli.js"), ...args, "--store", `file:${store}`], { env });
  let text = "";
  child.stdout.on("data", (data) => text += data);
  child.stderr.on("data", (data) => text += data);
  const [code] = await once(child, "close");
  return { code, text };
}
