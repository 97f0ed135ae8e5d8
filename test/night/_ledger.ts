/**
 * What every process of a night writes down, in one file: each request that reached an app, each of its writes, its end.
 *
 * Lines are appended with one system call each, so that their order is that in which things happened, whatever process
 * and runtime they are from. A line is written before what it tells of is begun, and after it is done.
 */
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import process from "node:process";

/**
 * The beginning, a write, or the end of a request or a job; the opening and the end of a stream or a socket; the death of an
 * instance; the beginning and the end of a migration.
 */
export type Mark = "begin" | "write" | "end" | "open" | "close" | "killed" | "from" | "to";

/** One line. */
export interface Entry {
  readonly mark: Mark;
  /** The instance it happened in. */
  readonly instance: string;
  /** The number of the request in its instance. */
  readonly request: string;
  /** What else there is to say: the method and the path, how far a write is, the time. */
  readonly detail: string;
}

/** A ledger to write to. */
export interface Ledger {
  write(mark: Mark, instance: string, request?: number | string, detail?: string): void;
  close(): void;
}

/** Opens a ledger to append to. */
export function openLedger(path: string): Ledger {
  const file = openSync(path, "a");
  return {
    write(mark, instance, request = "-", detail = "-") {
      writeSync(file, `${mark} ${instance} ${request} ${detail}\n`);
    },
    close: () => closeSync(file),
  };
}

/** Reads a ledger from an offset in bytes, and tells where it ends now. */
export function readLedger(path: string, from = 0): { entries: Entry[]; size: number } {
  const bytes = readFileSync(path);
  const lines = bytes.subarray(from).toString("utf8").split("\n").filter((line) => line !== "");
  const entries = lines.map((line): Entry => {
    const [mark, instance, request, ...detail] = line.split(" ");
    return { mark: mark as Mark, instance: instance!, request: request!, detail: detail.join(" ") };
  });
  return { entries, size: bytes.length };
}

/**
 * The requests and jobs that have begun and not ended, in instances that were not killed.
 *
 * @param streams Whether streams and sockets count.
 */
export function openRequests(entries: readonly Entry[], streams = false): Entry[] {
  const open = new Map<string, Entry>();
  for (const entry of entries) {
    const name = `${entry.instance}/${entry.request}`;
    if (entry.mark === "begin" || (streams && entry.mark === "open")) open.set(name, entry);
    else if (entry.mark === "end" || entry.mark === "close") open.delete(name);
    else if (entry.mark === "killed") {
      for (const [name, { instance }] of open) if (instance === entry.instance) open.delete(name);
    }
  }
  return [...open.values()];
}

/** The monotonic clock of the machine in milliseconds, which all its processes share. */
export function machineNow(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
