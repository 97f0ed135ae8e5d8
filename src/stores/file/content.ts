import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf, fileError, problem } from "./errors.ts";

/** How long the file may be, in bytes. */
export const LONGEST: number = 1 << 20;

/** What is said of a longer one. */
export const TOO_LONG: string = `it is longer than ${LONGEST} bytes (1 MiB)`;

/** What a file holds. */
export interface Content {
  readonly text: string;
  readonly version: string;
  /** When it was written by the clock of the file system, in milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** What tells one writing of a file from another, by the members that are read: `fs.BigIntStats`. */
export interface FileStats {
  readonly ino: bigint;
  readonly mtimeNs: bigint;
  readonly size: bigint;
}

const DOING = "read the state file";

/** A FIFO without a writer would otherwise be waited for; not every system has the flag. */
export const WITHOUT_WAITING: number = constants.O_NONBLOCK ?? 0;
const FLAGS = constants.O_RDONLY | WITHOUT_WAITING;

/** How often a file is read that changes under the reader's hands. */
const MOST_READS = 100;

/** What a file holds as a whole at one moment, or `undefined` if there is none. */
export async function readContent(path: string, signal: AbortSignal | undefined): Promise<Content | undefined> {
  try {
    for (let reads = 0; reads < MOST_READS; reads++) {
      signal?.throwIfAborted();
      if (reads > 1) await sleep(10, undefined, { ...signal && { signal } });
      const handle = await open(path, FLAGS);
      try {
        const before = await handle.stat({ bigint: true });
        if (!before.isFile()) {
          const kind = before.isDirectory() ? "a directory" : "no regular file";
          throw problem(DOING, path, `it is ${kind} where a file was expected: remove it, or correct the path`);
        }
        const bytes = await readAll(handle, Number(before.size));
        if (bytes === undefined) throw problem(DOING, path, `${TOO_LONG}: replace it by a state in JSON`);
        const after = await handle.stat({ bigint: true });
        if (stampOf(before) !== stampOf(after)) continue;
        return { text: decode(bytes, path), version: versionOf(after, bytes), mtimeMs: toMs(after.mtimeNs) };
      } finally {
        await handle.close();
      }
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileError(DOING, path, error, "let this user read the file and enter its directory");
  }
  throw problem(DOING, path, "it changed each time that it was read");
}

/** A version that is the same on every runtime, of which Deno knows times to the millisecond only. */
export function versionOf(stats: FileStats, bytes: Uint8Array): string {
  // Where a millisecond is long, and numbers of files are used again at once, the text still makes the difference.
  return `${stampOf(stats)}:${createHash("sha256").update(bytes).digest("base64url").slice(0, 8)}`;
}

/** Milliseconds since 1970, without the parts of one. */
export function toMs(ns: bigint): number {
  return Number(ns / 1_000_000n);
}

function stampOf({ ino, mtimeNs, size }: FileStats): string {
  return `${ino}:${toMs(mtimeNs)}:${size}`;
}

/** All that is in a file, or `undefined` if that is longer than it may be. */
export async function readAll(handle: FileHandle, size: number): Promise<Uint8Array | undefined> {
  // One byte more than there should be tells whether there is more.
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
    // The byte order marks of UTF-16, which some editors and shells write.
    const isUtf16 = [0xfeff, 0xfffe].includes(bytes[0]! << 8 | bytes[1]!);
    throw problem(DOING, path, `it is ${isUtf16 ? "UTF-16" : "not valid UTF-8"}: save it as UTF-8`, cause);
  }
}

/**
 * The path at the end of the symbolic links, which need not exist, in a directory that does.
 *
 * @throws If the directory does not exist or cannot be entered.
 */
export async function findTarget(path: string): Promise<string> {
  return (await followLinks(path)).at(-1)!;
}

/** The links on the way to the file, and the path at their end, each in the real path of its directory. */
export async function followLinks(path: string): Promise<string[]> {
  const places: string[] = [];
  // As many as Linux follows.
  for (let next = path; places.length <= 40;) {
    const folder = await realpath(dirname(next));
    const place = join(folder, basename(next));
    places.push(place);
    let link;
    try {
      link = await readlink(place);
    } catch (error) {
      // No link, or nothing at all; Windows says UNKNOWN of the former.
      if (["EINVAL", "ENOENT", "UNKNOWN"].includes(codeOf(error) ?? "")) return places;
      throw error;
    }
    next = resolve(folder, link);
  }
  throw Object.assign(new Error("too many symbolic links"), { code: "ELOOP" });
}
