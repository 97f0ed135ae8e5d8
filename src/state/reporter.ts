import type { Instance } from "../types/fleet.ts";
import type { InstanceRegistry } from "../types/store.ts";
import { formatFarewell, RECORD_EVERY_MS, RECORD_TTL_MS } from "./instance-record.ts";
import { callStore, STORE_TIMEOUT_MS } from "./store-calls.ts";
import { createTimer } from "./timer.ts";

const TASK = "report this process to the fleet, so the command line does not see it";

/** Keeps the record of this process in a store up to date. */
export interface Reporter {
  /** Writes the record now, or once more if it is being written. Resolves when it is written or the writing has failed. */
  report(): Promise<void>;
  /**
   * Stops, and ends the record: replaces it by a farewell, which tells that the process closed its live state, and how far it
   * had come, since a record that is just gone may belong to a process that went silent; deletes it, where nobody would miss
   * the process. While something is at work, the record is kept up to date until that has finished or the store cannot be
   * written any more: the farewell comes then.
   */
  close(end: "farewell" | "delete"): Promise<void>;
}

/** How often a process that has closed its live state, and still has something at work, renews its record, in milliseconds. */
const LINGER_MS = 1_000;

/**
 * Makes a reporter. After its first report it renews the record on its own.
 *
 * @param registry The records in the store.
 * @param describe Makes the record.
 * @param onResult Called with each failure, and with `undefined` after each success.
 */
export function createReporter(
  registry: InstanceRegistry,
  describe: () => Instance,
  onResult: (error: unknown) => void,
): Reporter {
  const renew = createTimer(() => void report());
  let writing: Promise<void> | undefined;
  let again = false;
  let id: string | undefined;
  let isClosed = false;

  async function write(): Promise<void> {
    do {
      // What begins in this turn belongs into the record, such as work that waited for the site to open.
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (isClosed) break;
      again = false;
      try {
        const record = describe();
        id = record.id;
        const put = () => registry.put(record.id, JSON.stringify(record), RECORD_TTL_MS);
        await callStore(TASK, STORE_TIMEOUT_MS, put);
        if (!isClosed) onResult(undefined);
      } catch (error) {
        if (!isClosed) onResult(error);
        break;
      }
    } while (again && !isClosed);
    writing = undefined;
    if (!isClosed) renew.set(RECORD_EVERY_MS);
  }

  async function leave(end: "farewell" | "delete"): Promise<void> {
    const last = describe();
    const isAtWork = last.inFlight > 0;
    const act = () => {
      if (isAtWork) return registry.put(last.id, JSON.stringify(last), RECORD_TTL_MS);
      if (end === "delete") return registry.delete(last.id);
      return registry.put(last.id, formatFarewell(last), RECORD_TTL_MS);
    };
    try {
      await callStore("leave the fleet", STORE_TIMEOUT_MS, act);
    } catch {
      // A record that cannot be ended expires.
      return;
    }
    if (isAtWork) createTimer(() => void leave(end)).set(LINGER_MS);
  }

  function report(): Promise<void> {
    if (isClosed) return Promise.resolve();
    if (writing !== undefined) again = true;
    return writing ??= write();
  }

  return {
    report,
    async close(end) {
      isClosed = true;
      renew.clear();
      await writing;
      if (id !== undefined) await leave(end);
    },
  };
}
