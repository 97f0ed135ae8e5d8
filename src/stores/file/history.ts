import { Buffer } from "node:buffer";
import { constants } from "node:fs";
import { rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { HistoryLog } from "../../types/store.ts";
import { LONGEST, readAll, TOO_LONG } from "./content.ts";
import { fileError, problem } from "./errors.ts";
import { findTarget } from "./links.ts";
import { withLock } from "./lock.ts";
import { openRegular } from "./records.ts";
import { fillSuccessor, flushFolder } from "./successor.ts";
import { createTemp } from "./temp.ts";
import { writeError } from "./write-error.ts";

/** How many changes the file keeps. */
const MOST = 1_000;

/** After how long an appending fails. The caller has not given up yet then. */
const APPEND_MS = 4_500;

const ADD = "add to the history in";
const READ = "read the history in";

/** Keeps the last changes beside a state file, a line of JSON for each, the latest last. */
export function fileHistory(file: string): HistoryLog {
  // Beside the file itself, not beside a link to it, so that all processes share it.
  const find = async () => await findTarget(`${await findTarget(file)}.log`);
  const shown = `${file}.log`;
  // One writing after the other. Entries that come meanwhile wait for the next one, which adds them all.
  let last: Promise<unknown> = Promise.resolve();
  let waiting: { readonly entries: string[]; readonly added: Promise<void> } | undefined;

  async function append(entries: readonly string[]): Promise<void> {
    const deadline = performance.now() + APPEND_MS;
    try {
      const path = await find();
      // A process that stood still has lost the lock and starts again.
      while (!await withLock(`${path}.lock`, deadline, (isHeld) => add(path, entries, isHeld)));
      await flushFolder(dirname(path));
    } catch (error) {
      throw await writeError(ADD, shown, error, "let this user read the file and write to its directory");
    }
  }

  return {
    append(entry) {
      if (waiting === undefined) {
        const entries: string[] = [];
        const added = last.then(() => {
          waiting = undefined;
          return append(entries);
        });
        waiting = { entries, added };
        last = added.catch(() => {});
      }
      waiting.entries.push(entry);
      return waiting.added;
    },
    async list(limit) {
      try {
        return (await readLines(await find())).slice(-limit);
      } catch (error) {
        throw fileError(READ, shown, error, "let this user read the file");
      }
    },
  };
}

/**
 * Replaces the file as a whole, so that a process that dies meanwhile leaves no half line, and every user who may write the
 * state file may add to it. Returns false if the lock was lost.
 */
async function add(path: string, entries: readonly string[], isHeld: () => boolean): Promise<boolean> {
  const lines = [...await readLines(path), ...entries].slice(-MOST);
  let size = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
  while (size > LONGEST && lines.length > 1) size -= Buffer.byteLength(lines.shift()!) + 1;
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  const temp = await createTemp(path, (handle) => fillSuccessor(ADD, handle, path, bytes));
  let isPlaced = false;
  try {
    if (!isHeld()) return false;
    await rename(temp.path, path);
    return isPlaced = true;
  } finally {
    if (!isPlaced) await unlink(temp.path).catch(() => {});
  }
}

async function readLines(path: string): Promise<string[]> {
  const handle = await openRegular(path, constants.O_RDONLY);
  if (handle === undefined) return [];
  try {
    const bytes = await readAll(handle, (await handle.stat()).size);
    if (bytes === undefined) throw problem(READ, path, `${TOO_LONG}: move it away`);
    return new TextDecoder().decode(bytes).split("\n").filter((line) => line !== "");
  } finally {
    await handle.close();
  }
}
