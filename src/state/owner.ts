import type { MaintenanceStore } from "../types/store.ts";
import type { MaintenanceState } from "../types/maintenance-state.ts";
import { parseText } from "./parse.ts";
import { windowOf } from "./parts.ts";
import { describeProcess, hasProcess } from "./this-process.ts";
import { readStore, replaceStored, revisionOf } from "./store-calls.ts";

/** How often the end is tried if others write at the same moment. */
const MOST_ATTEMPTS = 20;

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

/**
 * The state in a text; `undefined` if it is not valid.
 *
 * @param earlier An earlier state, as for {@link parseText}.
 */
export function tryParseState(text: string, earlier?: MaintenanceState): MaintenanceState | undefined {
  try {
    return parseText(text, earlier);
  } catch {
    return undefined;
  }
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
 * Stores a state in place of one in which a run owns a maintenance. If that one has another owner by now, or none, it stays:
 * somebody has taken over.
 *
 * @param owner The name of the run, from {@link createOwner}.
 * @param name The name of the window; `undefined` for the maintenance at the top level.
 * @param make Makes the text to store of the stored state and its revision.
 * @returns The new revision; `undefined` if somebody has taken over.
 * @throws {StoreError} If the store cannot be reached or written.
 */
export async function replaceOwn(
  store: MaintenanceStore,
  owner: string,
  name: string | undefined,
  make: (stored: MaintenanceState, revision: string) => string | Promise<string>,
): Promise<string | undefined> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const stored = await readStore(store);
    const state = stored && tryParseState(stored.text);
    if (state === undefined || windowOf(state, name)?.owner !== owner) return undefined;
    const revision = await replaceStored(store, await make(state, revisionOf(stored)), stored!.text);
    if (revision !== undefined) return revision;
  }
  return undefined;
}
