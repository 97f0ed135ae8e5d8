/** Starting a file of this folder in one of the runtimes, as a fresh process. */
import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** The runtimes, and how each runs a TypeScript file. */
export const RUNTIMES = {
  node: ["node", "--disable-warning=ExperimentalWarning"],
  deno: ["deno", "run", "--quiet", "--no-lock", "--no-check", "-A"],
  bun: ["bun", "run"],
} as const;

export type Runtime = keyof typeof RUNTIMES;

// The npm packages "node", "deno" and "bun" put their binaries there.
const binaries = fileURLToPath(new URL("../../node_modules/.bin", import.meta.url));
const env = { ...process.env, PATH: `${binaries}:${process.env.PATH}`, NO_COLOR: "1" };
const cwd = fileURLToPath(new URL("../..", import.meta.url));

/** Starts a file with arguments. */
export function start(runtime: Runtime, file: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command, ...flags] = RUNTIMES[runtime];
  return spawn(command, [...flags, fileURLToPath(new URL(file, import.meta.url)), ...args], { stdio, env, cwd });
}

/** Runs a program to its end and returns what it printed. */
export function output(command: string, args: readonly string[]): Promise<string> {
  return collect(spawn(command, args, { stdio: ["ignore", "pipe", "inherit"], env, cwd }), command);
}

/** Waits for the end of a process and returns what it printed. */
export function collect(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (part: string) => text += part);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(text);
      else reject(new Error(`${name} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}
