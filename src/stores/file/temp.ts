import { type FileHandle, lstat, open, readdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { toMs } from "./content.ts";

/** The age after which a temporary file counts as left behind by a process that died. */
const LEFT_BEHIND_MS = 60_000;

/**
 * Creates a file beside another one, under a name that nobody can foresee, and fills it. Removes it again if that fails.
 *
 * @returns The path of the new file, and the result of `fill`.
 */
export async function createTemp<Result>(
  target: string,
  fill: (handle: FileHandle) => Promise<Result>,
): Promise<{ path: string; result: Result }> {
  const random = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0"));
  const path = join(dirname(target), `${prefixFor(target)}${random.join("")}.tmp`);
  const handle = await open(path, "wx", 0o600);
  try {
    try {
      return { path, result: await fill(handle) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    await unlink(path).catch(() => {});
    throw error;
  }
}

/** The time by the clock of the file system, which may be that of another machine. In milliseconds since 1970. */
export async function fileSystemNow(beside: string): Promise<number> {
  const { path, result } = await createTemp(beside, async (handle) => await handle.stat({ bigint: true }));
  await unlink(path).catch(() => {});
  return toMs(result.mtimeNs);
}

/** Removes the temporary files that killed processes left beside a file. */
export async function removeLeftBehind(target: string, fsNow: number): Promise<void> {
  const folder = dirname(target);
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefixFor(target)) || !/\.[0-9a-f]{16}\.tmp$/.test(name)) continue;
    await removeIfOlder(join(folder, name), fsNow - LEFT_BEHIND_MS);
  }
}

/** Removes a regular file if it was written before a time by the clock of the file system. */
export async function removeIfOlder(path: string, thanMs: number): Promise<void> {
  try {
    const stats = await lstat(path);
    if (stats.isFile() && stats.mtimeMs < thanMs) await unlink(path);
  } catch {
    // Another process has removed it, or this user may not.
  }
}

/** The start of the names of temporary files: hidden, and short whatever the length of the name. */
function prefixFor(target: string): string {
  return `.${basename(target).slice(0, 60)}.`;
}
