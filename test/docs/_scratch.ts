/** A project beside the repository, in which the code of README.md and docs/ runs as a user's would. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { Readable, Writable } from "node:stream";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { freePort } from "../_free-port.ts";

/** The repository's folder. */
export const repository = fileURLToPath(new URL("../../", import.meta.url));
const modules = join(repository, "node_modules");

/** The programs that run TypeScript as it is, with the arguments that stand before the file. */
export const programs = {
  node: [process.execPath],
  deno: [
    join(modules, ".bin", "deno"),
    "run",
    "--allow-net",
    "--cached-only",
    "--config",
    join(repository, "deno.json"),
  ],
  bun: [join(modules, ".bin", "bun"), "run", "--no-install"],
} as const;

/** A Node without a `URLPattern` of its own. */
export const node20: string = join(modules, "node20", "bin", "node");

/** The name of a program. */
export type Program = keyof typeof programs;

/** A server that runs the code of a page. */
export interface RunningServer {
  port: number;
  /** The process, if it is one of its own. */
  child?: ChildProcess;
  /** Writes to the KV namespace of a Worker. */
  put?(key: string, value: string): Promise<void>;
}

const folder = mkdtempSync(join(tmpdir(), "maintenancemode-docs-"));
const children = new Set<ChildProcess>();
const workers = new Set<Miniflare>();

/** Ends all that is still running and removes the project. To be called after the last test of a file. */
export async function cleanUp(): Promise<void> {
  const ended = Array.from(children, (child) => once(child, "close"));
  killChildren();
  await Promise.all([...ended, ...Array.from(workers, (worker) => worker.dispose())]);
  rmSync(folder, { recursive: true, force: true });
}

function killChildren(): void {
  for (const child of children) child.kill("SIGKILL");
}

process.on("exit", killChildren);

writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
link(repository, "maintenancemode");
for (
  const name of [
    "express",
    "connect",
    "fastify",
    "@fastify/middie",
    "hono",
    "@hono/node-server",
    "koa",
    "ws",
    "graphql",
    "graphql-yoga",
    "graphql-http",
    "@apollo/server",
    "@opentelemetry/api",
    "@opentelemetry/exporter-prometheus",
    "@opentelemetry/sdk-metrics",
    "redis",
    "unstorage",
    "urlpattern-polyfill",
    "bullmq",
    "croner",
    "pg-boss",
  ]
) link(join(modules, name), name);
// Their types, for the compiler.
for (const name of ["node", "bun", "express", "connect", "koa", "ws"]) {
  link(join(modules, "@types", name), `@types/${name}`);
}

link(join(repository, "dist", "cli.js"), ".bin/maintenancemode");

