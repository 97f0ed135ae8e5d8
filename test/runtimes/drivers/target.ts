import type { CaseRequest, Reply } from "../suite.ts";

/** A started runtime, as the run sees it. */
export interface Target {
  /** The runtime's version, for the report. */
  version: string;
  /** Sends a request to a gate and waits for the reply. */
  send(request: CaseRequest, gate: string): Promise<Reply>;
  /** What the runtime has written since it was ready. */
  output(): string;
  /** Ends everything that was started. */
  close(): Promise<void>;
}

/** The scratch project in which the packed package is installed. */
export interface Project {
  /** Its folder. */
  folder: string;
  /** The repository's folder. */
  repository: string;
  /** The path of an entry, its types stripped, beside the installed package. */
  entry(name: string): string;
  /** The text of an entry as one script with all its imports, for runtimes that cannot look for packages. */
  bundle(name: string, format: "esm" | "iife", conditions: readonly string[]): Promise<string>;
}

/** Starts a runtime. Returns why not, if it is not there. */
export type Start = (project: Project) => Promise<Target | { missing: string }>;

/** How long anything may take before it counts as hanging. Nothing waits that long unless it fails. */
export const TIMEOUT_MS = 120_000;

/** Rejects if a promise takes longer than {@link TIMEOUT_MS}. */
export async function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

const closers = new Set<() => void>();

/** Runs a function when this process ends, however it ends. Returns how to take that back. */
export function atExit(close: () => void): () => void {
  closers.add(close);
  return () => void closers.delete(close);
}

process.on("exit", () => closers.forEach((close) => close()));
for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  process.on(signal, () => process.exit(code));
}
