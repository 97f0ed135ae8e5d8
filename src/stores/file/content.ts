import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, fileError, NOT_A_FILE, problem } from "./errors.ts";

/** How many bytes the state file, or a record of a process, may have. */
export const LONGEST: number = 1 << 20;

/** The reason to refuse a longer one. */
export const TOO_LONG: string = `it is longer than ${LONGEST} bytes (1 MiB)`;

/** The content of a file at one moment. */
export interface Content {
  readonly text: string;
  readonly version: string;
  /** When the file was written by the clock of the file system, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** The members of `fs.BigIntStats` that tell one writing of a file from another. */
export interface FileStats {
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

const DOING = "read the state file";

/** Keeps `open` from waiting for the writer of a FIFO. Some systems lack the flag. */
export const WITHOUT_WAITING: number = constants.O_NONBLOCK ?? 0;
const FLAGS = constants.O_RDONLY | WITHOUT_WAITING;

/** How many times to read a file that changes during each reading. */
const MOST_READS = 100;

/** Reads the whole content that a file had at one moment, or returns `undefined` if the file is missing. */
export async function readContent(path: string, signal: AbortSignal | undefined): Promise<Content | undefined> {
  try {
    for (let reads = 0; reads < MOST_READS; reads++) {
      signal?.throwIfAborted();
      if (reads > 1) await sleep(10, undefined, { ...signal && { signal } });
      const content = await readOnce(path);
      if (content !== undefined) return content;
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileError(DOING, path, error, "let this user read the file and enter its directory");
  }
  throw problem(DOING, path, "it changed during each reading");
}

/** Reads a file, or returns `undefined` if it changed meanwhile. */
async function readOnce(path: string): Promise<Content | undefined> {
  const handle = await open(path, FLAGS);
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw problem(DOING, path, before.isDirectory() ? NOT_A_FILE.directory : NOT_A_FILE.other);
    const bytes = await readAll(handle, Number(before.size));
    if (bytes === undefined) throw problem(DOING, path, `${TOO_LONG}: replace it with a state in JSON`);
    const after = await handle.stat({ bigint: true });
    if (stampOf(before) !== stampOf(after)) return undefined;
    return { text: decode(bytes, path), version: versionOf(after, bytes), mtimeMs: toMs(after.mtimeNs) };
  } finally {
    await handle.close();
  }
}

/** Makes the version of a file. It is the same on every runtime: Deno knows times only to the millisecond. */
export function versionOf(stats: FileStats, bytes: Uint8Array): string {
  // Some clocks have long milliseconds and some file systems reuse numbers at once. The hash then still differs.
  return `${stampOf(stats)}:${createHash("sha256").update(bytes).digest("base64url").slice(0, 8)}`;
}

/** Converts nanoseconds to whole milliseconds. */
export function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

function stampOf({ ino, mtimeNs, size }: FileStats): string {
  return `${ino}:${toMs(mtimeNs)}:${size}`;
}

/** Reads all bytes of a file, or returns `undefined` if there are more than {@link LONGEST}. */
export async function readAll(handle: FileHandle, size: number): Promise<Uint8Array | undefined> {
  // One byte more than expected shows whether the file has grown.
  let buffer = new Uint8Array(Math.min(size, LONGEST) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > LONGEST) return undefined;
    if (length < buffer.length) continue;
    const larger = new Uint8Array(Math.min(buffer.length * 2 + 1_024, LONGEST + 1));
    larger.set(buffer);
    buffer = larger;
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    // Some editors and shells write UTF-16, which starts with one of these byte order marks.
    const isUtf16 = [0xfeff, 0xfffe].includes(bytes[0]! << 8 | bytes[1]!);
    throw problem(DOING, path, `it is ${isUtf16 ? "UTF-16" : "not valid UTF-8"}: save it as UTF-8`, cause);
  }
}
