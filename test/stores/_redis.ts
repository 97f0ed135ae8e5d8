import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { until } from "../../src/testing/check.ts";
import { freePort } from "../_free-port.ts";
import { has, hasFromNpm } from "../_needs.ts";

export { until };

/** The password of the servers. No message may show it. */
export const PASSWORD = "s3cret-of-redis";

/** How far above its port a server has the one on which the nodes of a cluster talk to each other. */
const BUS = 10_000;

/** A real server, on a port of its own. */
export interface RedisServer {
  readonly port: number;
  /** The process it runs in now. */
  readonly pid: number;
  /** With the password. */
  readonly url: string;
  /** Runs `redis-cli`, as an operator would, and gives its output. */
  cli(...args: string[]): Promise<string>;
  /** Ends it at once, as when the machine loses power. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it has on its disk. */
  start(): Promise<void>;
  /** Stops it, but keeps its connections open. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
  /** Ends it and removes its files. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Whether there is a server to be started. */
export function hasRedis(): boolean {
  return has("redis-server");
}

/**
 * Starts a server and waits until it answers.
 *
 * @param settings Arguments of `redis-server`, such as `"--appendonly", "yes"`. Without any, it keeps nothing on disk.
 */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const port = await freePort({ also: BUS });
  const directory = mkdtempSync(join(tmpdir(), "maintenancemode-redis-"));
  let running: { pid: number; gone: Promise<unknown> } | undefined;

  function cli(...args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { env: { ...process.env, REDISCLI_AUTH: PASSWORD }, maxBuffer: 1 << 26 };
      execFile("redis-cli", ["-p", String(port), ...args], options, (error, stdout, stderr) => {
        const answer = stdout.trim();
        if (error) reject(new Error(stderr || error.message));
        else if (/^(ERR|WRONGTYPE|NOAUTH|NOPERM|LOADING|Error)\b/.test(answer)) reject(new Error(answer));
        else resolve(answer);
      });
    });
  }

  async function start(): Promise<void> {
    const child = spawn(
      "redis-server",
      [
        ...["--port", String(port), "--bind", "127.0.0.1", "--dir", directory, "--requirepass", PASSWORD],
        ...["--save", "", ...settings],
      ],
      { stdio: "ignore" },
    );
    const gone = new Promise((resolve) => child.once("close", resolve));
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    running = { pid: child.pid!, gone };
    await until(async () => await cli("ping") === "PONG", "redis-server answers");
  }

  async function kill(): Promise<void> {
    if (running === undefined) return;
    const { pid, gone } = running;
    running = undefined;
    process.kill(pid, "SIGKILL");
    await gone;
  }

  await start();
  return {
    port,
    get pid() {
      return running!.pid;
    },
    url: `redis://:${PASSWORD}@127.0.0.1:${port}`,
    cli,
    kill,
    start,
    pause: () => void process.kill(running!.pid, "SIGSTOP"),
    resume: () => void process.kill(running!.pid, "SIGCONT"),
    async [Symbol.asyncDispose]() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A runtime and the client that a process uses in it. */
export type Contestant = readonly [runtime: "node" | "deno" | "bun", client: string];

/** A process that uses stores on command. */
export interface RedisUser {
  /** Calls a method of one of its stores. */
  // deno-lint-ignore no-explicit-any -- JSON, of which each test knows the form
  call(command: string, id?: string, ...args: unknown[]): Promise<any>;
  /** How often `changed` was called for a store so far. */
  changes(id: string): number;
  /** The errors that `failed` got for a store so far. */
  failures(id: string): string[];
  /** Closes everything. Returns the exit code and the text on stderr. */
  finish(): Promise<{ code: number | null; stderr: string }>;
  /** Ends it, if it has not ended. */
  [Symbol.asyncDispose](): Promise<void>;
}

const root = new URL("../../", import.meta.url).pathname;
const fixture = join(root, "test/stores/redis.fixture.ts");

/** The clients to test. Without a server, the tests are skipped and not left out. */
export function contestants(): Contestant[] {
  const all: Contestant[] = [
    ["node", "redis"],
    ["node", "ioredis"],
    ["bun", "bun"],
    ["bun", "redis"],
    ["bun", "ioredis"],
    ["deno", "redis"],
    ["deno", "ioredis"],
  ];
  return all.filter(([runtime]) => hasFromNpm(runtime, commandOf(runtime)[0]!));
}

function commandOf(runtime: Contestant[0]): string[] {
  const bin = join(root, "node_modules", ".bin");
  if (runtime === "node") return [process.execPath, "--experimental-strip-types", "--no-warnings"];
  return runtime === "deno" ? [join(bin, "deno"), "run", "-A", "--no-check"] : [join(bin, "bun"), "run"];
}

/** Starts a process with a client of a server. */
export async function startUser(
  [runtime, client]: Contestant,
  server: RedisServer,
  url = server.url,
): Promise<RedisUser> {
  const [command, ...args] = [...commandOf(runtime), fixture, client, url, String(server.pid)];
  const child = spawn(command!, args, { stdio: "pipe", cwd: root });
  let stderr = "";
  child.stderr.on("data", (data) => stderr += data);
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const changes = new Map<string, number>();
  const failures = new Map<string, string[]>();
  let last = 0;
  let ready!: () => void;
  const isReady = new Promise<void>((resolve) => ready = resolve);
  const gone = new Promise<number | null>((resolve) => child.once("close", resolve));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (!line.startsWith("{")) return;
    const message = JSON.parse(line);
    if (message.ready) ready();
    else if (message.changed) changes.set(message.id, (changes.get(message.id) ?? 0) + 1);
    else if (message.failed) failures.set(message.id, [...failures.get(message.id) ?? [], message.failed]);
    else if (message.error === undefined) waiting.get(message.number)?.resolve(message.value);
    else waiting.get(message.number)?.reject(new Error(message.error));
  });
  let hasGone = false;
  gone.then(() => {
    hasGone = true;
    for (const { reject } of waiting.values()) reject(new Error(`the process has ended: ${stderr}`));
  });
  await Promise.race([isReady, gone.then(() => Promise.reject(new Error(`the process did not start: ${stderr}`)))]);
  const call: RedisUser["call"] = (command, id, ...args) =>
    new Promise((resolve, reject) => {
      if (hasGone) return reject(new Error(`the process has ended: ${stderr}`));
      const number = ++last;
      waiting.set(number, { resolve, reject });
      child.stdin.write(`${JSON.stringify([number, command, id ?? "", ...args])}\n`);
    });
  return {
    call,
    changes: (id) => changes.get(id) ?? 0,
    failures: (id) => failures.get(id) ?? [],
    async finish() {
      await call("finish");
      const ended = await Promise.race([gone, new Promise<undefined>((resolve) => setTimeout(resolve, 60_000))]);
      if (ended === undefined) throw new Error("something keeps the process from ending");
      return { code: ended, stderr };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await gone;
    },
  };
}
