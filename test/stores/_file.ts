import { build } from "esbuild";
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { StoredState } from "../../src/types/store.ts";
import { afterAll } from "vitest";
import { hasFromNpm } from "../_needs.ts";

export { until } from "../_until.ts";

/** Whether files can be given to other users, and be kept from them. */
export const isRoot = process.getuid?.() === 0;
if (!isRoot) console.warn("Skipped: some tests need root, run them with sudo to have them all");

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** The runtimes that are installed, each with the command that runs a script of which it may use one directory. */
export const runtimes: { name: string; command: (folder: string) => string[] }[] = [
  { name: "Node 24", command: () => [process.execPath] },
  { name: "Node 20", command: () => [join(modules, "node20/bin/node")] },
  { name: "Node 22", command: () => [join(modules, "node22/bin/node")] },
  { name: "Node 26", command: () => [join(modules, "node26/bin/node")] },
  {
    name: "Deno",
    command: (folder: string) => [
      join(modules, ".bin/deno"),
      "run",
      "--no-config",
      "--no-remote",
      `--allow-read=${folder}`,
      `--allow-write=${folder}`,
    ],
  },
  { name: "Bun", command: () => [join(modules, ".bin/bun"), "run", "--no-install"] },
].filter(({ name, command }) => hasFromNpm(name, command("")[0]!));

/** The runtimes by their names, those that are not installed left out. */
export function pick(...names: string[]): typeof runtimes {
  return runtimes.filter(({ name }) => names.includes(name));
}

// Every user may look here, so that a process of another user can.
const root = realpathSync(mkdtempSync(join(tmpdir(), "maintenancemode-")));
chmodSync(root, 0o755);
const script = join(root, "fixture.mjs");
await build({
  entryPoints: [fileURLToPath(new URL("file.fixture.ts", import.meta.url))],
  outfile: script,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "error",
});

const children = new Set<Child>();

afterAll(async () => {
  for (const child of children) await child.kill();
  rmSync(root, { recursive: true, force: true });
});

/** A new directory, which is removed in the end. */
export function newFolder(): string {
  const folder = mkdtempSync(join(root, "test-"));
  chmodSync(folder, 0o755);
  return folder;
}

/** A file system gives a FIFO its name, of which Node knows nothing. */
export function makeFifo(path: string): void {
  const { status } = spawnSync("mkfifo", [path]);
  if (status !== 0) throw new Error("mkfifo failed");
}

/** A process that uses a file store on command. */
export class Child {
  readonly process: ChildProcessWithoutNullStreams;
  readonly exited: Promise<void>;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  #ids = 0;
  stderr = "";

  private constructor(command: readonly string[]) {
    this.process = spawn(command[0]!, command.slice(1), { env: { ...process.env, NO_COLOR: "1" } });
    this.process.stderr.on("data", (data) => this.stderr += data);
    this.process.stdin.on("error", () => {});
    this.exited = new Promise((resolve) => {
      this.process.on("close", () => {
        children.delete(this);
        for (const { reject } of this.#waiting.values()) reject(new Error(`the process ended: ${this.stderr}`));
        resolve();
      });
    });
    children.add(this);
  }

  /** Starts one for a file, and waits until it listens. */
  static async start(
    runtime: (typeof runtimes)[number],
    path: string,
    { pollIntervalMs = 1_000, wrap = [], folder = root }: {
      pollIntervalMs?: number;
      wrap?: readonly string[];
      folder?: string;
    } = {},
  ): Promise<Child> {
    const child = new Child([...wrap, ...runtime.command(folder), script, path, String(pollIntervalMs)]);
    await new Promise<void>((resolve, reject) => {
      child.#waiting.set(0, { resolve: resolve as () => void, reject });
      createInterface({ input: child.process.stdout }).on("line", (line) => {
        const { id = 0, value, error } = JSON.parse(line) as { id?: number; value?: never; error?: string };
        const { resolve, reject } = child.#waiting.get(id)!;
        child.#waiting.delete(id);
        if (error === undefined) resolve(value as never);
        else reject(new Error(error));
      });
    });
    return child;
  }

  /** Has it do something. */
  ask<Value = unknown>(command: string, ...args: unknown[]): Promise<Value> {
    const id = ++this.#ids;
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.process.stdin.write(`${JSON.stringify({ id, command, args })}\n`);
    });
  }

  /** The results of its readings, in order. */
  seen(): Promise<(StoredState | null)[]> {
    return this.ask("seen");
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    this.process.kill("SIGKILL");
    await this.exited;
  }
}

/** Runs the fixture to its end by itself and gives its exit status, what it printed and what it complained of. */
export function runIdle(runtime: (typeof runtimes)[number], path: string) {
  const [file, ...args] = runtime.command(root);
  return spawnSync(file!, [...args, script, path, "1000", "idle"], { encoding: "utf8", timeout: 150_000 });
}

/** Finds out how a process gets its own file system: as root, or as root of its own user namespace. */
export function findMount(): string[] | undefined {
  for (const options of [["-m"], ["-rm"]]) {
    const mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", newFolder()];
    if (spawnSync("unshare", [...options, ...mount]).status === 0) return options;
  }
  return undefined;
}
