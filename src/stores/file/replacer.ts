import { rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { LONGEST, toMs, versionOf } from "./content.ts";
import { problem } from "./errors.ts";
import { fillSuccessor, flushFolder } from "./successor.ts";
import { findTarget } from "./links.ts";
import { withLock } from "./lock.ts";
import { createTemp, removeLeftBehind } from "./temp.ts";

/**
 * Replaces a file as a whole.
 *
 * @param deadline Until when it may start to, by `performance.now()`.
 * @param isExpected Whether the target holds what the caller expects. Asked before the work, and again under the lock.
 * @returns The version of the text, or `undefined` if the target does not hold what the caller expects.
 */
export type ReplaceFile = (text: string, deadline: number, isExpected: IsExpected) => Promise<string | undefined>;

type IsExpected = (target: string) => Promise<boolean>;

/**
 * Makes the function that replaces a file: it fills a file beside the target, and renames it under a lock.
 *
 * @param doing What failed, in errors: the words between "Cannot" and the path.
 */
export function createReplacer(doing: string, file: string): ReplaceFile {
  let hasTidied = false;
  return async (text, deadline, isExpected) => {
    const bytes = new TextEncoder().encode(text);
    if (bytes.length > LONGEST) throw problem(doing, file, `the text is longer than ${LONGEST} bytes (1 MiB)`);
    const target = await findTarget(file);
    if (!await isExpected(target)) return undefined;
    // Everything slow comes before the lock.
    const temp = await createTemp(target, (handle) => fillSuccessor(doing, handle, target, bytes));
    let isPlaced = false;
    try {
      isPlaced = await place(temp.path, target, deadline, isExpected);
    } finally {
      if (!isPlaced) await unlink(temp.path).catch(() => {});
    }
    if (!isPlaced) return undefined;
    await flushFolder(dirname(target));
    if (!hasTidied) {
      hasTidied = true;
      // The text is written whether or not the tidying succeeds.
      await removeLeftBehind(target, toMs(temp.result.mtimeNs)).catch(() => {});
    }
    return versionOf(temp.result, bytes);
  };
}

/** Renames a file under the lock. Returns false if the target does not hold what the caller expects. */
async function place(temp: string, target: string, deadline: number, isExpected: IsExpected): Promise<boolean> {
  for (;;) {
    const isPlaced = await withLock(`${target}.lock`, deadline, async (isHeld) => {
      if (!await isExpected(target)) return false;
      if (performance.now() > deadline) throw new Error("the file system did not answer in time: try again");
      // A process that stood still has lost the lock and starts again.
      if (!isHeld()) return undefined;
      await rename(temp, target);
      return true;
    });
    if (isPlaced !== undefined) return isPlaced;
  }
}
