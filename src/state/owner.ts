import type { MaintenanceStore } from "../types/store.ts";
import { describeProcess } from "./this-process.ts";
import { parseState } from "./parse.ts";
import { readStore, replaceStored } from "./store-calls.ts";

/** How often the end is tried if others write at the same moment. */
const MOST_ATTEMPTS = 5;

/**
 * Makes the name of one run, as the `owner` of a state: the kind of run, the process, and a random number.
 *
 * @param what The kind of run.
 */
export function createOwner(what: "run" | "during()"): string {
  const { host, pid } = describeProcess();
  const number = crypto.getRandomValues(new Uint32Array(2)).reduce((text, word) => text + word.toString(36), "");
  return `${what} ${pid}@${host} ${number}`;
}

/** The owner of the state in a text; `undefined` if it has none or is not valid. */
export function ownerOf(text: string): string | undefined {
  try {
    return parseState(text).owner;
  } catch {
    return undefined;
  }
}

/**
 * Stores a state in place of one that a run owns. If the stored state has another owner by now, or none, it stays: somebody
 * has taken over.
 *
 * @param owner The name of the run, from {@link createOwner}.
 * @param text The text to store.
 * @returns The new revision; `undefined` if somebody has taken over.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function replaceOwn(store: MaintenanceStore, owner: string, text: string): Promise<string | undefined> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const stored = await readStore(store);
    if (stored === undefined || ownerOf(stored.text) !== owner) return undefined;
    const revision = await replaceStored(store, text, stored.text);
    if (revision !== undefined) return revision;
  }
  return undefined;
}
