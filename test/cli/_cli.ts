import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { hasFromNpm } from "../_needs.ts";
import { checkOutput } from "../schemas/_outputs.ts";

export { until } from "../_until.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = join(root, "src/cli/main.ts");
const bin = join(root, "node_modules", ".bin");

/** A runtime, and what it is started with. */
const RUNTIMES = {
  node: [process.execPath, "--no-warnings"],
  deno: [join(bin, "deno"), "run", "-A", "--no-check", "--unstable-kv"],
  bun: [join(bin, "bun"), "run", "--no-install"],
} as const;

/** A runtime that the command line is started on. */
export type Runtime = keyof typeof RUNTIMES;

/** Whether a runtime can be started. */
export function hasRuntime(runtime: Runtime): boolean {
  return hasFromNpm(runtime, RUNTIMES[runtime][0]);
}

/** How the command line is started. */
export interface CliOptions {
  runtime?: Runtime;
  cwd?: string;
  env?: Record<string, string>;
  stdio?: StdioOptions;
  /** Whether it leads a process group of its own, so that a signal can be sent to all of it as a terminal does. */
  detached?: boolean;
}

/** What came of it. */
export interface CliResult {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  /** What `--json` printed: the last line of standard output. */
  // deno-lint-ignore no-explicit-any -- each test knows the form
  readonly json: any;
}

/** A command line that is running. */
export interface RunningCli {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly done: Promise<CliResult>;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command that starts the command line. */
export function cliCommand(runtime: Runtime = "node"): readonly string[] {
  return [...RUNTIMES[runtime], main];
}

/** What the surroundings of the tests may set, and the command line reads. */
const OUTSIDE = ["MAINTENANCE_STORE", "MAINTENANCE_SITE", "NO_COLOR", "FORCE_COLOR", "npm_config_user_agent"];

/** Standard error without the lines about a wait, which a slow machine has and a quick one has not. */
export function withoutWaiting(stderr: string): string {
  return stderr.replace(/^waiting: .*\n/gm, "");
}

/** A report with each row on one line. */
export function unwrapped(report: string): string {
  return report.replace(/\n {15}(?=\S)/g, " ");
}

/** Starts the command line. */
export function startCli(
  args: readonly string[],
  { runtime, cwd, env, stdio, detached = false }: CliOptions = {},
): RunningCli {
  const [command, ...own] = cliCommand(runtime);
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OUTSIDE.includes(name)));
  const child = spawn(command!, [...own, ...args], {
    cwd: cwd ?? root,
    env: { ...inherited, TZ: "UTC", ...env },
    stdio: stdio ?? ["ignore", "pipe", "pipe"],
    detached,
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (data) => stdout += data);
  child.stderr?.on("data", (data) => stderr += data);
  const done = new Promise<CliResult>((resolve, reject) => {
    child.once("close", (code, signal) => {
      try {
        checkOutput(args, stdout);
      } catch (error) {
        reject(error);
      }
      const json = () => JSON.parse(stdout.trimEnd().split("\n").at(-1)!);
      resolve({
        code,
        signal,
        stdout,
        stderr,
        get json() {
          return json();
        },
      });
    });
  });
  return {
    pid: child.pid!,
    child,
    done,
    get stdout() {
      return stdout;
    },
    get stderr() {
      return stderr;
    },
  };
}

/** Runs the command line to its end. */
export function cli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return startCli(args, options).done;
}

/** A state file in a folder of its own, which is removed after the test. */
export interface Place {
  readonly folder: string;
  /** Its path. */
  readonly file: string;
  /** What `--store` names it. */
  readonly store: string;
  /** The state that is stored, without author and date, and without a bypass, which `on` makes where nobody would get in. */
  // deno-lint-ignore no-explicit-any -- each test knows the form
  read(): any;
  /** Stores a text. */
  write(text: string): void;
}

/** Calls a function after a test. Tests that run at the same time give that of their context. */
export type AfterTest = (clean: () => void | Promise<void>) => void;

/** Makes a place for a state file. */
export function makePlace(afterTest: AfterTest = onTestFinished): Place {
  const folder = mkdtempSync(join(tmpdir(), "maintenancemode-cli-"));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "maintenance.json");
  return {
    folder,
    file,
    store: `file:${file}`,
    read: () => {
      const { bypass: _, by: __, since: ___, ...state } = JSON.parse(readFileSync(file, "utf8"));
      return state;
    },
    write: (text) => writeFileSync(file, text),
  };
}

/** A site whose processes follow a store. */
export interface Site {
  readonly pid: number;
  readonly url: string;
  /** Makes a request that is held until {@link release}, and returns once the app has it. Gives what was answered. */
  hold(): Promise<{ readonly answer: Promise<string> }>;
  /** Lets a worker begin a job that goes on until {@link release}. */
  work(): Promise<void>;
  /** Lets the requests that are held be answered, and the job of a worker end. */
  release(): void;
  /** Sends a signal to the process. */
  kill(signal: NodeJS.Signals): void;
  /** Settles when the process has ended. */
  readonly gone: Promise<unknown>;
}

/** Starts a process of a site, see `site.fixture.ts`, which is ended after the test. */
export async function startSite(
  store: string,
  settings: Record<string, unknown> = {},
  runtime: Runtime = "node",
  afterTest: AfterTest = onTestFinished,
): Promise<Site> {
  const [command, ...own] = RUNTIMES[runtime];
  const fixture = join(root, "test/cli/site.fixture.ts");
  const child = spawn(command, [...own, fixture, store, JSON.stringify(settings)], {
    cwd: root,
    // It tells of each fault that a test makes.
    stdio: ["pipe", "pipe", "ignore"],
  });
  const gone = new Promise((resolve) => child.once("close", resolve));
  afterTest(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await gone;
  });
  const lines = createInterface({ input: child.stdout });
  const nextLine = () =>
    new Promise<string>((resolve, reject) => {
      lines.once("line", resolve);
      child.once("close", () => reject(new Error("the site has ended")));
    });
  const url = await nextLine();
  return {
    pid: child.pid!,
    url,
    async hold() {
      const isHeld = nextLine();
      const answer = fetch(`${url}/held?secret=1`).then((response) => response.text()).catch(String);
      await isHeld;
      return { answer };
    },
    async work() {
      const isHeld = nextLine();
      child.stdin.write("work\n");
      await isHeld;
    },
    release: () => void child.stdin.write("release\n"),
    kill: (signal) => void child.kill(signal),
    gone,
  };
}
