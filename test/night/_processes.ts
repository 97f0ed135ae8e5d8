/** Starting processes, and seeing to it that none of them outlives this one. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import process from "node:process";

/** The root of the repository, where `node_modules` is. */
export const ROOT: string = fileURLToPath(new URL("../../", import.meta.url));

export type Runtime = "node" | "deno" | "bun";

const COMMANDS: Record<Runtime, readonly [string, ...string[]]> = {
  node: [process.execPath, "--disable-warning=ExperimentalWarning"],
  deno: [`${ROOT}node_modules/.bin/deno`, "run", "--quiet", "--no-lock", "--no-check", "-A"],
  bun: [`${ROOT}node_modules/.bin/bun`, "run"],
};

/** The command that runs a TypeScript file of this repository. */
export function commandOf(runtime: Runtime, file: string, ...args: string[]): string[] {
  return [...COMMANDS[runtime], `${ROOT}${file}`, ...args];
}

/** A process that was started. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, with its exit code or the signal that ended it. */
  readonly gone: Promise<number | string>;
  /** What it has printed so far, on both ways. */
  output(): string;
  /** Asks it to end, or ends it, and waits until it is gone. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | string>;
}

const running = new Map<number, { child: ChildProcess; signal: "SIGTERM" | "SIGKILL" }>();

process.on("exit", () => {
  for (const { child, signal } of running.values()) child.kill(signal);
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));

/**
 * Starts a process, which ends with this one at the latest.
 *
 * @param lastly The signal that ends it then: nginx has children of its own to end.
 */
export function startProcess(
  command: readonly string[],
  { env = {}, lastly = "SIGKILL", onLine }: {
    env?: Record<string, string>;
    lastly?: "SIGTERM" | "SIGKILL";
    onLine?: (line: string) => void;
  } = {},
): Promise<Running> {
  const child = spawn(command[0]!, command.slice(1), {
    // Its end of the first pipe tells it when this process is gone, however that came.
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", ...env },
    cwd: ROOT,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (part: string) => {
      text += part;
      for (const line of part.split("\n")) if (line !== "") onLine?.(line);
    });
  }
  const gone = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => {
      running.delete(child.pid!);
      resolve(code ?? signal ?? "gone");
    });
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("spawn", () => {
      running.set(child.pid!, { child, signal: lastly });
      resolve({
        pid: child.pid!,
        gone,
        output: () => text,
        end(signal) {
          child.kill(signal);
          return gone;
        },
      });
    });
  });
}

/** Registers a process that somebody else has started and may start again, so that it does not outlive this one. */
export function endWithThisProcess(pid: () => number | undefined): void {
  process.on("exit", () => {
    try {
      const known = pid();
      if (known !== undefined) process.kill(known, "SIGKILL");
    } catch {
      // It has ended.
    }
  });
}