function link(target: string, name: string): void {
  const path = join(folder, "node_modules", name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** The path of a file of the project. */
export function pathOf(name: string): string {
  return join(folder, name);
}

/** The text of a file of the project. */
export function read(name: string): string {
  return readFileSync(pathOf(name), "utf8");
}

/** Runs lines of a shell in the project, as on a machine of which nothing else is known. Gives what they print. */
export async function runShell(lines: string, env: Record<string, string> = {}): Promise<string> {
  return await run(["bash", "-eu", "-o", "pipefail", "-c"], `exec 2>&1\n${lines}`, env);
}

/** Writes code to a file of the project. */
export function write(name: string, code: string): string {
  const path = pathOf(name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
  return path;
}

/** Runs a program to its end in the project. Rejects with what it wrote if it fails. */
export async function run(command: readonly string[], ...rest: (string | Record<string, string>)[]): Promise<string> {
  const [program, ...before] = command;
  const args = rest.filter((arg) => typeof arg === "string");
  const env = Object.assign({}, process.env, { NO_COLOR: "1" }, ...rest.filter((arg) => typeof arg === "object"));
  const running = promisify(execFile)(program!, [...before, ...args], {
    cwd: folder,
    env,
    timeout: 150_000,
    killSignal: "SIGKILL",
  });
  children.add(running.child);
  try {
    return (await running).stdout;
  } catch (error) {
    // The compiler writes what is wrong to standard output.
    const { message, stdout } = error as { message: string; stdout?: string };
    throw new Error(`${message}\n${stdout ?? ""}`, { cause: error });
  } finally {
    children.delete(running.child);
  }
}

/** Runs code to its end. */
export async function runCode(program: Program, name: string, code: string): Promise<string> {
  return await run(programs[program], write(name, program === "deno" ? withJsrNames(code) : code));
}

/** Runs JavaScript to its end where there are no packages. */
export async function runAlone(program: string, name: string, code: string): Promise<string> {
  const alone = mkdtempSync(join(tmpdir(), "maintenancemode-docs-"));
  try {
    writeFileSync(join(alone, name), code);
    // A package that has nothing hides what a folder further up may have.
    const hidden = join(alone, "node_modules", "urlpattern-polyfill");
    mkdirSync(hidden, { recursive: true });
    writeFileSync(join(hidden, "package.json"), JSON.stringify({ exports: {} }));
    return await run([program], join(alone, name));
  } finally {
    rmSync(alone, { recursive: true });
  }
}

/** Deno reads the sources, by the name that they have on JSR. */
function withJsrNames(code: string): string {
  return code.replace(/(?<=")maintenancemode(?=["/])/g, "@maintenancemode/maintenancemode");
}

/** Starts code that goes on, such as a worker, in Node. It is ended after the tests. */
export function startWorkerCode(
  name: string,
  code: string,
): ChildProcess & { readonly stdin: Writable; readonly stdout: Readable } {
  const child = spawn(programs.node[0], ["--no-warnings", write(name, code)], {
    cwd: folder,
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** Starts code that listens on port 3000, on a free port in its place, and waits until it does. */
export async function startServer(
  program: Program,
  name: string,
  code: string,
  flags: readonly string[] = [],
): Promise<RunningServer> {
  if (!code.includes("3000")) throw new Error("The code does not listen on port 3000");
  const port = await freePort();
  const file = write(name, code.replaceAll("3000", String(port)));
  const [command, ...before] = programs[program];
  const child = spawn(command, [...before, ...flags, file], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => output += text);
  const closed = once(child, "close").finally(() => children.delete(child));
  if (await Promise.race([isListening(port), closed.then(() => false)])) return { port, child };
  child.kill("SIGKILL");
  await closed;
  throw new Error(`${name} did not start: ${output}`);
}

/** Starts code that ends when its standard input does. */
export function startCode(
  program: Program,
  name: string,
  code: string,
  env: Record<string, string>,
): { end(): Promise<void> } {
  const [command, ...before] = programs[program];
  const file = write(name, program === "deno" ? withJsrNames(code) : code);
  const flags = program === "deno" ? ["--allow-read", "--allow-write", "--allow-env", "--allow-sys"] : [];
  const child = spawn(command, [...before, ...flags, file], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["pipe", "ignore", "inherit"],
  });
  children.add(child);
  const closed = once(child, "close").finally(() => children.delete(child));
  return {
    async end() {
      child.stdin.end();
      await closed;
    },
  };
}

/** Waits for a listener on a port, for a minute. */
async function isListening(port: number): Promise<boolean> {
  for (const end = Date.now() + 60_000; Date.now() < end;) {
    const socket = connect({ host: "localhost", port });
    const connected = await Promise.race([
      once(socket, "connect").then(() => true, () => false),
      once(socket, "close").then(() => false),
    ]);
    socket.destroy();
    if (connected) return true;
    await new Promise((done) => setTimeout(done, 20));
  }
  return false;
}

/** Bundles code of the project into one text. */
export async function bundle(
  name: string,
  code: string,
  format: "esm" | "iife",
  conditions: string[] = [],
): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [write(name, code)],
    bundle: true,
    write: false,
    format,
    platform: "neutral",
    external: ["node:*"],
    mainFields: ["module", "main"],
    conditions,
    target: "es2022",
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

/** Runs code in workerd. */
export async function startWorker(
  name: string,
  code: string,
  syntax: "module" | "service-worker",
): Promise<RunningServer> {
  const runtime = new Miniflare({
    modules: syntax === "module",
    script: await bundle(name, code, syntax === "module" ? "esm" : "iife", ["workerd", "worker"]),
    compatibilityDate: "2026-07-01",
    host: "127.0.0.1",
    port: 0,
    cf: false,
    kvNamespaces: ["MAINTENANCE"],
    log: new Log(LogLevel.NONE),
  });
  workers.add(runtime);
  return {
    port: Number((await runtime.ready).port),
    put: async (key, value) => await (await runtime.getKVNamespace("MAINTENANCE")).put(key, value),
  };
}
