import type { MaintenanceStore } from "../types/store.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { parseState } from "./parse.ts";
import { describeProcess, hasProcess } from "./this-process.ts";
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

/** The state in a text; `undefined` if it is not valid. */
export function tryParseState(text: string): MaintenanceState | undefined {
  try {
    return parseState(text);
  } catch {
    return undefined;
  }
}

/** The owner of the state in a text; `undefined` if it has none or is not valid. */
export function ownerOf(text: string): string | undefined {
  return tryParseState(text)?.owner;
}

/**
 * Whether the process of a run is there. It is not if the run has the number of this process and the name of this machine:
 * in a container that starts anew, the process that was killed there had the same number.
 *
 * @returns `undefined` if this process cannot tell, because the run is one of another machine.
 */
export function isProcessThere(owner: string): boolean | undefined {
  const [, pid, host] = /^(?:run|during\(\)) (\d+)@(\S+) /.exec(owner) ?? [];
  const own = describeProcess();
  if (pid === undefined || host !== own.host || host === "unknown") return undefined;
  return Number(pid) === own.pid ? false : hasProcess(Number(pid));
}

/**
 * Stores a state in place of one that a run owns. If the stored state has another owner by now, or none, it stays: somebody
 * has taken over.
 *
 * @param owner The name of the run, from {@link createOwner}.
 * @param text The text to store, or what makes it from the stored state.
 * @param name The name of the window that the run owns; `undefined` for the maintenance at the top level.
 * @returns The new revision; `undefined` if somebody has taken over.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function replaceOwn(
  store: MaintenanceStore,
  owner: string,
  text: string | ((stored: MaintenanceState) => string),
  name?: string,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const stored = await readStore(store);
    const state = stored && tryParseState(stored.text);
    const window = name === undefined ? state : state?.windows?.[name];
    if (state === undefined || window?.owner !== owner) return undefined;
    const next = typeof text === "string" ? text : text(state);
    const revision = await replaceStored(store, next, stored!.text);
    if (revision !== undefined) return revision;
  }
  return undefined;
}
