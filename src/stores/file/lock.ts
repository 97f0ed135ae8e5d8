import { open, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./errors.ts";
import { fileSystemNow } from "./temp.ts";
import { toMs } from "./content.ts";

/**
 * The age after which a lock file counts as left behind by a process that died. It is shorter than the time that a store
 * has for a call, so that the next writer succeeds.
 */
const STALE_MS = 3_000;

/** How long a process may hold the lock. This is shorter, so that it has stopped before another process takes over. */
const LEASE_MS = 2_000;

/**
 * Runs a function while no other process runs one with the same lock file.
 *
 * @param path The lock file.
 * @param deadline Until when to wait for the lock, by `performance.now()`.
 * @param run The function. It must ask `isHeld` before each step that counts, because a process that stood still for a
 * while has lost the lock.
 * @throws {Error} If the deadline is over.
 */
export async function withLock<Result>(
  path: string,
  deadline: number,
  run: (isHeld: () => boolean) => Promise<Result>,
): Promise<Result> {
  const since = await acquire(path, deadline);
  const isHeld = () => performance.now() - since < LEASE_MS;
  try {
    return await run(isHeld);
  } finally {
    // After the lease, the lock belongs to another process, now or soon.
    if (isHeld()) await unlink(path).catch(() => {});
  }
}

async function acquire(path: string, deadline: number): Promise<number> {
  const ageOf = createAgeing();
  const ageOfBreaker = createAgeing();
  for (let tries = 0;; tries++) {
    const since = performance.now();
    if (await create(path)) return since;
    const lock = await ageOf(path);
    if (lock !== undefined && lock.ageMs > STALE_MS) await removeStale(path, lock.id, ageOfBreaker);
    if (performance.now() > deadline) {
      throw new Error(`another process is writing it: if there is none, remove ${JSON.stringify(path)}`);
    }
    // Random pauses give each of many waiting processes its turn.
    await sleep(1 + Math.random() * Math.min(2 ** tries, 30));
  }
}

/** Creates a lock file with a line for the person who finds it. Returns false if the file exists. */
async function create(path: string): Promise<boolean> {
  let handle;
  try {
    handle = await open(path, "wx", 0o644);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
  try {
    await handle.writeFile(`${JSON.stringify({ pid: process.pid, host: hostname() })}\n`);
  } catch {
    // The file locks even if it is empty, as on a full disk, or in Deno without the permission to read the host name.
  } finally {
    await handle.close();
  }
  return true;
}

/**
 * Removes a stale lock file. Of the processes that found it stale, only one at a time checks again and removes it.
 * Otherwise the second of two would remove the new lock of the first.
 */
async function removeStale(path: string, id: string, ageOf: ReturnType<typeof createAgeing>): Promise<void> {
  const breaker = `${path}.stale`;
  if (!await create(breaker)) {
    // Another process is removing it, or died while it did.
    const other = await ageOf(breaker);
    if (other !== undefined && other.ageMs > STALE_MS) await unlink(breaker).catch(() => {});
    return;
  }
  try {
    if (await identify(path) === id) await unlink(path);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  } finally {
    await unlink(breaker).catch(() => {});
  }
}

/**
 * Makes a function that measures the age of a file. At the second look, the clock of the file system gives the age. From
 * then on, the clock of this process adds to it, which may be wrong but moves on.
 */
function createAgeing(): (path: string) => Promise<{ id: string; ageMs: number } | undefined> {
  let met: { id: string; since: number; isProbed: boolean } | undefined;
  return async (path) => {
    const stats = await look(path);
    if (stats === undefined) return undefined;
    if (met?.id !== stats.id) {
      // Most locks are gone at the second look, so the first look does not ask the file system for the time.
      met = { id: stats.id, since: performance.now(), isProbed: false };
    } else if (!met.isProbed) {
      met.isProbed = true;
      const fsNow = await fileSystemNow(path).catch(() => stats.mtimeMs);
      // If the clock was set back and the file comes from the future, it ages from the first look.
      met.since = Math.min(met.since, performance.now() - (fsNow - stats.mtimeMs));
    }
    return { id: met.id, ageMs: performance.now() - met.since };
  };
}

async function identify(path: string): Promise<string | undefined> {
  return (await look(path))?.id;
}

async function look(path: string): Promise<{ id: string; mtimeMs: number } | undefined> {
  try {
    const { ino, mtimeNs } = await stat(path, { bigint: true });
    return { id: `${ino}:${mtimeNs}`, mtimeMs: toMs(mtimeNs) };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
