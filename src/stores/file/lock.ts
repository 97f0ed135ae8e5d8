import { open, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./errors.ts";
import { fileSystemNow } from "./temp.ts";
import { toMs } from "./content.ts";

/**
 * How old a lock file becomes before it counts as left behind by a process that died: less than a store may take for a
 * call, so that who comes next need not be told to try again.
 */
const STALE_MS = 3_000;

/** How long a process that holds the lock may go on: less, so that it has stopped before somebody else takes over. */
const LEASE_MS = 2_000;

/**
 * Runs a function while no other process runs one with the same lock file.
 *
 * @param path The lock file.
 * @param deadline Until when it is waited for, by `performance.now()`.
 * @param run Gets a function that says whether the lock is still held, to be asked before each step that counts: a process
 * that stood still for a while has lost it.
 * @throws If the deadline is over.
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
    // If it was held for too long, it may be somebody else's already. If not, it will be.
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
      throw new Error(`another process is writing it: if none is, remove ${JSON.stringify(path)}`);
    }
    // Apart from each other, so that of many that wait each gets its turn.
    await sleep(1 + Math.random() * Math.min(2 ** tries, 30));
  }
}

/** Creates a file that is not there, with a line for people who find it. */
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
    // That it is there is all that counts: on a full disk, and in Deno without the permission to know the host.
  } finally {
    await handle.close();
  }
  return true;
}

/**
 * Removes a lock file that is stale, and no other one: of the processes that find it stale, one at a time looks again and
 * removes it. Otherwise the second of two would remove the new lock of the first.
 */
async function removeStale(path: string, id: string, ageOf: ReturnType<typeof createAgeing>): Promise<void> {
  const breaker = `${path}.stale`;
  if (!await create(breaker)) {
    // Somebody is at it, or died in just that moment.
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
 * How old a file is: by the clock of the file system when it is first met again, and from there on by that of this
 * process, which may be wrong but goes on.
 */
function createAgeing(): (path: string) => Promise<{ id: string; ageMs: number } | undefined> {
  let met: { id: string; since: number; isProbed: boolean } | undefined;
  return async (path) => {
    const stats = await look(path);
    if (stats === undefined) return undefined;
    if (met?.id !== stats.id) {
      // Most locks are gone at the second look: the first is not worth a probe.
      met = { id: stats.id, since: performance.now(), isProbed: false };
    } else if (!met.isProbed) {
      met.isProbed = true;
      const fsNow = await fileSystemNow(path).catch(() => stats.mtimeMs);
      // One of the future, as somebody has set the clock back, ages from when it was met.
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
