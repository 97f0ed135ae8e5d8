import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { readAll, toMs, WITHOUT_WAITING } from "./content.ts";
import { codeOf } from "./errors.ts";
import { fileSystemNow, removeIfOlder } from "./temp.ts";

/** What is in the file of one process, as JSON; when it was written is the time of the file. */
export interface Entry {
  ttlMs: number;
  record: string;
}

/** How long a record is kept after it has expired, and a temporary file altogether. */
const KEEP_MS = 60_000;

/** What the temporary files of records are called, and those that ask for the time, see `createTemp`. */
const TEMP = /^\.[A-Za-z0-9.-]{1,60}\.[0-9a-f]{16}\.tmp$/;

/** Whether something is what a process may be called. */
export function isId(id: unknown): boolean {
  return typeof id === "string" && /^[A-Za-z0-9-]{1,100}$/.test(id);
}

/** The records in a directory that have not expired. Removes what processes that died have left there. */
export async function listRecords(folder: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
  if (names.length === 0) return [];
  // Neither this clock nor those of the processes have to be right. Where only reading is allowed, this one has.
  const now = await fileSystemNow(join(folder, "now")).catch(() => Date.now());
  // A link may lead to where others keep their files.
  const isOwn = await lstat(folder).then((stats) => stats.isDirectory(), () => false);
  // It looks again just before: a process that had stood still may be back.
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
    // Records are written as a whole: this is somebody else's file.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  } finally {
    await handle.close();
  }
}

/** What opening says of what is gone, or has become a link, a socket or a directory since it was looked at. */
const NO_FILE = ["ENOENT", "ELOOP", "EMLINK", "ENXIO", "EISDIR"];

/** Opens a regular file, or gives `undefined` for anything else. It follows no link, and waits for nobody. */
export async function openRegular(path: string, access: number): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    // Some devices act when they are opened, and not every system has the flags.
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
