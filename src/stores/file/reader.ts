import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StoredState } from "../../types/store.ts";
import { readContent } from "./content.ts";
import { fileError } from "./errors.ts";
import { findTarget } from "./links.ts";
import { createSettling } from "./settling.ts";

/** How long a file must be empty to mean "on". Programs that write in place empty the file first. */
const EMPTY_FOR_MS = 1_000;

/** How long a file must be missing to mean "off". Some editors move the old file away before they write the new one. */
const MISSING_FOR_MS = 250;

/** The pause between two looks at a file that is empty or missing. */
const LOOK_EVERY_MS = 25;

/** Reads a state file, and waits where another program may be about to write it. */
export interface Reader {
  /** Reads the file. `undefined` means that it has been missing long enough. */
  read(signal: AbortSignal): Promise<StoredState | undefined>;
  /** Notes the version of a text that this process wrote, which therefore counts at once. */
  noteWritten(version: string): void;
}

/** Makes the reader of a file. */
export function createReader(file: string): Reader {
  const settling = createSettling();
  /** Looks once, and returns for how many milliseconds longer the file must stay as it is to count. */
  async function look(signal: AbortSignal): Promise<{ stored: StoredState | undefined; waitMs: number }> {
    const began = performance.now();
    const content = await readContent(file, signal);
    if (content === undefined) {
      const waitMs = settling.see(undefined, MISSING_FOR_MS, await unchangedForMs(file), began);
      return { stored: undefined, waitMs };
    }
    const { text, version, mtimeMs } = content;
    const periodMs = text.trim() === "" ? EMPTY_FOR_MS : 0;
    return { stored: { text, version }, waitMs: settling.see(version, periodMs, Date.now() - mtimeMs, began) };
  }
  return {
    async read(signal) {
      try {
        for (;;) {
          const { stored, waitMs } = await look(signal);
          if (waitMs <= 0) return stored;
          await sleep(Math.min(waitMs, LOOK_EVERY_MS), undefined, { signal });
        }
      } catch (error) {
        settling.fail();
        throw error;
      }
    },
    noteWritten: (version) => settling.write(version),
  };
}

/** For how many milliseconds nothing has changed in the directory of a missing file. */
async function unchangedForMs(file: string): Promise<number> {
  try {
    const { mtimeMs } = await stat(dirname(await findTarget(file)));
    return Date.now() - mtimeMs;
  } catch (error) {
    throw fileError("read the state file", file, error);
  }
}
