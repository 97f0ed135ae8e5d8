import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readAll, toMs, WITHOUT_WAITING } from "./content.ts";
import { codeOf } from "./errors.ts";
import { fileSystemNow, removeIfOlder } from "./temp.ts";

/** The JSON in the file of one process. The time of the file says when the process wrote it. */
export interface Entry {
  ttlMs: number;
  record: string;
}

/** How long to keep an expired record, and a temporary file. */
const KEEP_MS = 60_000;

/** The names that `createTemp` gives to files in the directory of the records. */
const TEMP = /^\.[A-Za-z0-9.-]{1,60}\.[0-9a-f]{16}\.tmp$/;

/** Whether a value is the id of a process: 1 to 100 letters, digits and `-`. */
export function isId(id: unknown): boolean {
  return typeof id === "string" && /^[A-Za-z0-9-]{1,100}$/.test(id);
}

/** Lists the records in a directory that have not expired. Removes the files that dead processes left there. */
export async function listRecords(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  if (names.length === 0) return [];
  // The clock of the file system counts, so no other clock has to be right, except where this user may only read.
  const now = await fileSystemNow(join(folder, "now")).catch(() => Date.now());
  // A link may lead to a directory with other people's files.
  const isOwn = await lstat(folder).then((stats) => stats.isDirectory(), () => false);
  // removeIfOlder() checks the age again: a process that had stood still may have renewed its record.
  const tidy = async (path: string) => isOwn && await removeIfOlder(path, now - KEEP_MS);
  const records: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    if (TEMP.test(name)) await tidy(path);
    if (!name.endsWith(".json") || !isId(name.slice(0, -".json".length))) continue;
    const found = await readEntry(path);
    if (found === undefined) continue;
    const expires = found.mtimeMs + found.ttlMs;
    if (now < expires) records.push(found.record);
    else if (now > expires + KEEP_MS) await tidy(path);
  }
  return records;
}

async function readEntry(path: string): Promise<Entry & { mtimeMs: number } | undefined> {
  const handle = await openRegular(path, constants.O_RDONLY);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = await readAll(handle, size);
    if (bytes === undefined) return undefined;
    const { mtimeNs } = await handle.stat({ bigint: true });
    const entry = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Entry> | null;
    if (typeof entry?.record !== "string" || typeof entry.ttlMs !== "number") return undefined;
    return { record: entry.record, ttlMs: entry.ttlMs, mtimeMs: toMs(mtimeNs) };
  } catch (error) {
    // Processes write records as a whole, so this is not a record.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** The codes for a file that is gone, or has become a link, a socket or a directory since the look at it. */
const NO_FILE = ["ENOENT", "ELOOP", "EMLINK", "ENXIO", "EISDIR"];

/** Opens a regular file without following links or waiting. Returns `undefined` for anything else. */
export async function openRegular(path: string, access: number): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    // The look comes first because opening some devices makes them act. Some systems lack the flags.
    if (!(await lstat(path)).isFile()) return undefined;
    handle = await open(path, access | WITHOUT_WAITING | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (NO_FILE.includes(codeOf(error) ?? "")) return undefined;
    throw error;
  }
  const isFile = await handle.stat().then((stats) => stats.isFile(), () => false);
  if (isFile) return handle;
  await handle.close();
  return undefined;
}
